/**
 * Windows of images as columns, and their adjoint: columns added up to images.
 *
 * @module
 */
import { windowCount } from "../../blas/convolution.ts";
import { describe, describeSetting } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape, type Shape } from "../../blas/shape.ts";
import type { Range } from "../../blas/view.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { concat } from "./concat.ts";
import { describeSettings, expandSetting, type Padding, type PerAxis, settingsProblem } from "./convolution_shape.ts";
import { pad } from "./pad.ts";
import { requireImage } from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";
import { joinTensors, partAlong, sliceAxes } from "./slice.ts";

/** The size and the positions of windows. */
export type WindowOptions = {
  /** Height and width of the windows. */
  readonly size: PerAxis;
  /** Steps from one window to the next, 1 if left out. */
  readonly stride?: PerAxis;
  /** Zeros around the image, 0 if left out. */
  readonly padding?: Padding;
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis;
};

/**
 * Returns the windows of images as columns, as PyTorch's `unfold` does: each column has the elements of one window, channel by
 * channel.
 *
 * @param x `[channels, height, width]`, or `[batch, channels, height, width]`.
 * @param options `size` of the windows; `stride`, 1 by default; `padding`, 0 by default; `dilation`, 1 by default.
 * @returns `[…, channels * size height * size width, windows]`.
 * @throws {ShapeError} If `x` has another number of axes, a setting is out of range, or no window fits.
 *
 * @example
 * ```ts
 * import { tensor64, toArray, unfold } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[1, 2, 3], [4, 5, 6]]]);
 * assertEquals(toArray(unfold(image, { size: 2 })), [[1, 2], [2, 3], [4, 5], [5, 6]]);
 * ```
 */
export function unfold<D extends DType>(x: Tensor<D>, options: WindowOptions): Tensor<D> {
  requireImage("unfold", x);
  const [height, width] = x.shape.slice(-2) as [number, number]; // of an image
  const windows = windowsOf("unfold", { x: x.shape }, [height, width], options), outer = x.shape.slice(0, -2);
  const count = windows.counts[0] * windows.counts[1], channels = outer.at(-1)!;
  const shape = [...outer.slice(0, -1), channels * windows.inside, count];
  checkResultShape("unfold", shape); // before anything is made for each element of a window
  const [top, left, bottom, right] = windows.padding;
  const padded = pad(x, [...outer.map((): [number, number] => [0, 0]), [top, bottom], [left, right]]);
  const parts = windows.elements().map(([down, across]) => {
    const ranges = [down, across].map(({ start, step, count }) =>
      [start, start + (count - 1) * step + 1, step] as const
    );
    return reshape(sliceAxes(padded, [...outer.map((): readonly [] => []), ...ranges]), [...outer, 1, count]);
  });
  return reshape(concat(parts, -2), shape);
}

/**
 * Adds columns up to images, each at the window from which {@link unfold} would take it: the adjoint of `unfold`, PyTorch's `fold`.
 *
 * @param x `[channels * size height * size width, windows]`, or with a batch axis before.
 * @param outputSize Height and width of the images.
 * @param options `size` of the windows; `stride`, 1 by default; `padding`, 0 by default; `dilation`, 1 by default.
 * @returns `[…, channels, height, width]`.
 * @throws {ShapeError} If `x` has another number of axes or not as many rows and columns, a setting is out of range, or no window
 * fits.
 *
 * @example Each pixel as often as windows see it
 * ```ts
 * import { fold, tensor64, toArray, unfold } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[[1, 2, 3], [4, 5, 6]]]);
 * assertEquals(toArray(fold(unfold(image, { size: 2 }), [2, 3], { size: 2 })), [[[1, 4, 3], [4, 10, 6]]]);
 * ```
 */
export function fold<D extends DType>(
  x: Tensor<D>,
  outputSize: readonly [height: number, width: number],
  options: WindowOptions,
): Tensor<D> {
  checkOperands("fold", [x]);
  const isSize = Array.isArray(outputSize) && outputSize.length === 2 &&
    outputSize.every((length) => Number.isInteger(length) && length >= 0);
  const given = { x: x.shape, outputSize: describeSetting(outputSize) };
  if (!isSize || (x.shape.length !== 2 && x.shape.length !== 3)) {
    throw new ShapeError({
      op: "fold",
      given,
      problem: isSize
        ? "x must be [rows, windows], or with a batch axis before"
        : "outputSize must be two whole numbers of 0 or more",
      remedy: isSize ? "reshape it" : "pass [height, width]",
    });
  }
  const { elements, inside, counts, padding } = windowsOf("fold", given, outputSize, options);
  const [rows, windows] = x.shape.slice(-2) as [number, number]; // at least two axes
  if (rows % inside !== 0 || windows !== counts[0] * counts[1]) {
    throw new ShapeError({
      op: "fold",
      given,
      problem: `x must have a multiple of ${inside} rows and ${counts[0] * counts[1]} columns, one for each window`,
      remedy: "pass the settings that unfold was called with",
    });
  }
  const batch = x.shape.slice(0, -2), channels = rows / inside, [top, left, bottom, right] = padding;
  const outer = [...batch, channels], split = reshape(x, [...outer, inside, ...counts]), at = outer.length;
  const padded = [...outer, outputSize[0] + top + bottom, outputSize[1] + left + right];
  checkResultShape("fold", padded);
  const images = elements().map((place, k) => {
    const part = reshape(partAlong(split, at, k, 1), [...outer, ...counts]);
    return joinTensors([part], [[...outer.map((count): Range => ({ start: 0, step: 1, count })), ...place]], padded);
  });
  const sum = images.reduce((total, image) => add(total, image));
  return sliceAxes(sum, [
    ...outer.map((): readonly [] => []),
    [top, top + outputSize[0]],
    [left, left + outputSize[1]],
  ]);
}

/** The windows of an image. */
type Windows = {
  /** How many there are down and across. */
  readonly counts: readonly [number, number];
  /** The number of elements of a window. */
  readonly inside: number;
  /** Lists the positions of those elements in the padded image. */
  readonly elements: () => readonly (readonly [down: Range, across: Range])[];
  readonly padding: readonly [top: number, left: number, bottom: number, right: number];
};

function windowsOf(
  op: string,
  given: Readonly<Record<string, Shape | string>>,
  image: readonly [number, number],
  options: WindowOptions,
): Windows {
  checkOptions(`apply ${op}`, options, { size: true, stride: true, padding: true, dilation: true });
  const { size, stride = 1, padding = 0, dilation = 1 } = options, settings = { size, stride, padding, dilation };
  const refuse = (problem: string, remedy: string): ShapeError => {
    const shown = describeSettings(settings, { stride: 1, padding: 0, dilation: 1 });
    return new ShapeError({ op, given: { ...given, ...shown }, problem, remedy });
  };
  if (size === undefined) {
    throw refuse(`size must be given, and is ${describe(size)}`, "pass a whole number, or [height, width]");
  }
  const wrong = settingsProblem(settings, 2);
  if (wrong !== undefined) throw refuse(wrong.problem, wrong.remedy);
  const lengths = expandSetting(size, 2), steps = expandSetting(stride, 2), gaps = expandSetting(dilation, 2);
  const around = expandSetting(padding, 4);
  const counts = ([0, 1] as const).map((axis) =>
    windowCount(image[axis], lengths[axis], {
      stride: steps[axis],
      padding: around[axis] + around[axis === 0 ? 2 : 3],
      dilation: gaps[axis],
    })
  ) as [number, number]; // of two axes
  if (counts.some((count) => count < 1)) {
    throw refuse(
      "windows must not be larger than the padded image",
      "add padding, or make windows or their dilation smaller",
    );
  }
  const places = (axis: 0 | 1): Range[] =>
    Array.from(
      { length: lengths[axis] },
      (_, k) => ({ start: k * gaps[axis], step: steps[axis], count: counts[axis] }),
    );
  const elements = () => places(0).flatMap((down) => places(1).map((across) => [down, across] as const));
  return { counts, inside: lengths[0] * lengths[1], elements, padding: around };
}
