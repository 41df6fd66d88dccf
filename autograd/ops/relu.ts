/**
 * The rectified linear unit and its relatives.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { broadcastShapes, sameShape, type Shape, sizeOf } from "../../blas/shape.ts";
import { applyElementwise, arithmetic } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./reshape.ts";

const reluPrimitive = /* @__PURE__ */ arithmetic("relu", (x) => scalar.max(x, 0), {
  derivatives: [(x) => scalar.select(scalar.greater(x!, 0), 1, 0)],
});
const leakyReluPrimitive = /* @__PURE__ */ arithmetic(
  "leakyRelu",
  (x, slope) => scalar.select(scalar.greater(x, 0), x, scalar.mul(slope, x)),
);
const relu6Primitive = /* @__PURE__ */ arithmetic("relu6", (x) => scalar.min(scalar.max(x, 0), 6), {
  derivatives: [(x) => scalar.select(scalar.greater(x!, 0), scalar.select(scalar.less(x!, 6), 1, 0), 0)],
});

/** The primitives of this file, for the generic checks. */
export const reluPrimitives = [reluPrimitive, leakyReluPrimitive, relu6Primitive];

/**
 * Computes `max(x, 0)`, element by element; the slope at 0 is 0.
 *
 * @example
 * ```ts
 * import { relu, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(relu(tensor64([-1, 0, 2]))), [0, 0, 2]);
 * ```
 */
export function relu<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(reluPrimitive, [x]);
}

/**
 * Returns `x` where it is positive, and `alpha * x` elsewhere; the slope at 0 is `alpha`.
 *
 * @example
 * ```ts
 * import { leakyRelu, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(leakyRelu(tensor64([-10, 2]), { alpha: 0.5 })), [-5, 2]);
 * ```
 *
 * @param options `alpha`: the slope on the left, 0.01 by default.
 */
export function leakyRelu<D extends DType>(
  x: Tensor<D>,
  options: { readonly alpha?: number | undefined } = {},
): Tensor<D> {
  checkOptions("apply leakyRelu", options, { alpha: true });
  const { alpha = 0.01 } = options;
  return applyElementwise(leakyReluPrimitive, [x, alpha]);
}

/**
 * Returns `x` where it is positive, and `slope * x` elsewhere, where the slope is learned.
 *
 * @example
 * ```ts
 * import { prelu, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const slopes = tensor64([0.5, 0.25]); // one for each of two channels
 * assertEquals(toArray(prelu(tensor64([[-4, -4], [1, -8]]), slopes)), [[-2, -1], [1, -2]]);
 * ```
 *
 * @param x `[batch, channels, ...]`, or any shape if there is only one slope.
 * @param slope `[channels]`, or one number for all; or any shape of several axes that broadcasts to that of `x`, such
 * as `[channels, 1, 1]` for images with or without a batch axis.
 * @throws {ShapeError} If `slope` has neither one element nor one for each channel, nor broadcasts to `x`.
 * @throws {DTypeError} If the dtypes differ.
 * @see He et al., Delving Deep into Rectifiers, 2015.
 */
export function prelu<D extends DType>(x: Tensor<D>, slope: Tensor<NoInfer<D>>): Tensor<D> {
  checkOperands("prelu", [x, slope]);
  const count = sizeOf(slope.shape), { length: axes } = slope.shape;
  if (count === 1) return applyElementwise(leakyReluPrimitive, [x, reshape(slope, [])]);
  if (axes > 1 && broadcastsTo(slope.shape, x.shape)) return applyElementwise(leakyReluPrimitive, [x, slope]);
  if (axes !== 1 || count !== x.shape[1]) {
    throw new ShapeError({
      op: "prelu",
      given: { x: x.shape, slope: slope.shape },
      problem:
        "slope must have one element, or one for each channel of x (axis 1), or several axes that broadcast to x's",
      remedy: "pass slopes of shape [channels]",
    });
  }
  return applyElementwise(leakyReluPrimitive, [x, reshape(slope, [count, ...x.shape.slice(2).map(() => 1)])]);
}

function broadcastsTo(shape: Shape, wanted: Shape): boolean {
  const joined = broadcastShapes("prelu", [shape, wanted]);
  return either.isRight(joined) && sameShape(joined.right, wanted);
}

/**
 * Computes `min(max(x, 0), 6)`, element by element; the slope at both ends is 0.
 *
 * @example
 * ```ts
 * import { relu6, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(relu6(tensor64([-1, 3, 9]))), [0, 3, 6]);
 * ```
 */
export function relu6<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(relu6Primitive, [x]);
}
