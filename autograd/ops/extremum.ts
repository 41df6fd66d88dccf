/**
 * The largest and smallest elements over axes, and where they are.
 *
 * @module
 */
import { either } from "../../deps.ts";
import type { DType } from "../../blas/dtype.ts";
import type { Reduction } from "../../blas/engine.ts";
import { currentEngine } from "../../blas/engines.ts";
import { ShapeError } from "../../blas/errors.ts";
import {
  normalizeAxis,
  reducedShape,
  resolveAxes,
  rowMajorStrides,
  type Shape,
  type ShapeResult,
  sizeOf,
  unwrap,
} from "../../blas/shape.ts";
import { allocate, type View } from "../../blas/view.ts";
import { apply, checkOperands, type Primitive } from "../primitive.ts";
import { tensorData } from "../values/read.ts";
import { constantOf, stopGradient, type Tensor } from "../tensor.ts";
import { div, mul } from "./arithmetic.ts";
import { equal } from "./comparison.ts";
import { reshape } from "./reshape.ts";
import { type AxesAttributes, droppedShape, REDUCTION_SAMPLES, type ReductionOptions, sum } from "./sum.ts";

const extremumPrimitive = (name: Reduction & ("max" | "min")): Primitive<AxesAttributes> => ({
  name,
  samples: REDUCTION_SAMPLES,
  shape: ([shape], { axes }): ShapeResult =>
    axes.some((axis) => shape![axis] === 0)
      ? either.left(
        new ShapeError({
          op: name,
          given: { x: shape! },
          problem: `nothing has no ${name}imum, and a reduced axis has length 0`,
          remedy: "skip empty arrays",
        }),
      )
      : either.right(reducedShape(shape!, axes)),
  evaluate: <D extends DType>([x]: readonly View<D>[], _: AxesAttributes, shape: Shape): View<D> => {
    const output = allocate<D>(x!.dtype, shape);
    currentEngine().reduce(name, x!, output);
    return output as View<D>;
  },
  // Elements that attain the extremum share the gradient equally.
  vjp: (_, cotangent, { attributes: { axes }, inputs: [x], output }) => {
    const attains = equal(x!, output);
    return mul(attains, div(cotangent, sum(attains, { axes, keepDims: true })));
  },
  lower: ({ axes }) => ({ kind: "reduce", reduction: name, axes }),
});

const maxPrimitive = extremumPrimitive("max"), minPrimitive = extremumPrimitive("min");

function reduceTo<D extends DType>(
  primitive: Primitive<AxesAttributes>,
  t: Tensor<D>,
  { axes, keepDims = false }: ReductionOptions,
): Tensor<D> {
  checkOperands(primitive.name, [t]);
  const resolved = resolveAxes(primitive.name, t.shape, axes);
  const kept = apply(primitive, { axes: resolved }, [t]);
  return keepDims ? kept : reshape(kept, droppedShape(t.shape, resolved));
}

/**
 * The largest element over axes; NaN where there is one. Elements that attain it share the gradient equally.
 *
 * @example
 * ```ts
 * import { max, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(max(tensor64([[1, 5], [4, 2]]), { axes: 1 })), [5, 4]);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @throws {ShapeError} If an axis is out of range, named twice, or of length 0.
 */
export function max<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  return reduceTo(maxPrimitive, t, options);
}

/**
 * The smallest element over axes; NaN where there is one. Elements that attain it share the gradient equally.
 *
 * @example
 * ```ts
 * import { min, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(min(tensor64([[1, 5], [4, 2]]), { axes: 1 })), [1, 2]);
 * ```
 *
 * @param t Any shape.
 * @param options `axes`: one or several, all by default; `keepDims`: whether they stay with length 1, false by default.
 * @throws {ShapeError} If an axis is out of range, named twice, or of length 0.
 */
export function min<D extends DType>(t: Tensor<D>, options: ReductionOptions = {}): Tensor<D> {
  return reduceTo(minPrimitive, t, options);
}

/**
 * The position of the largest element along an axis, the first of several, that of a NaN before all. Not differentiable.
 *
 * @param t At least one axis.
 * @param axis The axis; left out, the position is that in the flattened tensor.
 * @returns Whole numbers, in the dtype and the shape of `t` without the axis.
 * @throws {ShapeError} If the axis is out of range or of length 0.
 *
 * @example
 * ```ts
 * import { argmax, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(argmax(tensor64([[1, 9, 2], [7, 3, 5]]), 1)), [1, 0]);
 * ```
 */
export function argmax<D extends DType>(t: Tensor<D>, axis?: number): Tensor<D> {
  return argExtremum(argmaxPrimitive, t, axis);
}

/**
 * The position of the smallest element along an axis; otherwise as {@link argmax}.
 *
 * @example
 * ```ts
 * import { argmin, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(argmin(tensor64([[1, 9, 2], [7, 3, 5]]), 1)), [0, 1]);
 * ```
 *
 * @throws {ShapeError} If the axis is out of range or of length 0.
 */
export function argmin<D extends DType>(t: Tensor<D>, axis?: number): Tensor<D> {
  return argExtremum(argminPrimitive, t, axis);
}

/** Which axis, of a tensor of at least one element along it. */
type AxisAttributes = { readonly axis: number };

const argExtremumPrimitive = (
  name: "argmax" | "argmin",
  better: (x: number, best: number) => boolean,
): Primitive<AxisAttributes> => ({
  name,
  samples: [
    { attributes: { axis: 1 }, inputs: [{ shape: [3, 4] }] },
    { attributes: { axis: 0 }, inputs: [{ shape: [3, 2] }] },
    { attributes: { axis: 1 }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([shape], { axis }) => either.right(droppedShape(shape!, [axis])),
  evaluate: <D extends DType>([x]: readonly View<D>[], { axis }: AxisAttributes, shape: Shape): View<D> => {
    const data = tensorData(constantOf(x!)), output = allocate<D>(x!.dtype, shape);
    const length = x!.shape[axis]!, step = rowMajorStrides(x!.shape)[axis]!;
    for (let i = 0; i < output.size; i++) {
      const first = Math.floor(i / step) * step * length + i % step;
      let position = 0, best = data[first]!;
      for (let j = 1; j < length && !Number.isNaN(best); j++) {
        const element = data[first + j * step]!;
        if (!better(element, best) && !Number.isNaN(element)) continue;
        position = j;
        best = element;
      }
      output.data[output.offset + i] = position;
    }
    return output as View<D>;
  },
  vjp: () => null,
});

const argmaxPrimitive = argExtremumPrimitive("argmax", (x, best) => x > best);
const argminPrimitive = argExtremumPrimitive("argmin", (x, best) => x < best);

/** The primitives of this file, for the generic checks. */
export const extremumPrimitives = [maxPrimitive, minPrimitive, argmaxPrimitive, argminPrimitive];

function argExtremum<D extends DType>(
  primitive: Primitive<AxisAttributes>,
  t: Tensor<D>,
  axis: number | undefined,
): Tensor<D> {
  checkOperands(primitive.name, [t]);
  const operand = axis === undefined ? reshape(stopGradient(t), [sizeOf(t.shape)]) : stopGradient(t);
  const along = axis === undefined ? 0 : unwrap(normalizeAxis(primitive.name, operand.shape, axis));
  if (operand.shape[along] === 0) {
    throw new ShapeError({
      op: primitive.name,
      given: { t: t.shape },
      problem: "nothing has no extremum, and the axis has length 0",
      remedy: "skip empty arrays",
    });
  }
  return apply(primitive, { axis: along }, [operand]);
}
