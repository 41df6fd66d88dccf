/**
 * Sets of vector code for the functions of scalar expressions.
 *
 * Kernels are built for a set of functions, so that a bundle that only adds and multiplies does not contain the sine:
 * `arithmetic.ts` has the smallest set, `exponentials.ts` what most networks need, `mod.ts` all functions.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import type { BinaryFunction, UnaryFunction } from "../../scalar/functions.ts";
import type { Scalar } from "../../scalar/scalar.ts";
import type { Vector } from "../lane_instructions.ts";
import type { VectorMath } from "./vector_math.ts";

/** Adds the instructions that compute a function of one argument. */
export type UnaryVector = (math: VectorMath, x: Vector) => Vector;

/** Adds the instructions that compute a function of two arguments. */
export type BinaryVector = (math: VectorMath, x: Vector, y: Vector) => Vector;

/** Functions outside WebAssembly that vector code calls in rare cases. */
export type SlowFunctions = { readonly [name in UnaryFunction]?: (x: number) => number };

/** Adds the instructions that compute the inverse error function of several vectors at once. */
export type InverseVectors = (math: VectorMath, xs: readonly Vector[]) => readonly Vector[];

/** A set of functions. */
export type VectorFunctions = {
  readonly unary: { readonly [name in UnaryFunction]?: UnaryVector };
  readonly binary: { readonly [name in BinaryFunction]?: BinaryVector };
  /** The functions outside WebAssembly that these call. */
  readonly slow: SlowFunctions;
  /** Rewrites an expression so that kernels compute it faster and without losing digits. */
  readonly rewrite: (expression: Scalar) => Scalar;
  /** Computes expressions of a certain form in a better way than by their functions; `undefined` for all others. */
  readonly special: (
    math: VectorMath,
    x: Extract<Scalar, { readonly kind: "binary" }>,
    value: (x: Scalar) => Vector,
  ) => Vector | undefined;
  /** What makes normal numbers of uniform ones, for each dtype. */
  readonly erfInverse?: { readonly [D in DType]: InverseVectors };
};
