/**
 * Reductions and rows of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { ReduceOperation } from "../../program/operations/reduce.ts";
import type { RowsOperation } from "../../program/operations/rows.ts";
import { FIRST_STAGE_INPUT } from "../../program/program.ts";
import { argument } from "../../scalar/scalar.ts";
import { reducedShape, sizeOf } from "../../shape.ts";
import { type RowsPlan, rowsPlan } from "../../simd/program/rows_plan.ts";
import { toLines } from "../../alignment.ts";
import type { Bits } from "../assembler/registers.ts";
import { Code } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowering, Regions } from "../program/lowering.ts";
import { emitRows, SLOT, WIDEST } from "./emit_rows.ts";

/** The fewest elements: fewer are computed as fast by WebAssembly. */
const FEW = 64;

/** Prepares rows. */
export const lowerRows: MachineLowering<RowsOperation> = (operation, results, bits) => {
  const { dtype } = results[0]!, prepared = preparedRows(operation, dtype, bits);
  if (prepared === undefined) return undefined;
  return {
    workspace: prepared.slotBytes,
    inPlace: false,
    emit: (code, regions) => prepared.emit(code, regions, regions.results, 0),
  };
};

/** Prepares a reduction: rows with one stage, which is the result. */
export const lowerReduce: MachineLowering<ReduceOperation> = ({ reduction, axes, loop, epilogue }, results, bits) => {
  const { dtype } = results[0]!, bytes = BYTES_PER_ELEMENT[dtype];
  const stage = { value: FIRST_STAGE_INPUT, shape: loop.shape, stride: loop.shape.map(() => 0), offset: 0 };
  const rows: RowsOperation = {
    kind: "rows",
    axes,
    reductions: [reduction],
    perRow: [true],
    loop: {
      shape: loop.shape,
      operands: [...loop.operands, stage],
      expressions: [...loop.expressions, argument(loop.operands.length)],
    },
  };
  const prepared = preparedRows(rows, dtype, bits);
  if (prepared === undefined) return undefined;
  const size = sizeOf(reducedShape(loop.shape, axes)) * bytes, then = epilogueOf(epilogue, dtype, bits);
  const staged = epilogue === undefined ? 0 : toLines(size);
  return {
    workspace: staged + prepared.slotBytes,
    ...then.lowered,
    emit: (code, regions) => {
      const computed: Region = { ...regions.workspace, name: "what was reduced", bytes: size };
      prepared.emit(code, regions, epilogue === undefined ? regions.results : [computed], staged);
      then.emit(code, regions);
    },
  };
};

type Prepared = {
  readonly slotBytes: number;
  readonly emit: (code: Code, regions: Regions, outputs: readonly Region[], slotsAt: number) => void;
};

/** Plans rows; returns `undefined` if there is no code for them. */
function preparedRows(operation: RowsOperation, dtype: DType, bits: Bits): Prepared | undefined {
  const { loop: { shape }, reductions } = operation;
  if (sizeOf(shape) < FEW || bits === 128 || reductions.includes("product")) return undefined;
  const plan = rowsPlan(operation, dtype), bytes = BYTES_PER_ELEMENT[dtype];
  if (!hasVectors(plan, bits / 8 / bytes)) return undefined;
  const slotBytes = Math.max(1, reductions.length) * WIDEST * SLOT;
  const emit: Prepared["emit"] = (code, { value, workspace }, outputs, slotsAt) =>
    emitRows(code, {
      plan,
      dtype,
      operand: (k) => code.pointer(value(plan.operands[k]!.value), plan.operands[k]!.offset * bytes),
      output: (k) => code.pointer(outputs[k]!),
      slots: () => code.pointer(workspace, slotsAt),
    });
  return canEmit(emit, operation, slotBytes, bits) ? { slotBytes, emit } : undefined;
}

/** The least part of a vector that rows, or columns, must fill. */
const FILLED = 0.5;

/** Tells whether elements that a vector holds lie side by side, or are the same. */
function hasVectors({ lengths, strides, kept, byRows }: RowsPlan, lanes: number): boolean {
  const level = byRows ? lengths.length - 1 : kept - 1, length = lengths[level]!;
  if (level < 0 || length < FILLED * lanes) return false;
  return strides.every((steps) => length === 1 || [0, 1].includes(steps[level]!));
}

/** Writes rows for nothing, to see whether there are instructions and registers enough. */
function canEmit(emit: Prepared["emit"], { perRow }: RowsOperation, slotBytes: number, bits: Bits): boolean {
  const code = new Code(bits), everything = { name: "memory", address: 0, bytes: Infinity, writable: true };
  const regions: Regions = {
    value: () => everything,
    results: perRow.map(() => everything),
    workspace: { ...everything, bytes: slotBytes },
  };
  try {
    emit(code, regions, regions.results, 0);
    return true;
  } catch {
    return false;
  }
}
