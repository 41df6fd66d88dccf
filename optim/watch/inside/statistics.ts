/**
 * Statistics of outputs.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import type { Tensor } from "../../../autograd/tensor.ts";

/** The layers whose units are channels that stand before two spatial axes, or before one. */
const OF_IMAGES = /2d$/i, OF_SERIES = /^conv1d$/i;

/** The layers whose output has the same units as their input. */
const PASSING = /^(activation|dropout|lambda|groupNorm|instanceNorm|batchNorm1d|upsample|prelu|residual)$/i;

/**
 * Returns which axis of an output is that of its units, counted from the end: 1 for features, 3 for channels of images.
 *
 * @param before The input of the layer.
 * @param fromEnd The axis of the units of that input.
 */
export function unitAxis(kind: string, output: Tensor, before: Tensor, fromEnd: number): number {
  const rank = output.shape.length;
  const axis = /^global/.test(kind)
    ? 1
    : OF_IMAGES.test(kind)
    ? 3
    : OF_SERIES.test(kind)
    ? 2
    : PASSING.test(kind) && rank === before.shape.length
    ? fromEnd
    : 1;
  return axis > rank ? Math.min(rank, 1) : axis;
}

/** Statistics of values, and the units that are dead. */
export type Statistics = {
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly notFinite: number;
  readonly units: number;
  readonly dead: readonly number[];
};

/**
 * Computes statistics of values, row-major.
 *
 * @param axis The axis of the units; a 0-d output is one unit.
 */
export function statisticsOf(values: ArrayLike<number>, shape: Shape, axis: number): Statistics {
  const units = shape[axis] ?? 1, inner = sizeOf(shape.slice(axis + 1)), alive = new Uint8Array(units);
  let count = 0, zeros = 0, sum = 0, min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === 0) zeros++;
    else alive[Math.floor(i / inner) % units] = 1;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) squares += (values[i]! - mean) ** 2;
  return {
    mean,
    deviation: Math.sqrt(squares / count),
    min: count === 0 ? NaN : min,
    max: count === 0 ? NaN : max,
    zeros: values.length === 0 ? 0 : zeros / values.length,
    notFinite: values.length - count,
    units,
    dead: values.length === 0 ? [] : Array.from(alive, (lives, unit) => lives ? -1 : unit).filter((unit) => unit >= 0),
  };
}
