/**
 * Tensors as text, in NumPy's manner.
 *
 * @module
 */
import { formatShape } from "../blas/errors.ts";
import { sizeOf } from "../blas/shape.ts";
import { checkTensor } from "./arguments.ts";
import { isTracedView } from "./compile/traced_view.ts";
import type { Tensor } from "./tensor.ts";

/** Above this many elements only the first and last few along each axis are shown. */
const SUMMARIZE_ABOVE = 1000, EDGE = 3;

/** Significant digits shown, and where exponents begin, as in NumPy: float64 holds every whole number up to there. */
const DIGITS = 5, EXPONENT_FROM = 1e16;

/**
 * Writes a tensor as nested brackets with aligned columns, after its dtype and shape.
 *
 * Whole numbers are exact up to 1e16, others rounded to 5 significant digits but never above the point; above 1000 elements, three at each end of every axis are shown.
 *
 * @example
 * ```ts
 * import { formatTensor, tensor32 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatTensor(tensor32([[1, -2], [0.5, 100]])), "float32 [2, 2]\n[[  1,  -2],\n [0.5, 100]]");
 * ```
 */
export function formatTensor(t: Tensor): string {
  checkTensor("apply formatTensor", t);
  if (isTracedView(t.view)) return `${t.dtype} ${formatShape(t.shape)} without values: it is being traced by compile`;
  const { data, offset, shape, stride } = t.view;
  const summarize = sizeOf(shape) > SUMMARIZE_ABOVE;
  const positions = shape.map((length): readonly (number | undefined)[] =>
    summarize && length > 2 * EDGE
      ? [0, 1, 2, undefined, length - 3, length - 2, length - 1]
      : Array.from({ length }, (_, i) => i)
  );
  const texts: string[] = [];
  const collect = (axis: number, at: number): void => {
    if (axis === shape.length) texts.push(formatNumber(data[at]!));
    else positions[axis]!.forEach((i) => i !== undefined && collect(axis + 1, at + i * stride[axis]!));
  };
  collect(0, offset);
  const width = Math.max(0, ...texts.map((text) => text.length));
  let next = 0;
  const write = (axis: number): string => {
    if (axis === shape.length) return texts[next++]!.padStart(width);
    const inner = shape.length - axis;
    const separator = inner === 1 ? ", " : `,${"\n".repeat(inner - 1)}${" ".repeat(axis + 1)}`;
    return `[${positions[axis]!.map((i) => i === undefined ? "..." : write(axis + 1)).join(separator)}]`;
  };
  const body = sizeOf(shape) === 0 ? "[]" : write(0);
  return `${t.dtype} ${formatShape(shape)}${shape.length > 1 ? "\n" : " "}${body}`;
}

/**
 * Prints what {@link formatTensor} returns.
 *
 * @example
 * ```ts
 * import { printTensor, tensor64 } from "@nanograd/nanograd";
 *
 * printTensor(tensor64([1, 2])); // float64 [2] [1, 2]
 * ```
 */
export function printTensor(t: Tensor): void {
  console.log(formatTensor(t));
}

/** Digits before the point are never rounded away; from {@link EXPONENT_FROM} on an exponent says that they are. */
function formatNumber(x: number): string {
  const size = Math.abs(x);
  if (size >= EXPONENT_FROM && size < Infinity) return Number(x.toPrecision(DIGITS)).toExponential();
  return String(size >= 10 ** DIGITS || Number.isInteger(x) ? Math.round(x) : Number(x.toPrecision(DIGITS)));
}
