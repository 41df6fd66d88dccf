/**
 * The transport of numbers from rank to rank.
 *
 * @module
 */
import type { DataOf, DType } from "../../blas/dtype.ts";

/** Numbers in one piece of memory, as they are exchanged. */
export type Numbers = DataOf<DType>;

/** What collectives are built on: functions that all ranks call together, each with as many numbers of the same dtype. */
export type Transport = {
  readonly rank: number;
  readonly size: number;
  /** Replaces numbers by their sums over all ranks. */
  readonly sum: (numbers: Numbers) => void;
  /** Replaces numbers by those of the rank `root`. */
  readonly broadcast: (numbers: Numbers, root: number) => void;
  readonly close: () => void;
};
