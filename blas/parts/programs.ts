/**
 * What groups of operations need in compiled programs.
 *
 * @module
 */
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
export const convolutionPrograms: ProgramPart = { lowerings: CONVOLUTION_LOWERINGS };

/** Cumulative sums. */
export const cumsumPrograms: ProgramPart = { lowerings: CUMSUM_LOWERINGS };

/** Other running results, and recurrences. */
export const runningPrograms: ProgramPart = { lowerings: RUNNING_LOWERINGS };

/** Sorting. */
export const orderPrograms: ProgramPart = { lowerings: ORDER_LOWERINGS };

/** Scans. */
export const scanPrograms: ProgramPart = { lowerings: SCAN_LOWERINGS };

/** While loops. */
export const whilePrograms: ProgramPart = { lowerings: WHILE_LOWERINGS };

/** Conditionals. */
export const branchPrograms: ProgramPart = { lowerings: BRANCH_LOWERINGS };
