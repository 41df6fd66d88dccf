/**
 * Stacks of matrices: the last two axes of a view are those of the matrices, and the axes before them number the
 * matrices.
 *
 * Decompositions compute on row-major copies in float64, whatever the dtype, and round once, when they write a result.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { MutableView, View } from "../view.ts";

/** Subtracts the product of the first two matrices from the third one, which does not overlap them. */
export type SubtractProduct = (a: View<"float64">, b: View<"float64">, c: MutableView<"float64">) => void;

/** Returns the position in the data of the first element of each matrix, in row-major order of the leading axes. */
export function matrixOffsets({ shape, stride, offset }: View): readonly number[] {
  let offsets: readonly number[] = [offset];
  for (let axis = 0; axis < shape.length - 2; axis++) {
    offsets = offsets.flatMap((start) => Array.from({ length: shape[axis]! }, (_, i) => start + i * stride[axis]!));
  }
  return offsets;
}

/** Copies one matrix. */
export function readMatrix({ data, shape, stride }: View, offset: number): Float64Array {
  const rank = shape.length, rows = shape[rank - 2]!, columns = shape[rank - 1]!;
  const down = stride[rank - 2]!, across = stride[rank - 1]!, copy = new Float64Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0, from = offset + i * down; j < columns; j++, from += across) copy[at++] = data[from]!;
  }
  return copy;
}

/** Returns a function that writes matrices one after another to a view that was just allocated. */
export function matrixWriter<D extends DType>({ data, shape, offset }: MutableView<D>): (matrix: Float64Array) => void {
  const size = sizeOf(shape.slice(-2));
  let end = offset;
  return (matrix) => {
    data.set(matrix, end);
    end += size;
  };
}

/** Transposes a row-major matrix. */
export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j]!;
  return result;
}

/**
 * Returns a power of two near the largest magnitude: numbers divided by it lose no digit, and their squares neither
 * overflow nor vanish. Returns `undefined` if a number is not finite.
 */
export function powerOfTwoNear(a: Float64Array): number | undefined {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const magnitude = Math.abs(a[i]!);
    if (!(magnitude <= Number.MAX_VALUE)) return undefined;
    if (magnitude > largest) largest = magnitude;
  }
  return powerOfTwoAt(largest);
}

/** Returns the power of two at or right below a magnitude, 1 for 0; `undefined` if it is not finite. */
export function powerOfTwoAt(magnitude: number): number | undefined {
  if (!(magnitude <= Number.MAX_VALUE)) return undefined;
  return magnitude === 0 ? 1 : 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(magnitude))));
}

/** Returns the shape `[..., rows, columns]` with the leading axes of another. */
export const withMatrix = (
  shape: Shape,
  rows: number,
  columns: number,
): Shape => [...shape.slice(0, -2), rows, columns];

/**
 * Returns the inner product of two runs of numbers: four sums at once, so that no addition waits for the one before it.
 */
export function dotRuns(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let first = 0, second = 0, third = 0, fourth = 0, k = 0;
  for (; k + 3 < count; k += 4) {
    first += a[i + k]! * b[j + k]!;
    second += a[i + k + 1]! * b[j + k + 1]!;
    third += a[i + k + 2]! * b[j + k + 2]!;
    fourth += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < count; k++) first += a[i + k]! * b[j + k]!;
  return first + second + third + fourth;
}

/** Adds a multiple of one run of numbers to another. */
export function addRun(
  to: Float64Array,
  i: number,
  factor: number,
  from: Float64Array,
  j: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) to[i + k]! += factor * from[j + k]!;
}

/**
 * Tells whether rounding alone can have left a number that is the sum of `n` terms, whose magnitudes add up to `terms`. An
 * infinite number is never left by rounding, and NaN passes, so that both get into results.
 */
export const isRounding = (left: number, n: number, terms: number): boolean =>
  left <= n * Number.EPSILON * terms && left < Infinity;

/** Numbers whose squares add up to less than this are enlarged before they are squared: squares of tiny numbers have no digits. */
export const LEAST_SQUARES = 1.499696813895631e-241; // 2 ** -800

/** What they are multiplied by. */
export const ENLARGED = 5.260135901548374e210; // 2 ** 700, exactly

/** Returns the length of a vector of two numbers of moderate size. */
export function lengthOf(x: number, y: number): number {
  const squares = x * x + y * y;
  return squares < LEAST_SQUARES ? Math.sqrt((x * ENLARGED) ** 2 + (y * ENLARGED) ** 2) / ENLARGED : Math.sqrt(squares);
}

/**
 * The reflection `1 - factor v v^T` that turns a run of numbers onto its first axis, where it is `side`. `v` begins with
 * 1; its other elements are those of the run, times `scale`, times `inverse`.
 */
export type Reflection = {
  readonly side: number;
  readonly factor: number;
  readonly scale: number;
  readonly inverse: number;
};

/** Returns the reflection of a run of `count` numbers; `undefined` if all but the first are 0. */
export function reflectionOf(run: Float64Array, at: number, count: number): Reflection | undefined {
  let first = run[at]!, below = dotRuns(run, at + 1, run, at + 1, count - 1), scale = 1;
  if (first * first + below < LEAST_SQUARES) {
    scale = ENLARGED;
    first *= scale;
    below = 0;
    for (let i = 1; i < count; i++) below += (run[at + i]! * scale) ** 2;
  }
  if (below === 0) return undefined;
  const length = Math.sqrt(first * first + below), side = first > 0 ? -length : length;
  return { side: side / scale, factor: (side - first) / side, scale, inverse: 1 / (first - side) };
}
