/**
 * Lowering: choosing the emitter of each kind of instruction.
 *
 * @module
 */
import { changeOperand } from "../../program/compose.ts";
import type { Instruction, Operation, ValueType } from "../../program/program.ts";
import { lowerBranch } from "./bodies/branch.ts";
import { lowerScan } from "./bodies/scan.ts";
import { lowerWhile } from "./bodies/while.ts";
import { lowerCast } from "./cast_function.ts";
import { lowerCheckIndices } from "./check_indices_function.ts";
import { lowerCumsum } from "./cumsum_function.ts";
import { lowerDraw, lowerFoldIn } from "./draw_function.ts";
import type { Lowered } from "./emitter.ts";
import { lowerGather } from "./gather_function.ts";
import { lowerJoin } from "./join_function.ts";
import { copying, lowerLoop } from "./loop_function.ts";
import { lowerConvolution } from "./products/convolution.ts";
import { lowerGemm } from "./products/gemm.ts";
import { lowerReduce } from "./reduce_function.ts";
import { lowerRows } from "./rows_function.ts";
import { lowerSearch } from "./search_function.ts";
import { lowerScatter } from "./scatter_function.ts";
import { lowerTurn } from "./transpose_function.ts";

/**
 * Lowers an operation, given the type of its first result.
 *
 * @returns `undefined` if no code is emitted, because the engine's functions compute the operation.
 */
type Lowering<O extends Operation> = (operation: O, result: ValueType) => Lowered | undefined;

const LOWERINGS: { readonly [K in Operation["kind"]]: Lowering<Extract<Operation, { readonly kind: K }>> } = {
  view: ({ change, operand }, { dtype }) => {
    const loop = copying(changeOperand(operand, change) ?? operand);
    return lowerTurn(loop, dtype) ?? lowerLoop(loop, dtype, false);
  },
  map: ({ loop }, { dtype }) => lowerTurn(loop, dtype) ?? lowerLoop(loop, dtype, true),
  reduce: lowerReduce,
  rows: (operation, { dtype }) => lowerRows(operation, dtype),
  gemm: (operation, { dtype }) => lowerGemm(operation, dtype),
  convolution: (operation, { dtype, shape }) => lowerConvolution(operation, shape, dtype),
  cast: ({ operand }, { dtype }) => lowerCast(operand, dtype),
  join: (operation, { dtype }) => lowerJoin(operation, dtype),
  gather: (operation, { dtype }) => lowerGather(operation, dtype),
  scatter: (operation, { dtype }) => lowerScatter(operation, dtype),
  checkIndices: (operation, { dtype }) => lowerCheckIndices(operation, dtype),
  cumsum: (operation, { dtype }) => lowerCumsum(operation, dtype),
  search: (operation, { dtype }) => lowerSearch(operation, dtype),
  draw: (operation, { dtype }) => lowerDraw(operation, dtype),
  foldIn: lowerFoldIn,
  host: () => undefined,
  scan: (operation) => lowerScan(operation, lowerInstruction),
  while: (operation) => lowerWhile(operation, lowerInstruction),
  branch: (operation) => lowerBranch(operation, lowerInstruction),
};

/** Lowers an instruction; returns `undefined` if no code is emitted for it. */
export function lowerInstruction({ operation, results }: Instruction): Lowered | undefined {
  const lower = LOWERINGS[operation.kind] as Lowering<Operation>; // the table keeps kind and operation together
  return lower(operation, results[0]!);
}
