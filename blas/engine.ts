/**
 * The type of an engine: the record of functions that do all heavy work.
 *
 * This file has only types, so that every engine can import it; `engines.ts` lists the engines.
 *
 * @module
 */
import type { ConvolutionInputOperands, ConvolutionOperands, ConvolutionWeightOperands } from "./convolution.ts";
import type { Distribution } from "./distribution.ts";
import type { DType } from "./dtype.ts";
import type { GatherOperands } from "./gather.ts";
import type { Program } from "./program/program.ts";
import type { CompileOptions, Executable } from "./program/target.ts";
import type { Reduction } from "./reduction.ts";
import type { Rows } from "./rows.ts";
import type { ElementNumbers, Extremum } from "./search.ts";
import type { Scalar } from "./scalar/scalar.ts";
import type { Shape } from "./shape.ts";
import type { Words } from "./threefry.ts";
import type { MutableView, Range, View } from "./view.ts";

export type { Distribution, GatherOperands, Reduction, Rows, Words };

/** Operands of {@link Engine.gemm}: `c = alpha * a * b + beta * c`. */
export type GemmOperands<D extends DType> = {
  /** The factor of the product. */
  readonly alpha: number;
  /** `[m, k]`, any strides. */
  readonly a: View<D>;
  /** `[k, n]`, any strides. */
  readonly b: View<D>;
  /** The factor of the old `c`; 0 overwrites `c` without reading it, even where it is NaN. */
  readonly beta: number;
  /** `[m, n]`, any strides except 0, not overlapping `a` or `b`. */
  readonly c: MutableView<D>;
};

/** Operands of {@link Engine.join}. */
export type JoinOperands<D extends DType> = {
  /** Any strides. */
  readonly inputs: readonly View<D>[];
  /**
   * For each input, one range for each axis of `y`, with the lengths of the input; no two inputs may share an element.
   */
  readonly places: readonly (readonly Range[])[];
  /** The value of the elements that no input covers. */
  readonly fill: number;
  /** Row-major, without gaps; all zeros. */
  readonly y: MutableView<D>;
};

/** A part of the result of {@link Engine.search}, and the windows that its elements come from. */
export type WindowRegion = {
  /** Where the part is in the result: one range for each axis. */
  readonly place: readonly Range[];
  /**
   * The axes of that part, then those of a window: their lengths and strides in the array, and the offset of the first
   * element.
   */
  readonly shape: Shape;
  readonly stride: readonly number[];
  readonly offset: number;
  /** The number that stands for each element. */
  readonly numbers: ElementNumbers;
};

/** Operands of {@link Engine.search}. */
export type SearchOperands<D extends DType> = {
  readonly extremum: Extremum;
  /** Any strides. */
  readonly x: View<D>;
  /** Together they cover the result; no two share an element of it. */
  readonly regions: readonly WindowRegion[];
  /** Row-major, without gaps. */
  readonly y: MutableView<D>;
};

/** Operands of {@link Engine.gemv}: `y = alpha * a * x + beta * y`. */
export type GemvOperands<D extends DType> = {
  /** The factor of the product. */
  readonly alpha: number;
  /** `[m, n]`, any strides. */
  readonly a: View<D>;
  /** `[n]` */
  readonly x: View<D>;
  /** The factor of the old `y`; 0 overwrites `y` without reading it. */
  readonly beta: number;
  /** `[m]` */
  readonly y: MutableView<D>;
};

/**
 * The functions that compute. Operands are views with any strides, **checked by the caller**; results go to views that
 * the caller has just allocated. They hold zeros, except that those of `map`, `reduce` and `rows` may hold anything.
 * Every function works on arrays of size 0.
 *
 * The library's operations check operands before they allocate results, so that engines need not check again. To call
 * an engine's functions directly, use `gemm`, `dot` and the others of this entry, which check, and call the engine in
 * use. Given shapes that do not fit, an engine's function returns whatever it finds in its memory, or throws an error
 * of the runtime; engines that read and write by address (`nativeEngine` and `machineEngine`) check them all the same.
 */
export type Engine = {
  /** The name shown in error messages. */
  readonly name: string;
  /** Returns the inner product of two vectors. */
  dot<D extends DType>(x: View<D>, y: View<D>): number;
  /** Computes `y = alpha * x + y` for vectors. */
  axpy<D extends DType>(operands: { readonly alpha: number; readonly x: View<D>; readonly y: MutableView<D> }): void;
  /** Computes `x = alpha * x` for a vector. */
  scal<D extends DType>(operands: { readonly alpha: number; readonly x: MutableView<D> }): void;
  /** Returns the Euclidean norm of a vector, without overflow or underflow on the way. */
  nrm2<D extends DType>(x: View<D>): number;
  /** Returns the sum of the absolute values of a vector. */
  asum<D extends DType>(x: View<D>): number;
  /** Returns the index of the first NaN, or else of the first element of largest absolute value; -1 if empty. */
  iamax<D extends DType>(x: View<D>): number;
  /** Copies `x` to `y`, of the same shape, of any rank. */
  copy<D extends DType>(operands: { readonly x: View<D>; readonly y: MutableView<D> }): void;
  /** Writes arrays to places in another, and a number to the elements that none covers. */
  join<D extends DType>(operands: JoinOperands<D>): void;
  /**
   * Finds, in each window, the number of the first of the largest or smallest elements, or of the first NaN if there is
   * one.
   */
  search<D extends DType>(operands: SearchOperands<D>): void;
  /** Computes `a = alpha * x * transpose(y) + a`: adds the outer product of vectors `[m]` and `[n]` to `[m, n]`. */
  ger<D extends DType>(
    operands: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
  ): void;
  /** Multiplies a matrix by a vector. */
  gemv<D extends DType>(operands: GemvOperands<D>): void;
  /** Multiplies two matrices. */
  gemm<D extends DType>(operands: GemmOperands<D>): void;
  /** Multiplies a batch of matrices: `a [batch, m, k]`, `b [batch, k, n]`, `c [batch, m, n]`. */
  gemmBatched<D extends DType>(operands: GemmOperands<D>): void;
  /** Slides kernels over images: `y[n, f, i, j]` sums `w[f, c, u, v]` times the elements that `geometry` assigns. */
  conv2d<D extends DType>(operands: ConvolutionOperands<D>): void;
  /**
   * Computes the adjoint of {@link Engine.conv2d} with respect to the images: adds each `y`, times the weight, to the
   * elements of `x` in its window.
   */
  conv2dInput<D extends DType>(operands: ConvolutionInputOperands<D>): void;
  /**
   * Computes the adjoint of {@link Engine.conv2d} with respect to the kernels: sums each `y` times the elements of `x`
   * in its window.
   */
  conv2dWeight<D extends DType>(operands: ConvolutionWeightOperands<D>): void;
  /** Computes an expression for every element; all views have the output's shape (broadcast by stride 0). */
  map<D extends DType>(expression: Scalar, inputs: readonly View<D>[], output: MutableView<D>): void;
  /** Reduces the axes that have length 1 in `output`; the rank stays. An empty sum is 0, an empty product 1. */
  reduce<D extends DType>(reduction: Reduction, input: View<D>, output: MutableView<D>): void;
  /**
   * Computes rows: all inputs have the shape (broadcast by stride 0); outputs with one number for each row have length
   * 1 along the rows' axes, and the others have this shape.
   */
  rows<D extends DType>(rows: Rows, shape: Shape, inputs: readonly View<D>[], outputs: readonly MutableView<D>[]): void;
  /** Picks elements along an axis by index; see `GatherOperands`. Indices are rounded, and clipped to the axis. */
  gather<D extends DType>(operands: GatherOperands<D>): void;
  /**
   * Adds elements up where an index says: `y[o, indices[o, j, i], i] += x[o, j, i]`, in the order of `j`; `y` is all
   * zeros. Indices are rounded, and clipped to the axis.
   */
  scatterAdd<D extends DType>(operands: GatherOperands<D>): void;
  /** Tells whether all numbers of an array, of any shape, are whole and from `low` to `high`. */
  allWithin(x: View, low: number, high: number): boolean;
  /**
   * Draws numbers into a row-major array; they depend on the key's words alone, and have the same bits on every engine.
   */
  draw<D extends DType>(distribution: Distribution, key: Words, output: MutableView<D>): void;
  /**
   * Makes a program executable. The executable always computes with the engine that this was called on, whichever
   * engine is in use when it runs: `{ ...engines.simd, gemm }` compiles as `engines.simd` does, and leaves
   * products to its own `gemm`.
   *
   * @throws {TypeError} If `carried` names a result or parameter that does not exist, or a parameter twice.
   * @throws {RangeError} If the program needs more memory than WebAssembly can address.
   */
  compile(program: Program, options?: CompileOptions): Executable;
};

/**
 * A custom engine: a name, and the functions that it implements. The reference engine supplies the others; without
 * `compile`, programs are interpreted on this engine, instruction by instruction.
 */
export type PartialEngine = { readonly name: string } & Partial<Omit<Engine, "name">>;
