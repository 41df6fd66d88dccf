/**
 * Rows of programs in machine code: softmax, normalizations, and their derivatives.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { RowsOperation } from "../../program/operations/rows.ts";
import { sizeOf } from "../../shape.ts";
import { type RowsPlan, rowsPlan } from "../../simd/program/rows_plan.ts";
import { Assembler } from "../assembler/assembler.ts";
import type { Bits } from "../assembler/registers.ts";
import { Code } from "../code/code.ts";
import type { Region } from "../code/regions.ts";
import type { MachineLowered, MachineLowering, MachinePart, MachineShares, Regions } from "../program/lowering.ts";
import { emitRows, widestOf } from "./emit_rows.ts";
import { mayTotal, type RowsRequest, TOTAL } from "./row_code.ts";

/** How many vectors are computed together; the first for which there are registers is taken. */
const CHOICES = [[4, 8], [4, 4], [2, 4], [2, 2], [1, 1]] as const;

/** The most instructions of vectors of which four are computed together. */
const LIGHT = 24;

/** Prepares rows. */
export const lowerRows: MachineLowering<RowsOperation> = (operation, results, bits) =>
  loweredRows(operation, results[0]!.dtype, bits, false);

/**
 * Prepares rows of a dtype.
 *
 * @param ofReduction Whether they are a reduction, and what follows it: its sum is rounded before it is divided.
 */
export function loweredRows(
  operation: RowsOperation,
  dtype: DType,
  bits: Bits,
  ofReduction: boolean,
): MachineLowered | undefined {
  if (sizeOf(operation.loop.shape) === 0 || bits === 128) return undefined;
  const plan = rowsPlan(operation, dtype), byRows = directionOf(plan);
  if (byRows === undefined) return undefined;
  const chosen = CHOICES.find(([sides, ways]) => {
    const isHeavy = plan.passes.some(({ weight }) => weight > LIGHT);
    return !(isHeavy && sides > 2) && canEmit({ plan, dtype, byRows, sides, ways, ofReduction }, bits);
  });
  if (chosen === undefined) return undefined;
  const [sides, ways] = chosen, bytes = BYTES_PER_ELEMENT[dtype];
  const sums = Math.max(0, ...plan.passes.map(({ stages }) => stages.length)) * (byRows ? 1 : sides);
  const workspace = mayTotal({ plan, dtype, byRows }) ? sums * TOTAL : 0;
  const emitPart = (code: Code, regions: Regions, part?: RowsRequest["part"]) => {
    const pointer = (source: number) => code.pointer(...startOf(plan, source, regions, bytes));
    const totals = () => code.pointer(regions.workspace);
    emitRows(code, { plan, dtype, byRows, sides, ways, ofReduction, pointer, totals, ...part && { part } });
  };
  return {
    workspace,
    inPlace: false,
    shares: sharesOf({ plan, byRows, sides }, bits / 8 / bytes, (part) => {
      return { workspace, emit: (code, regions) => emitPart(code, regions, part) };
    }),
    emit: emitPart,
  };
}

/** Returns how threads divide rows: along the outermost level, which is kept. */
function sharesOf(
  request: Pick<RowsRequest, "plan" | "byRows" | "sides">,
  lanes: number,
  part: (indices: NonNullable<RowsRequest["part"]>) => MachinePart,
): MachineShares {
  const { plan: { lengths, kept }, byRows } = request, length = lengths[0]!;
  // Vectors across rows are cut where they would be in the whole.
  const step = !byRows && kept === 1 ? widestOf(request, lanes) : 1, units = Math.max(1, Math.floor(length / step));
  const index = (unit: number) => unit === units ? length : unit * step;
  return { units, least: 1, part: (from, to) => part({ from: index(from), to: index(to) }) };
}

function startOf({ operands }: RowsPlan, source: number, { value, results }: Regions, bytes: number): [Region, number] {
  const operand = operands[source];
  if (operand === undefined) return [results[source - operands.length]!, 0];
  return [value(operand.value), operand.offset * bytes];
}

/** Returns whether vectors can run along rows, or across them; `undefined` if elements are apart either way. */
function directionOf({ lengths, strides, kept, byRows }: RowsPlan): boolean | undefined {
  const isEven = (level: number) => strides.every((steps) => lengths[level] === 1 || [0, 1].includes(steps[level]!));
  const along = isEven(lengths.length - 1), across = lengths[kept - 1]! > 1 && isEven(kept - 1);
  return along && (byRows || !across) ? true : across ? false : undefined;
}

/** Tells whether there are registers, and instructions, for rows: they are written for nothing. */
function canEmit(request: Omit<RowsRequest, "pointer" | "totals">, bits: Bits): boolean {
  const code = new Code(bits, new Assembler());
  // Pointers to such a region take one more register for a moment.
  const everything = { name: "memory", address: 2 ** 30, bytes: 2 ** 31, writable: true, shift: 0 };
  const pointer = () => code.pointer(everything, 2 ** 30);
  try {
    emitRows(code, { ...request, pointer, totals: pointer });
    return true;
  } catch {
    return false;
  }
}
