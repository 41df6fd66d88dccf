/**
 * Functions that write elements to positions along an axis, by indices that are valid by construction.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as either from "../../blas/either.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import * as kernel from "../../blas/scatter.ts";
import type { Extremum } from "../../blas/search.ts";
import type { Shape } from "../../blas/shape.ts";
import { allocate, type View } from "../../blas/view.ts";
import { batchAlong } from "../batch.ts";
import { applyChecked, type Primitive } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul } from "./arithmetic.ts";
import { equal, maximum, where } from "./comparison.ts";
import { concat } from "./concat.ts";
import { gatherAlong, scatterAddAlong } from "./gather.ts";
import { linearRecurrence } from "./linear_recurrence.ts";
import { greaterEqual, notEqual } from "./logic.ts";
import { partAlong } from "./slice.ts";
import { argsort } from "./sort.ts";

/** How a value is combined with the element at its position, or that it replaces it. */
export type ScatterMode = "set" | "add" | "max" | "min" | "multiply";

type WritersAttributes = { readonly axis: number; readonly length: number };
type AxisAttributes = { readonly axis: number };

/** Computes for each position the last index that points there; -1 if there is none. Indices are rounded and clipped like those of gather. */
const lastWriterPrimitive: Primitive<WritersAttributes> = {
  name: "lastWriter",
  samples: () => [
    { attributes: { axis: 0, length: 3 }, inputs: [{ shape: [4, 2], min: -1, max: 3 }] },
    { attributes: { axis: 1, length: 5 }, inputs: [{ shape: [2, 3, 2], min: -1, max: 5 }] },
    { attributes: { axis: 0, length: 2 }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([indices], { axis, length }) => either.right(indices!.map((own, k) => k === axis ? length : own)),
  batch: batchAlong,
  evaluate: <D extends DType>([indices]: readonly View<D>[], { axis }: WritersAttributes, shape: Shape): View<D> => {
    const y = allocate<D>(indices!.dtype, shape);
    kernel.lastWriters({ axis, indices: indices!, y });
    return y;
  },
  vjp: () => null,
};

/** Operands `t`, indices and values: the latter two have the shape of `t` except along the axis. */
const extremumPrimitive = (extremum: Extremum): Primitive<AxisAttributes> => ({
  name: extremum === "max" ? "scatterMax" : "scatterMin",
  samples: () => [
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }, { shape: [4, 2], min: -1, max: 3 }, { shape: [4, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [2, 2] }, { shape: [2, 5], min: -1, max: 3 }, { shape: [2, 5] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [2] }, { shape: [0] }, { shape: [0] }] },
  ],
  shape: ([t]) => either.right(t!),
  batch: batchAlong,
  evaluate: <D extends DType>(
    [t, indices, values]: readonly View<D>[],
    { axis }: AxisAttributes,
    shape: Shape,
  ): View<D> => {
    const y = allocate<D>(t!.dtype, shape);
    plainCopyPart.inUse().copy({ x: t!, y });
    kernel.scatterExtremum({ axis, extremum, indices: indices!, values: values!, y });
    return y;
  },
  // All values that attain the extremum at a position share its gradient equally, as in PyTorch.
  vjp: (index, cotangent, { attributes: { axis }, inputs: [t, indices, values], output }) => {
    if (index === 1) return null;
    const length = t!.shape[axis]!,
      stays = equal(t!, output),
      wins = equal(values!, gatherAlong(output, indices!, axis));
    const share = div(cotangent, maximum(add(stays, scatterAddAlong(wins, indices!, axis, length)), 1));
    return index === 0 ? mul(stays, share) : mul(wins, gatherAlong(share, indices!, axis));
  },
});

const scatterMaxPrimitive = /* @__PURE__ */ extremumPrimitive("max");
const scatterMinPrimitive = /* @__PURE__ */ extremumPrimitive("min");

/** The primitives of this file, for the generic checks. */
export const scatterPrimitives = [lastWriterPrimitive, scatterMaxPrimitive, scatterMinPrimitive];

/**
 * Writes values to the positions along an axis at which indices point.
 *
 * @param indices The shape of `values`: that of `t` except along the axis.
 */
export function scatterAlong<D extends DType>(
  t: Tensor<D>,
  indices: Tensor<D>,
  values: Tensor<D>,
  axis: number,
  mode: ScatterMode,
): Tensor<D> {
  if (indices.shape[axis] === 0) return t;
  switch (mode) {
    case "set":
      return written(t, indices, axis, (writers) => gatherAlong(values, writers, axis), (_, own) => own);
    case "add":
      return add(t, scatterAddAlong(values, indices, axis, t.shape[axis]!));
    case "multiply":
      return multiplied(t, indices, values, axis);
    default:
      return applyChecked(mode === "max" ? scatterMaxPrimitive : scatterMinPrimitive, { axis }, [t, indices, values]);
  }
}

/** Writes to each position the value that its last writer has. */
function written<D extends DType>(
  t: Tensor<D>,
  indices: Tensor<D>,
  axis: number,
  bring: (writers: Tensor<D>) => Tensor<D>,
  combine: (old: Tensor<D>, own: Tensor<D>) => Tensor<D>,
): Tensor<D> {
  const attributes = { axis, length: t.shape[axis]! };
  const writers = applyChecked<WritersAttributes, D>(lastWriterPrimitive, attributes, [stopGradient(indices)]);
  return where(greaterEqual<D>(writers, 0), combine(t, bring(maximum<D>(writers, 0))), t);
}

/**
 * Multiplies, with a gradient that is right at zeros: values are sorted by their positions; running products begin anew
 * at each position, and the last one is its factor.
 */
function multiplied<D extends DType>(t: Tensor<D>, indices: Tensor<D>, values: Tensor<D>, axis: number): Tensor<D> {
  const order = argsort(indices, { axis }), places = gatherAlong(stopGradient(indices), order, axis);
  const factors = gatherAlong(values, order, axis), count = places.shape[axis]!;
  const changes = notEqual<D>(partAlong(places, axis, 1, count - 1), partAlong(places, axis, 0, count - 1));
  const starts = concat([equal<D>(partAlong(places, axis, 0, 1), partAlong(places, axis, 0, 1)), changes], axis);
  const products = linearRecurrence(where<D>(starts, 0, factors), where<D>(starts, factors, 0), axis, false);
  return written(t, places, axis, (writers) => gatherAlong(products, writers, axis), (old, own) => mul(old, own));
}
