/**
 * What groups of operations need in compiled programs, and functions for primitives that bring it into use.
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
import { bring, type ProgramPart } from "./brought.ts";

/** Convolutions and their adjoints. */
export const convolutionPart: ProgramPart = {
  lowerings: CONVOLUTION_LOWERINGS,
  kinds: { convolution: convolutionKind },
};

/** Cumulative sums. */
export const cumsumPart: ProgramPart = { lowerings: CUMSUM_LOWERINGS, kinds: { cumsum: cumsumKind } };

/** Other running results, and recurrences. */
export const runningPart: ProgramPart = { lowerings: RUNNING_LOWERINGS, kinds: { running: runningKind } };

/** Sorting. */
export const orderPart: ProgramPart = { lowerings: ORDER_LOWERINGS, kinds: { order: orderKind } };

/** Scans. */
export const scanPart: ProgramPart = { lowerings: SCAN_LOWERINGS, kinds: { scan: scanKind } };

/** While loops. */
export const whilePart: ProgramPart = { lowerings: WHILE_LOWERINGS, kinds: { while: whileKind } };

/** Conditionals. */
export const branchPart: ProgramPart = { lowerings: BRANCH_LOWERINGS, kinds: { branch: branchKind } };

/** Brings {@link convolutionPart} into use. */
export const convolutionPrograms = (): void => bring(convolutionPart);

/** Brings {@link cumsumPart} into use. */
export const cumsumPrograms = (): void => bring(cumsumPart);

/** Brings {@link runningPart} into use. */
export const runningPrograms = (): void => bring(runningPart);

/** Brings {@link orderPart} into use. */
export const orderPrograms = (): void => bring(orderPart);

/** Brings {@link scanPart} into use. */
export const scanPrograms = (): void => bring(scanPart);

/** Brings {@link whilePart} into use. */
export const whilePrograms = (): void => bring(whilePart);

/** Brings {@link branchPart} into use. */
export const branchPrograms = (): void => bring(branchPart);
