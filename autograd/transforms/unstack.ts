/**
 * The slices of a tensor along an axis, all at once: their derivative is one tensor, whereas the derivative of each
 * separate slice would be a tensor as large as the whole.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { sliceView, unsafeView, type View } from "../../blas/view.ts";
import { batchAlong } from "../batch.ts";
import { applySeveralChecked, type MultiPrimitive } from "../multi_primitive.ts";
import { stack } from "../ops/concat.ts";
import { reshape } from "../ops/reshape.ts";
import { partAlong } from "../ops/slice.ts";
import type { Tensor } from "../tensor.ts";
import { zeros } from "../values/constructors.ts";

type AxisAttributes = { readonly axis: number };

const unstackPrimitive: MultiPrimitive<AxisAttributes> = {
  name: "unstack",
  samples: () => [
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 3, 2] }] },
  ],
  shapes: ([shape], { axis }) => either.right(Array.from({ length: shape![axis]! }, () => without(shape!, axis))),
  evaluate: ([x], { axis }, shapes) =>
    shapes.map((shape, k): View => {
      const ranges = x!.shape.map((count, i) =>
        i === axis ? { start: k, step: 1, count: 1 } : { start: 0, step: 1, count }
      );
      const { data, offset, stride } = sliceView(x!, ranges);
      return unsafeView(data, shape, without(stride, axis), offset);
    }),
  batch: batchAlong,
  vjps: (cotangents, { attributes: { axis }, outputs }) => [
    stack(cotangents.map((cotangent, k) => cotangent ?? zeros(outputs[k]!.shape, { dtype: outputs[k]!.dtype })), axis),
  ],
};

/** The primitives of this file, for the generic checks. */
export const unstackPrimitives = [unstackPrimitive];

const without = (list: readonly number[], axis: number): readonly number[] => list.filter((_, k) => k !== axis);

/** Lists the slices of a tensor along an axis, which has a length of at least 1; no elements are copied. */
export function unstack(t: Tensor, axis: number): readonly Tensor[] {
  if (t.requiresGrad) return applySeveralChecked(unstackPrimitive, { axis }, [t]);
  return Array.from({ length: t.shape[axis]! }, (_, k) => reshape(partAlong(t, axis, k, 1), without(t.shape, axis)));
}
