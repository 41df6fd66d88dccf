/**
 * Packing of the matrices of a product, as its plan says.
 *
 * @module
 */
import { type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import { type LaneInstructions, laneInstructionsOf } from "../../lane_instructions.ts";
import type { Phase } from "../emitter.ts";
import { shareFunction } from "../shares.ts";
import { elementsAlong, type Touched } from "../touched.ts";
import type { GemmLowering } from "./gemm_plan.ts";
import { emitLines, emitLineShare, type LinePacking, lineUnits } from "./line_pack.ts";
import { emitPack, emitPackShare, packUnits } from "./pack.ts";

/** The addresses of both matrices, in the orientation in which their product is computed. */
export type PackedPointers = { readonly a: Local<"i32">; readonly b: Local<"i32"> };

/** The rows of the first matrix, and the columns of the second. */
const rowsOf = ({ oriented: { m, k, a } }: GemmLowering): LinePacking => ({ lines: m, length: k, step: a.column });
const columnsOf = ({ oriented: { n, k, b } }: GemmLowering): LinePacking => ({ lines: n, length: k, step: b.row });

/**
 * Emits the packing of both matrices, as far as they are packed, and returns the addresses at which tiles read them.
 *
 * @param kept The address of the second matrix, if it was packed before.
 */
export function packMatrices(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  lowering: GemmLowering,
  { a, b }: PackedPointers,
  target: Local<"i32">,
  kept?: Local<"i32">,
): PackedPointers {
  const { plan: { upright }, packedBytes, uprightBytes } = lowering;
  const first = uprightBytes > 0 ? f.let(i32.add(target, kept === undefined ? packedBytes : 0)) : a;
  if (packedBytes > 0 && kept === undefined) packSecond(f, lanes, lowering, b, target);
  if (upright && uprightBytes > 0) emitLines(f, lanes, rowsOf(lowering), a, first);
  return { a: first, b: packedBytes > 0 ? kept ?? target : b };
}

/** Emits the packing of the second matrix, which is packed. */
export function packSecond(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  lowering: GemmLowering,
  from: Local<"i32">,
  to: Local<"i32">,
): void {
  if (lowering.plan.packed === "columns") emitLines(f, lanes, columnsOf(lowering), from, to);
  else emitPack(f, lanes, lowering.oriented, from, to);
}

/** Returns the phase that packs both matrices in shares, from their addresses to the workspace. */
export function packPhases(
  lowering: GemmLowering,
  addressesOf: (context: Parameters<Phase["emit"]>[0]) => { readonly a: number; readonly b: number },
  staged: number,
): readonly Phase[] {
  const { oriented, dtype, bytes, plan: { packed, upright }, packedBytes } = lowering;
  /** Packing reads one matrix, here named as in the orientation of the product, and writes to the workspace. */
  function touching(name: "a" | "b", from: number, bytes: number) {
    return (): Touched => {
      const operand = (name === "a") === lowering.plan.transposed ? lowering.b : lowering.a;
      return {
        reads: [elementsAlong(operand, 0, 0, operand.shape[0]!)],
        writes: [],
        workspace: { from, to: from + bytes },
      };
    };
  }
  function lines(packing: LinePacking, name: "a" | "b", start: number): Phase {
    return {
      units: lineUnits(packing.lines, bytes),
      touched: touching(name, start, name === "a" ? lowering.uprightBytes : packedBytes),
      emit(context) {
        const lanes = laneInstructionsOf(dtype, context.relaxed), source = addressesOf(context)[name];
        return shareFunction(context.module, (f, range) => {
          emitLineShare(f, lanes, packing, range, source, context.workspace + start);
        });
      },
    };
  }
  const panels: Phase = {
    units: packUnits(oriented.n, bytes),
    touched: touching("b", staged, packedBytes),
    emit(context) {
      const lanes = laneInstructionsOf(dtype, context.relaxed), { b } = addressesOf(context);
      const at = (f: FunctionBuilder, address: number) => f.let(i32.add(address, 0));
      return shareFunction(context.module, (f, range) => {
        emitPackShare(f, lanes, oriented, range, at(f, b), at(f, context.workspace + staged));
      });
    },
  };
  return [
    ...packed === "panels" ? [panels] : packed === "columns" ? [lines(columnsOf(lowering), "b", staged)] : [],
    ...upright ? [lines(rowsOf(lowering), "a", staged + packedBytes)] : [],
  ];
}
