/**
 * Random reductions of products whose factors change along some of the axes.
 *
 * @module
 */
import fc from "fast-check";
import { argument, div, mul, neg, type Scalar } from "../../../../blas/scalar/scalar.ts";
import type { DType } from "../../../../blas/dtype.ts";
import type { Reduction } from "../../../../blas/reduction.ts";
import { reducedShape, rowMajorStrides } from "../../../../blas/shape.ts";
import type { Program } from "../../../../blas/program/program.ts";

/** What a reduction is made of; factor `k` changes along the axes whose bits are set in `masks[k]`. */
export type Product = {
  readonly dtype: DType;
  readonly lengths: readonly number[];
  readonly axes: readonly number[];
  readonly masks: readonly number[];
  /** Whether the last factor divides. */
  readonly divides: boolean;
};

/** Products over three or four axes, of 2 ** 14 elements or more, in float64. */
export const productArbitrary: fc.Arbitrary<Product> = fc.record({
  lengths: fc.oneof(
    fc.shuffledSubarray([16, 32, 33, 40], { minLength: 3, maxLength: 3 }),
    fc.shuffledSubarray([4, 8, 24, 25, 1], { minLength: 4, maxLength: 4 }).map(([a, ...rest]) => [a!, ...rest, 8]),
  ),
  axisCodes: fc.integer({ min: 1, max: 30 }),
  masks: fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 2, maxLength: 4 }),
  divides: fc.boolean(),
}).map(({ lengths, axisCodes, masks, divides }) => {
  const axes = lengths.flatMap((_, axis) => axisCodes >> axis & 1 ? [axis] : []);
  return { dtype: "float64", lengths, axes: axes.length === 0 ? [0] : axes, masks, divides };
});

/** Returns the program that reduces `finish(product of all factors)`. */
export function programOfProduct(
  { dtype, lengths, axes, masks, divides }: Product,
  reduction: Reduction,
  finish: (x: Scalar) => Scalar,
): Program {
  const shapes = masks.map((mask) => lengths.map((length, axis) => mask >> axis & 1 ? length : 1));
  const operands = shapes.map((shape, value) => ({
    value,
    shape: lengths,
    stride: rowMajorStrides(shape).map((step, axis) => shape[axis] === 1 ? 0 : step),
    offset: 0,
  }));
  const expression = masks.slice(1).reduce(
    (x, _, k) => divides && k === masks.length - 2 ? neg(div(x, argument(k + 1))) : mul(x, argument(k + 1)),
    argument(0),
  );
  return {
    parameters: shapes.map((shape) => ({ dtype, shape })),
    constants: [],
    instructions: [{
      results: [{ dtype, shape: reducedShape(lengths, axes) }],
      operation: {
        kind: "reduce",
        reduction,
        axes,
        loop: { shape: lengths, operands, expressions: [finish(expression)] },
      },
    }],
    results: [masks.length],
  };
}
