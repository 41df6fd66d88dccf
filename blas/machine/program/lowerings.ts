/**
 * The operations of programs that have machine code, and what lowers each of them.
 *
 * @module
 */
import type { Instruction, Operation, ValueType } from "../../program/program.ts";
import type { Bits } from "../assembler/registers.ts";
import { lowerConvolution } from "../convolutions/convolution.ts";
import { lowerCast } from "../maps/cast.ts";
import { lowerJoin } from "../maps/join.ts";
import { lowerMap, lowerView } from "../maps/map.ts";
import { lowerGemm } from "../products/gemm.ts";
import { lowerReduce } from "../rows/reduce.ts";
import { lowerRows } from "../rows/rows.ts";
import type { MachineLowered, MachineLowering } from "./lowering.ts";

const LOWERINGS: { readonly [K in Operation["kind"]]?: MachineLowering<Extract<Operation, { readonly kind: K }>> } = {
  gemm: lowerGemm,
  convolution: lowerConvolution,
  map: lowerMap,
  view: lowerView,
  join: lowerJoin,
  cast: lowerCast,
  reduce: lowerReduce,
  rows: lowerRows,
};

/**
 * Lowers an instruction to machine code; returns `undefined` if WebAssembly must compute it.
 *
 * @param whole As in {@link MachineLowering}.
 */
export function lowerToMachine(
  { operation, results }: Instruction,
  bits: Bits,
  whole: readonly ValueType[] = results,
): MachineLowered | undefined {
  const lower = LOWERINGS[operation.kind] as MachineLowering<Operation> | undefined; // the table keeps them together
  return lower?.(operation, results, bits, whole);
}
