/**
 * Programs: computations on arrays whose shapes are all known, as immutable lists of instructions.
 *
 * A program has values, numbered from 0: first its parameters, then its constants, then the results of its instructions
 * in order. Every value has a dtype and a shape, and is an array in row-major order. Making a program computes nothing.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import type { Scalar } from "../scalar/scalar.ts";
import type { Shape } from "../shape.ts";
import type { View } from "../view.ts";
import type { BranchOperation } from "./operations/branch.ts";
import type { CastOperation } from "./operations/cast.ts";
import type { CheckIndicesOperation } from "./operations/check_indices.ts";
import type { ConvolutionOperation } from "./operations/convolution.ts";
import type { CumsumOperation } from "./operations/cumsum.ts";
import type { DrawOperation, FoldInOperation } from "./operations/draw.ts";
import type { ExchangeOperation } from "./operations/exchange.ts";
import type { GatherOperation, ScatterOperation } from "./operations/gather.ts";
import type { GemmOperation } from "./operations/gemm.ts";
import type { HostOperation } from "./operations/host.ts";
import type { JoinOperation } from "./operations/join.ts";
import type { MapOperation } from "./operations/map.ts";
import type { OrderOperation } from "./operations/order.ts";
import type { ReduceOperation } from "./operations/reduce.ts";
import type { RunningOperation } from "./operations/running.ts";
import type { ScanOperation } from "./operations/scan.ts";
import type { RowsOperation } from "./operations/rows.ts";
import type { SearchOperation } from "./operations/search.ts";
import type { ViewOperation } from "./operations/view.ts";
import type { WhileOperation } from "./operations/while.ts";

/** The type of a value, known before anything is computed. */
export type ValueType = { readonly dtype: DType; readonly shape: Shape };

/**
 * A value as an instruction reads it: through a shape, strides and an offset, counted in elements of the value. Stride
 * 0 repeats.
 */
export type Operand = {
  /** The number of the value; below 0: {@link EPILOGUE_INPUT}, or the result of a stage of rows. */
  readonly value: number;
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** The steps between neighbours along each axis, in elements. */
  readonly stride: readonly number[];
  /** The position of the first element. */
  readonly offset: number;
};

/** In an epilogue, the operand's value that stands for the result of the operation itself. */
export const EPILOGUE_INPUT = -1;

/** In place of a value's number, the result of stage 0 of rows; for stage `k`, the number is `k` less. */
export const FIRST_STAGE_INPUT = -2;

/**
 * Expressions to compute for every element of a shape, one for each result. Argument `k` of all expressions is operand
 * `k`, which has the loop's shape.
 */
export type Loop = {
  /** The shape of the results, and of every operand. */
  readonly shape: Shape;
  /** The arguments of the expressions. */
  readonly operands: readonly Operand[];
  /** One for each result. */
  readonly expressions: readonly Scalar[];
};

/** The operation of an instruction; each kind has a file in `operations/`. */
export type Operation =
  | ViewOperation
  | MapOperation
  | ReduceOperation
  | RowsOperation
  | GemmOperation
  | ConvolutionOperation
  | CastOperation
  | JoinOperation
  | GatherOperation
  | ScatterOperation
  | CheckIndicesOperation
  | CumsumOperation
  | RunningOperation
  | OrderOperation
  | SearchOperation
  | DrawOperation
  | FoldInOperation
  | HostOperation
  | ExchangeOperation
  | ScanOperation
  | WhileOperation
  | BranchOperation;

/** An instruction of a program. */
export type Instruction = {
  /**
   * The types of its results, which are the next values. Some kinds, such as maps and reductions, may declare any shape
   * with as many elements as they compute: the arrays are the same.
   */
  readonly results: readonly ValueType[];
  readonly operation: Operation;
};

/** A computation. */
export type Program = {
  /** The types of the values that each run is given. */
  readonly parameters: readonly ValueType[];
  /** Values that are the same in every run. */
  readonly constants: readonly View[];
  /** The instructions, in an order in which every operand is computed before it is read. */
  readonly instructions: readonly Instruction[];
  /** The values that a run returns: any values, even the same one several times. */
  readonly results: readonly number[];
};
