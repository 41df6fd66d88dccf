/**
 * Functions that write elements to positions along an axis, by indices that are valid by construction.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import * as either from "../../blas/either.ts";
import { plainCopyPart } from "../../blas/parts/plain_copy.ts";
import { scatterOntoOf } from "../../blas/program/operations/gather.ts";
import type { Extremum } from "../../blas/search.ts";
import { batchAlong } from "../batch.ts";
import { applyChecked, type Primitive, type Sample } from "../primitive.ts";
import { stopGradient } from "../stop_gradient.ts";
import type { Tensor } from "../tensor.ts";
import { arange, constant, full } from "../values/constructors.ts";
import { add, div, mul } from "./arithmetic.ts";
import { maximum, where } from "./choice.ts";
import { equal, greaterEqual, notEqual } from "./comparison.ts";
import { concat } from "./concat.ts";
import { gatherAlong, scatterAddAlong } from "./gather.ts";
import { linearRecurrence } from "./linear_recurrence.ts";
import { reshape } from "./reshape.ts";
import { partAlong } from "./slice.ts";
import { argsort } from "./sort.ts";
import { broadcastTo } from "./sum.ts";

/** How a value is combined with the element at its position, or that it replaces it. */
export type ScatterMode = "set" | "add" | "max" | "min" | "multiply";

type AxisAttributes = { readonly axis: number };

const samples = (): readonly Sample<AxisAttributes>[] => [
  { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }, { shape: [4, 2], min: -1, max: 3 }, { shape: [4, 2] }] },
  { attributes: { axis: 1 }, inputs: [{ shape: [2, 2] }, { shape: [2, 5], min: -1, max: 3 }, { shape: [2, 5] }] },
  { attributes: { axis: 0 }, inputs: [{ shape: [2] }, { shape: [0] }, { shape: [0] }] },
];

/** Operands `t`, indices and values: the latter two have the shape of `t` except along the axis. The last of several values wins. */
const scatterSetPrimitive: Primitive<AxisAttributes> = {
  name: "scatterSet",
  samples,
  shape: ([t]) => either.right(t!),
  operator: ({ axis }) => scatterOntoOf(axis, "set"),
  part: plainCopyPart,
  batch: batchAlong,
  vjp: (index, cotangent, { attributes: { axis }, inputs: [t, indices] }) => {
    if (index === 1) return null;
    if (index === 0) {
      const none = broadcastTo(constant(0, { dtype: t!.dtype }), indices!.shape);
      return applyChecked(scatterSetPrimitive, { axis }, [cotangent, stopGradient(indices!), none]);
    }
    // A value that another one replaces has no influence.
    const at = stopGradient(indices!), writers = lastWriters(at, axis, t!.shape[axis]!);
    return where(equal(gatherAlong(writers, at, axis), positionsLike(at, axis)), gatherAlong(cotangent, at, axis), 0);
  },
};

/** The same, but the extremum of all values and what is there wins. */
const extremumPrimitive = (extremum: Extremum): Primitive<AxisAttributes> => ({
  name: extremum === "max" ? "scatterMax" : "scatterMin",
  samples,
  shape: ([t]) => either.right(t!),
  operator: ({ axis }) => scatterOntoOf(axis, extremum),
  part: plainCopyPart,
  batch: batchAlong,
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
export const scatterPrimitives = [scatterSetPrimitive, scatterMaxPrimitive, scatterMinPrimitive];

/** The position of each element along an axis, where the indices have theirs. */
function positionsLike<D extends DType>(indices: Tensor<D>, axis: number): Tensor<D> {
  const count = indices.shape[axis]!, along = indices.shape.map((_, k) => k === axis ? count : 1);
  return broadcastTo(reshape(arange(0, count, 1, { dtype: indices.dtype }), along), indices.shape);
}

/** The position of the last index that names each place; -1 if none does. */
function lastWriters<D extends DType>(indices: Tensor<D>, axis: number, length: number): Tensor<D> {
  const none = full(indices.shape.with(axis, length), -1, { dtype: indices.dtype });
  return applyChecked<AxisAttributes, D>(scatterMaxPrimitive, { axis }, [none, indices, positionsLike(indices, axis)]);
}

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
      return applyChecked<AxisAttributes, D>(scatterSetPrimitive, { axis }, [t, indices, values]);
    case "add":
      return add(t, scatterAddAlong(values, indices, axis, t.shape[axis]!));
    case "multiply":
      return multiplied(t, indices, values, axis);
    default:
      return applyChecked(mode === "max" ? scatterMaxPrimitive : scatterMinPrimitive, { axis }, [t, indices, values]);
  }
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
  const writers = lastWriters(places, axis, t.shape[axis]!);
  const whole = gatherAlong(products, maximum<D>(writers, 0), axis);
  return where(greaterEqual<D>(writers, 0), mul(t, whole), t);
}
