/**
 * The gated linear unit.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { normalizeAxis, unwrap } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { sigmoid } from "./sigmoid.ts";
import { partAlong } from "./slice.ts";

/**
 * Computes the first half along an axis times the sigmoid of the second half.
 *
 * @example
 * ```ts
 * import { glu, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(glu(tensor64([4, 0]))), [2]);
 * ```
 *
 * @param options `axis`: the axis that is halved, the last by default.
 * @throws {ShapeError} If the axis is out of range or its length is odd.
 * @see Dauphin et al., Language Modeling with Gated Convolutional Networks, 2016.
 */
export function glu<D extends DType>(x: Tensor<D>, options: { readonly axis?: number | undefined } = {}): Tensor<D> {
  checkOptions("apply glu", options, { axis: true });
  const { axis = -1 } = options;
  checkOperands("glu", [x]);
  const along = unwrap(normalizeAxis("glu", x.shape, axis)), half = x.shape[along]! / 2;
  if (!Number.isInteger(half)) {
    throw new ShapeError({
      op: "glu",
      given: { x: x.shape, axis: describe(axis) },
      problem: `the axis must have an even length, and has ${x.shape[along]}`,
      remedy: "make the layer before it twice as wide as the output that you want",
    });
  }
  return mul(partAlong(x, along, 0, half), sigmoid(partAlong(x, along, half, half)));
}
