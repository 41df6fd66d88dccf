/**
 * Programs: computations on arrays whose shapes are all known, as immutable lists of instructions.
 *
 * A program has values, numbered from 0: first its arguments, then its constants, then the results of its instructions in
 * order. Every value has a dtype and a shape, and is an array in row-major order. Nothing is computed by making one.
 *
 * @module
 */
import type { ConvolutionGeometry } from "../convolution.ts";
import type { DType } from "../dtype.ts";
import type { Reduction } from "../reduction.ts";
import type { Scalar } from "../scalar/scalar.ts";
import type { Shape } from "../shape.ts";
import type { Range, View } from "../view.ts";

/** What is known of a value before anything is computed. */
export type ValueType = { readonly dtype: DType; readonly shape: Shape };

/**
 * A value as an instruction reads it: through a shape, strides and an offset, counted in elements of the value. Stride 0
 * repeats.
 */
export type Operand = {
  /** The number of the value, or {@link EPILOGUE_INPUT}. */
  readonly value: number;
  /** The lengths of the axes. */
  readonly shape: Shape;
  /** The steps between neighbours along each axis, in elements. */
  readonly stride: readonly number[];
  /** The position of the first element. */
  readonly offset: number;
};

/** In place of a value's number: what the instruction has just computed, in the loop that comes after it. */
export const EPILOGUE_INPUT = -1;

/**
 * Expressions to compute for every element of a shape, one for each result. Argument `k` of all expressions is operand
 * `k`, which has the loop's shape.
 */
export type Loop = {
  /** The shape of the results, and of every operand. */
  readonly shape: Shape;
  /** What the expressions' arguments are. */
  readonly operands: readonly Operand[];
  /** One for each result. */
  readonly expressions: readonly Scalar[];
};

/** Another way to see the elements of a value. */
export type ViewChange =
  | { readonly kind: "reshape"; readonly shape: Shape }
  | { readonly kind: "transpose"; readonly axes: readonly number[] }
  | { readonly kind: "broadcast"; readonly shape: Shape }
  | { readonly kind: "slice"; readonly ranges: readonly Range[] };

/** What one instruction does. */
export type Operation =
  /** The same elements in another shape or order. */
  | { readonly kind: "view"; readonly change: ViewChange; readonly operand: Operand }
  /** Expressions element by element. All results have one shape; all operands and results have one dtype. */
  | { readonly kind: "map"; readonly loop: Loop }
  /**
   * Joins what the loop's only expression gives, over the axes; these stay with length 1. With `after`, the results of that
   * loop over the reduced shape take its place; {@link EPILOGUE_INPUT} is the reduced value there.
   */
  | {
    readonly kind: "reduce";
    readonly reduction: Reduction;
    readonly axes: readonly number[];
    readonly loop: Loop;
    readonly epilogue?: Loop;
  }
  /**
   * The product of `a` `[..., m, k]` and `b` `[..., k, n]`, whose batch axes are equal (repeated by stride 0 if need be). With
   * `after`, a loop over the product's shape whose results take its place; {@link EPILOGUE_INPUT} is the product there.
   */
  | { readonly kind: "gemm"; readonly a: Operand; readonly b: Operand; readonly epilogue?: Loop }
  /**
   * `conv2d` of images and kernels; `conv2dInput` of windows and kernels; `conv2dWeight` of images and windows; in this
   * order, and as the functions of `Engine` define them.
   */
  | {
    readonly kind: "convolution";
    readonly form: "conv2d" | "conv2dInput" | "conv2dWeight";
    readonly geometry: ConvolutionGeometry;
    readonly operands: readonly [Operand, Operand];
    readonly epilogue?: Loop;
  }
  /** The same numbers in the result's dtype. */
  | { readonly kind: "cast"; readonly operand: Operand }
  /** A function of arrays that runs outside: it may throw, must not keep or change what it is given. It has one result. */
  | {
    readonly kind: "host";
    /** What listings call it. */
    readonly name: string;
    /** Two of equal `key` and operands give equal results; `undefined` equals nothing. */
    readonly key: string | undefined;
    readonly operands: readonly Operand[];
    run(inputs: readonly View[]): View;
  };

/** One step of a program. */
export type Instruction = {
  /**
   * The types of its results, which are the next values. What maps and reductions give may have any shape of as many elements
   * as they compute: the arrays are the same.
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
  /** In an order in which every operand is computed before it is read. */
  readonly instructions: readonly Instruction[];
  /** The values that a run gives back; may be any values, and one of them several times. */
  readonly results: readonly number[];
};
