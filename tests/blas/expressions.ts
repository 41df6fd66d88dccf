/**
 * Random scalar expressions, for tests.
 *
 * @module
 */
import fc from "fast-check";
import * as scalar from "../../blas/scalar/scalar.ts";
import type { Scalar } from "../../blas/scalar/scalar.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../blas/scalar/functions.ts";

/** An expression as it is written, before simplification. */
export type Written =
  | { readonly constant: number }
  | { readonly argument: number }
  | { readonly unary: UnaryFunction; readonly of: Written }
  | { readonly binary: BinaryFunction; readonly of: readonly [Written, Written] }
  | { readonly select: readonly [Written, Written, Written] };

/** How many arguments the expressions have. */
export const ARITY = 3;

/** Builds the expression with the library's builders. */
export function built(w: Written): Scalar {
  if ("constant" in w) return scalar.constantScalar(w.constant);
  if ("argument" in w) return scalar.argument(w.argument);
  if ("unary" in w) return scalar.unary(w.unary, built(w.of));
  if ("binary" in w) return scalar.binary(w.binary, built(w.of[0]), built(w.of[1]));
  return scalar.select(built(w.select[0]), built(w.select[1]), built(w.select[2]));
}

/** Computes the expression as it is written. */
export function valueOf(w: Written, args: readonly number[]): number {
  const of = (part: Written): number => valueOf(part, args);
  if ("constant" in w) return w.constant;
  if ("argument" in w) return args[w.argument]!;
  if ("unary" in w) return UNARY_FUNCTIONS[w.unary](of(w.of));
  if ("binary" in w) {
    const x = of(w.of[0]), y = of(w.of[1]);
    return w.binary === "pow" && y === 2 ? x * x : BINARY_FUNCTIONS[w.binary](x, y);
  }
  return of(w.select[0]) !== 0 ? of(w.select[1]) : of(w.select[2]);
}

/** Expressions made of some functions; constants that simplify are frequent. */
export function writtenArbitrary(
  {
    unary = Object.keys(UNARY_FUNCTIONS) as UnaryFunction[],
    binary = Object.keys(BINARY_FUNCTIONS) as BinaryFunction[],
    select = true,
  } = {},
): fc.Arbitrary<Written> {
  return fc.letrec<{ tree: Written; leaf: Written; unary: Written; binary: Written; select: Written }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      tie("leaf"),
      tie("unary"),
      tie("binary"),
      ...select ? [tie("select")] : [],
    ),
    leaf: fc.oneof(
      fc.nat(ARITY - 1).map((argument) => ({ argument })),
      fc.constantFrom(0, 1, 2, -1, 0.5, -0, 3, -1.25).map((constant) => ({ constant })),
    ),
    unary: fc.record({ unary: fc.constantFrom(...unary), of: tie("tree") }),
    binary: fc.record({ binary: fc.constantFrom(...binary), of: fc.tuple(tie("tree"), tie("tree")) }),
    select: fc.tuple(tie("tree"), tie("tree"), tie("tree")).map((select) => ({ select })),
  })).tree;
}

/** Values for the arguments. */
export const argumentsArbitrary: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: -2, max: 2, noNaN: true })),
  { minLength: ARITY, maxLength: ARITY },
);
