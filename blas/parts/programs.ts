/**
 * What groups of operations need in compiled programs.
 *
 * @module
 */
import { branchKind } from "../program/operations/branch.ts";
import { convolutionKind } from "../program/operations/convolution.ts";
import { cumsumKind } from "../program/operations/cumsum.ts";
import { orderKind } from "../program/operations/order.ts";
import { runningKind } from "../program/operations/running.ts";
import { scanKind } from "../program/operations/scan.ts";
import { whileKind } from "../program/operations/while.ts";
import {
  BRANCH_LOWERINGS,
  CONVOLUTION_LOWERINGS,
  CUMSUM_LOWERINGS,
  ORDER_LOWERINGS,
  RUNNING_LOWERINGS,
  SCAN_LOWERINGS,
  WHILE_LOWERINGS,
} from "../simd/program/lowerings.ts";
import type { ProgramPart } from "./program_part.ts";

/** Convolutions and their adjoints. */
export const convolutionPrograms: ProgramPart = {
  lowerings: CONVOLUTION_LOWERINGS,
  kinds: { convolution: convolutionKind },
};

/** Cumulative sums. */
export const cumsumPrograms: ProgramPart = { lowerings: CUMSUM_LOWERINGS, kinds: { cumsum: cumsumKind } };

/** Other running results, and recurrences. */
export const runningPrograms: ProgramPart = { lowerings: RUNNING_LOWERINGS, kinds: { running: runningKind } };

/** Sorting. */
export const orderPrograms: ProgramPart = { lowerings: ORDER_LOWERINGS, kinds: { order: orderKind } };

/** Scans. */
export const scanPrograms: ProgramPart = { lowerings: SCAN_LOWERINGS, kinds: { scan: scanKind } };

/** While loops. */
export const whilePrograms: ProgramPart = { lowerings: WHILE_LOWERINGS, kinds: { while: whileKind } };

/** Conditionals. */
export const branchPrograms: ProgramPart = { lowerings: BRANCH_LOWERINGS, kinds: { branch: branchKind } };
