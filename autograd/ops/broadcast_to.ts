/**
 * Broadcasting as an operation of its own.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { broadcastShapes, checkShape, sameShape, type Shape, type ShapeResult } from "../../blas/shape.ts";
import { broadcastView } from "../../blas/view.ts";
import { apply, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { sumTo } from "./sum.ts";

type ShapeAttributes = { readonly shape: Shape };

const broadcastToPrimitive: Primitive<ShapeAttributes> = {
  name: "broadcastTo",
  samples: [
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [3] }] },
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [2, 1] }] },
    { attributes: { shape: [2, 3] }, inputs: [{ shape: [] }] },
    { attributes: { shape: [0, 3] }, inputs: [{ shape: [1, 3] }] },
  ],
  shape: ([from], { shape }): ShapeResult => {
    const joined = broadcastShapes("broadcastTo", [from!, shape]);
    return joined._tag === "Right" && sameShape(joined.right, shape) ? joined : either.left(
      new ShapeError({
        op: "broadcastTo",
        given: { t: from!, shape },
        problem: "axes must be equal from the right, or 1 in t",
        remedy: "insert axes of length 1 with expandDims where t is to be repeated",
      }),
    );
  },
  evaluate: ([v], _, shape) => broadcastView(v!, shape),
  vjp: (_, cotangent, { inputs: [t] }) => sumTo(cotangent, t!.shape),
  lower: ({ shape }) => ({ kind: "view", change: { kind: "broadcast", shape } }),
};

/** The primitives of this file, for the generic checks. */
export const broadcastToPrimitives = [broadcastToPrimitive];

/**
 * Repeats a tensor along new leading axes and along axes of length 1, without copying.
 *
 * @example
 * ```ts
 * import { broadcastTo, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toArray(broadcastTo(tensor64([1, 2]), [2, 2])), [[1, 2], [1, 2]]);
 * ```
 *
 * @param t A shape that broadcasts to `shape`.
 * @param shape The shape wanted.
 * @throws {ShapeError} If an axis of `t` is neither 1 nor the length wanted.
 */
export function broadcastTo<D extends DType>(t: Tensor<D>, shape: Shape): Tensor<D> {
  checkOperands("broadcastTo", [t]);
  checkShape("broadcastTo", shape);
  return sameShape(t.shape, shape) ? t : apply(broadcastToPrimitive, { shape }, [t]);
}
