/**
 * What vector code there is for the functions of scalar expressions.
 *
 * Kernels are written for a set of functions, so that a program that only adds and multiplies has no sines in it:
 * `arithmetic.ts` has the smallest set, `mod.ts` has all functions.
 *
 * @module
 */
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

/** A set of functions. */
export type VectorFunctions = {
  readonly unary: { readonly [name in UnaryFunction]?: UnaryVector };
  readonly binary: { readonly [name in BinaryFunction]?: BinaryVector };
  /** The functions outside that these call. */
  readonly slow: SlowFunctions;
  /** Rewrites an expression so that kernels compute it faster and without losing digits. */
  readonly rewrite: (expression: Scalar) => Scalar;
  /** Computes expressions of a certain form in a better way than by their functions; `undefined` for all others. */
  readonly special: (
    math: VectorMath,
    x: Extract<Scalar, { readonly kind: "binary" }>,
    value: (x: Scalar) => Vector,
  ) => Vector | undefined;
};
