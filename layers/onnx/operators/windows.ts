/**
 * The windows of convolutions and pooling: their settings in ONNX's terms.
 *
 * @module
 */
import type { Shape } from "../../../blas/shape.ts";
import { type Call, callError, numbersOf, textOf } from "../value.ts";

/** The settings of windows along each axis; `pads` has all that come before, then all that come after. */
export type Windows = {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
};

/**
 * Returns the settings of windows.
 *
 * @param lengths The lengths of the axes that the windows slide along.
 */
export function windowsOf(call: Call, kernel: readonly number[], lengths: Shape): Windows {
  const rank = lengths.length, filled = (count: number, value: number): number[] => new Array(count).fill(value);
  const strides = numbersOf(call, "strides") ?? filled(rank, 1),
    dilations = numbersOf(call, "dilations") ?? filled(rank, 1);
  const pads = autoPads(call, lengths, strides, kernel.map((count, k) => (count - 1) * dilations[k]! + 1)) ??
    numbersOf(call, "pads") ?? filled(2 * rank, 0);
  if ([kernel, strides, dilations].some(({ length }) => length !== rank) || pads.length !== 2 * rank) {
    throw callError(call, `its windows have other axes than its input, which has ${rank}`, "export the model again");
  }
  if ([...kernel, ...strides, ...dilations].some((count) => count < 1)) {
    throw callError(call, "a length, stride or dilation of its windows is below 1", "use 1 or more");
  }
  return { kernel, strides, dilations, pads };
}

/** The padding that makes the result as long as the input divided by the stride, rounded up; none if pads are given. */
export function autoPads(
  call: Call,
  lengths: Shape,
  strides: readonly number[],
  spans: readonly number[],
): readonly number[] | undefined {
  const auto = textOf(call, "auto_pad", "NOTSET");
  if (auto === "VALID") return lengths.flatMap(() => [0, 0]);
  if (auto !== "SAME_UPPER" && auto !== "SAME_LOWER") return undefined;
  const totals = lengths.map((length, k) =>
    Math.max(0, (Math.ceil(length / strides[k]!) - 1) * strides[k]! + spans[k]! - length)
  );
  const small = totals.map((total) => Math.floor(total / 2)), large = totals.map((total) => Math.ceil(total / 2));
  return auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
}
