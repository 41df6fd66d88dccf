/**
 * Which function lowers each kind of operation, in groups: a bundle contains those groups whose operations it uses.
 *
 * @module
 */
import { changeOperand } from "../../program/compose.ts";
import { copying } from "../../program/operands.ts";
import type { Operation } from "../../program/program.ts";
import { lowerBranch } from "./bodies/branch.ts";
import { lowerScan } from "./bodies/scan.ts";
import { lowerWhile } from "./bodies/while.ts";
import { lowerCast } from "./cast_function.ts";
import { lowerCheckIndices } from "./check_indices_function.ts";
import { lowerCumsum } from "./cumsum_function.ts";
import { lowerDraw, lowerFoldIn } from "./draw_function.ts";
import { lowerGather } from "./gather_function.ts";
import { lowerJoin } from "./join_function.ts";
import { lowerLoop } from "./loop_function.ts";
import type { Lowerings } from "./lowering.ts";
import { lowerOrder } from "./order_function.ts";
import { lowerConvolution } from "./products/convolution.ts";
import { lowerGemm } from "./products/gemm.ts";
import { lowerReduce } from "./reduce_function.ts";
import { lowerRows } from "./rows_function.ts";
import { lowerRunning } from "./running_function.ts";
import { lowerScatter } from "./scatter_function.ts";
import { lowerSearch } from "./search_function.ts";
import { lowerTranspose } from "./transpose_function.ts";

/**
 * What every compiler has: views, loops, reductions, rows, products, casts and joins, which nearly all programs have or get
 * from the passes; random numbers and checks of indices, which come with random parameters; and what is too common without
 * `compile` to bring it along: positions of extrema, and gathers.
 */
export const BASE_LOWERINGS = {
  view: ({ change, operand }, { dtype }) => {
    const loop = copying(changeOperand(operand, change) ?? operand);
    return lowerTranspose(loop, dtype) ?? lowerLoop(loop, dtype, false);
  },
  map: ({ loop }, { dtype }) => lowerTranspose(loop, dtype) ?? lowerLoop(loop, dtype, true),
  reduce: lowerReduce,
  rows: (operation, { dtype }) => lowerRows(operation, dtype),
  gemm: (operation, { dtype }, { team }) => lowerGemm(operation, dtype, team?.gemmShares),
  cast: ({ operand }, { dtype }) => lowerCast(operand, dtype),
  join: (operation, { dtype }) => lowerJoin(operation, dtype),
  gather: (operation, { dtype }) => lowerGather(operation, dtype),
  scatter: (operation, { dtype }) => lowerScatter(operation, dtype),
  checkIndices: (operation, { dtype }) => lowerCheckIndices(operation, dtype),
  search: (operation, { dtype }) => lowerSearch(operation, dtype),
  draw: (operation, { dtype }) => lowerDraw(operation, dtype),
  foldIn: lowerFoldIn,
} as const satisfies Lowerings;

/** Convolutions and their adjoints. */
export const CONVOLUTION_LOWERINGS = {
  convolution: (operation, { dtype, shape }) => lowerConvolution(operation, shape, dtype),
} as const satisfies Lowerings;

/** Cumulative sums. */
export const CUMSUM_LOWERINGS = {
  cumsum: (operation, { dtype }) => lowerCumsum(operation, dtype),
} as const satisfies Lowerings;

/** Other running results, and recurrences. */
export const RUNNING_LOWERINGS = {
  running: (operation, { dtype }) => lowerRunning(operation, dtype),
} as const satisfies Lowerings;

/** Sorting. */
export const ORDER_LOWERINGS = {
  order: (operation, { dtype }) => lowerOrder(operation, dtype),
} as const satisfies Lowerings;

/** Scans. */
export const SCAN_LOWERINGS = {
  scan: (operation, _, inside) => lowerScan(operation, inside),
} as const satisfies Lowerings;

/** While loops. */
export const WHILE_LOWERINGS = {
  while: (operation, _, inside) => lowerWhile(operation, inside),
} as const satisfies Lowerings;

/** Conditionals. */
export const BRANCH_LOWERINGS = {
  branch: (operation, _, inside) => lowerBranch(operation, inside),
} as const satisfies Lowerings;

/** All lowerings: the compiler names the kinds that are missing, but for those that are always computed outside. */
export const ALL_LOWERINGS: Required<Omit<Lowerings, Outside>> = /* @__PURE__ */ (() => ({
  ...BASE_LOWERINGS,
  ...CONVOLUTION_LOWERINGS,
  ...CUMSUM_LOWERINGS,
  ...RUNNING_LOWERINGS,
  ...ORDER_LOWERINGS,
  ...SCAN_LOWERINGS,
  ...WHILE_LOWERINGS,
  ...BRANCH_LOWERINGS,
}))();

/** The kinds that no code is emitted for. */
type Outside = Extract<Operation["kind"], "host" | "exchange">;
