/**
 * What carries numbers from rank to rank.
 *
 * @module
 */
import type { DataOf, DType } from "../../blas/dtype.ts";

/** Numbers in one piece of memory, as they are exchanged. */
export type Numbers = DataOf<DType>;

/** Functions that all ranks call at the same time, on as many numbers of one dtype; what collectives are made of. */
export type Transport = {
  readonly rank: number;
  readonly size: number;
  /** Replaces numbers by their sums over all ranks. */
  readonly sum: (numbers: Numbers) => void;
  /** Replaces numbers by those of a rank. */
  readonly broadcast: (numbers: Numbers, root: number) => void;
  readonly close: () => void;
};
