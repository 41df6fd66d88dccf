/**
 * Views as text, in NumPy's manner.
 *
 * @module
 */
import { formatShape } from "../blas/errors.ts";
import { sizeOf } from "../blas/shape.ts";
import type { View } from "../blas/view.ts";
import { isAbstract } from "./abstract_view.ts";

/** Above this many elements only the first and last few along each axis are shown. */
const SUMMARIZE_ABOVE = 1000, EDGE = 3;

/** Significant digits shown, and where exponents begin, as in NumPy: float64 holds every whole number below that. */
const DIGITS = 5, EXPONENT_FROM = 1e16;

/** Writes a view as nested brackets with aligned columns, after its dtype and shape; see `formatTensor`. */
export function formatView(view: View): string {
  const { dtype, shape } = view;
  if (isAbstract(view)) return `${dtype} ${formatShape(shape)} without values: ${view.interpreter.description}`;
  const { data, offset, stride } = view;
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
  return `${dtype} ${formatShape(shape)}${shape.length > 1 ? "\n" : " "}${body}`;
}

/**
 * Formats a number. Digits before the point are not rounded away below {@link EXPONENT_FROM}; above it, an exponent is
 * shown.
 */
function formatNumber(x: number): string {
  const size = Math.abs(x);
  if (size >= EXPONENT_FROM && size < Infinity) return Number(x.toPrecision(DIGITS)).toExponential();
  return String(size >= 10 ** DIGITS || Number.isInteger(x) ? Math.round(x) : Number(x.toPrecision(DIGITS)));
}
