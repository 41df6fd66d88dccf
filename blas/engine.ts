/**
 * What an engine is: the record of functions that all heavy work goes through.
 *
 * Only types are here, so that every engine can import them; `engines.ts` says which engines there are.
 *
 * @module
 */
import type { ConvolutionInputOperands, ConvolutionOperands, ConvolutionWeightOperands } from "./convolution.ts";
import type { DType } from "./dtype.ts";
import type { Program } from "./program/program.ts";
import type { CompileOptions, Executable } from "./program/target.ts";
import type { Reduction } from "./reduction.ts";
import type { Rows } from "./rows.ts";
import type { Scalar } from "./scalar/scalar.ts";
import type { Shape } from "./shape.ts";
import type { MutableView, View } from "./view.ts";

export type { Reduction, Rows };

/** Operands of {@link Engine.gemm}: `c = alpha * a * b + beta * c`. */
export type GemmOperands<D extends DType> = {
  /** The factor of the product. */
  readonly alpha: number;
  /** `[m, k]`, any strides. */
  readonly a: View<D>;
  /** `[k, n]`, any strides. */
  readonly b: View<D>;
  /** The factor of what `c` held; 0 overwrites without reading, so NaN there does no harm. */
  readonly beta: number;
  /** `[m, n]`, any strides but 0, not overlapping `a` or `b`. */
  readonly c: MutableView<D>;
};

/** Operands of {@link Engine.gemv}: `y = alpha * a * x + beta * y`. */
export type GemvOperands<D extends DType> = {
  /** The factor of the product. */
  readonly alpha: number;
  /** `[m, n]`, any strides. */
  readonly a: View<D>;
  /** `[n]` */
  readonly x: View<D>;
  /** The factor of what `y` held; 0 overwrites without reading. */
  readonly beta: number;
  /** `[m]` */
  readonly y: MutableView<D>;
};

/**
 * What computes. Operands are views with any strides, checked by the caller; results go to views the caller has just
 * allocated. Every function works on arrays of size 0.
 */
export type Engine = {
  /** What `setEngine` and error messages call it. */
  readonly name: string;
  /** The inner product of two vectors. */
  dot<D extends DType>(x: View<D>, y: View<D>): number;
  /** `y = alpha * x + y` for vectors. */
  axpy<D extends DType>(operands: { readonly alpha: number; readonly x: View<D>; readonly y: MutableView<D> }): void;
  /** `x = alpha * x` for a vector. */
  scal<D extends DType>(operands: { readonly alpha: number; readonly x: MutableView<D> }): void;
  /** The Euclidean norm of a vector, without overflow or underflow on the way. */
  nrm2<D extends DType>(x: View<D>): number;
  /** The sum of the absolute values of a vector. */
  asum<D extends DType>(x: View<D>): number;
  /** The index of the first element of largest absolute value (the first NaN, if there is one); -1 for no elements. */
  iamax<D extends DType>(x: View<D>): number;
  /** Copies `x` to `y`, of the same shape, of any rank. */
  copy<D extends DType>(operands: { readonly x: View<D>; readonly y: MutableView<D> }): void;
  /** `a = alpha * x * transpose(y) + a`, the outer product of vectors `[m]` and `[n]` added to `[m, n]`. */
  ger<D extends DType>(
    operands: { readonly alpha: number; readonly x: View<D>; readonly y: View<D>; readonly a: MutableView<D> },
  ): void;
  /** Matrix times vector. */
  gemv<D extends DType>(operands: GemvOperands<D>): void;
  /** Matrix times matrix. */
  gemm<D extends DType>(operands: GemmOperands<D>): void;
  /** As many products as the leading axis is long: `a [batch, m, k]`, `b [batch, k, n]`, `c [batch, m, n]`. */
  gemmBatched<D extends DType>(operands: GemmOperands<D>): void;
  /** Slides kernels over images: `y[n, f, i, j]` is the sum of `w[f, c, u, v]` times what `geometry` says they see. */
  conv2d<D extends DType>(operands: ConvolutionOperands<D>): void;
  /** The adjoint of {@link Engine.conv2d} in its images: gives each `y` back to all elements of `x` that it saw. */
  conv2dInput<D extends DType>(operands: ConvolutionInputOperands<D>): void;
  /** The adjoint of {@link Engine.conv2d} in its kernels: sums each element seen times the `y` that saw it. */
  conv2dWeight<D extends DType>(operands: ConvolutionWeightOperands<D>): void;
  /** Computes an expression for every element; all views have the output's shape (broadcast by stride 0). */
  map<D extends DType>(expression: Scalar, inputs: readonly View<D>[], output: MutableView<D>): void;
  /** Reduces the axes that `output` has length 1 in; the rank stays. Nothing sums to 0, multiplies to 1. */
  reduce<D extends DType>(reduction: Reduction, input: View<D>, output: MutableView<D>): void;
  /**
   * Computes rows: all inputs have the shape (broadcast by stride 0); outputs of one number for each row have it with length 1
   * along the rows' axes, the others as it is.
   */
  rows<D extends DType>(rows: Rows, shape: Shape, inputs: readonly View<D>[], outputs: readonly MutableView<D>[]): void;
  /**
   * Makes a program executable. The executable computes with the engine that this was called on, and with that one only,
   * whichever engine is in use when it runs: `{ ...engines.simd, gemm }` compiles as `engines.simd` does, and leaves
   * products to its own `gemm`.
   *
   * @throws {TypeError} If `carried` names a result or parameter that does not exist, or a parameter twice.
   * @throws {RangeError} If the program needs more memory than there can be.
   */
  compile(program: Program, options?: CompileOptions): Executable;
};

/**
 * An engine of your own: a name, and the functions that it is good at. The reference engine fills the gaps; without
 * `compile`, programs are interpreted, instruction by instruction, on this very engine.
 */
export type PartialEngine = { readonly name: string } & Partial<Omit<Engine, "name">>;
