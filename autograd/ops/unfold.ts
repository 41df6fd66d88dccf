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
import { constant } from "../values/constructors.ts";
import { concat } from "./concat.ts";
import { describeSettings, expandSetting, type Padding, type PerAxis, settingsProblem } from "./convolution_shape.ts";
import { scatterAddAlong, take } from "./gather.ts";
import { pad } from "./pad.ts";
import { requireImage } from "./pooling_shape.ts";
import { reshape } from "./reshape.ts";
import { joinTensors, partAlong, sliceAxes } from "./slice.ts";
import { broadcastTo } from "./sum.ts";
import { transpose } from "./transpose.ts";

/** The size and the positions of windows. */
export type WindowOptions = {
  /** Height and width of the windows. */
  readonly size: PerAxis;
  /** Steps from one window to the next, 1 if left out. */
  readonly stride?: PerAxis | undefined;
  /** Zeros around the image, 0 if left out. */
  readonly padding?: Padding | undefined;
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis | undefined;
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
  if (windows.inside > MOST_PARTS && hasPositions(padded.shape)) return reshape(taken(padded, windows), shape);
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
  const own = windowsOf("fold", given, outputSize, options), { inside, counts, padding } = own;
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
  const outer = [...batch, channels], padded = [...outer, outputSize[0] + top + bottom, outputSize[1] + left + right];
  checkResultShape("fold", padded);
  const images = imagesOf(own);
  const sum = images.length > MOST_PARTS && hasPositions(padded)
    ? addedUp(x, own, padded)
    : joined(x, own, images, padded);
  return sliceAxes(sum, [
    ...outer.map((): readonly [] => []),
    [top, top + outputSize[0]],
    [left, left + outputSize[1]],
  ]);
}

/** The most slices that windows are put together from, and the most images that they are added up from; from there on, by index. */
const MOST_PARTS = 64;

/** Tells whether all positions along the axes of images are numbers of float32. */
const hasPositions = (shape: Shape): boolean => Math.max(...shape.slice(-2)) <= 2 ** 24;

/** Takes the rows that windows show, and then the columns, of padded images. */
function taken<D extends DType>(x: Tensor<D>, { lengths, counts, positions }: Windows): Tensor<D> {
  const rank = x.shape.length, rows = take(x, positions(0), rank - 2), all = take(rows, positions(1), rank - 1);
  const outer = x.shape.slice(0, -2), axes = outer.map((_, axis) => axis), [a, b, c, d] = axesFrom(rank - 2);
  // From a place in the window and a window, for each axis, to the places and the windows.
  return transpose(reshape(all, [...outer, lengths[0], counts[0], lengths[1], counts[1]]), [...axes, a, c, b, d]);
}

/** The adjoint of {@link taken}: adds rows up, and then columns. */
function addedUp<D extends DType>(x: Tensor<D>, { lengths, counts, positions }: Windows, shape: Shape): Tensor<D> {
  const outer = shape.slice(0, -2), rank = shape.length, [a, b, c, d] = axesFrom(rank - 2);
  const split = transpose(reshape(x, [...outer, ...lengths, ...counts]), [...outer.map((_, axis) => axis), a, c, b, d]);
  const whole = reshape(split, [...outer, lengths[0] * counts[0], lengths[1] * counts[1]]);
  return ([0, 1] as const).reduce((sum, k) => {
    const axis = rank - 2 + k, own = positions(k);
    const aligned = reshape(constant(own, { dtype: x.dtype }), [own.length, ...k === 0 ? [1] : []]);
    return scatterAddAlong(sum, broadcastTo(aligned, sum.shape), axis, shape[axis]!);
  }, whole);
}

/** The numbers of four axes that follow one another. */
const axesFrom = (first: number): readonly [number, number, number, number] => [first, first + 1, first + 2, first + 3];

/** Adds images up in which no two windows meet. */
function joined<D extends DType>(
  x: Tensor<D>,
  { inside, counts }: Windows,
  images: readonly (readonly Place[])[],
  shape: Shape,
): Tensor<D> {
  const outer = shape.slice(0, -2), at = outer.length, split = reshape(x, [...outer, inside, ...counts]);
  const all = outer.map((count): Range => ({ start: 0, step: 1, count }));
  return images.map((places) =>
    joinTensors(
      places.map(({ element }) => reshape(partAlong(split, at, element, 1), [...outer, ...counts])),
      places.map(({ ranges }) => [...all, ...ranges]),
      shape,
    )
  ).reduce((total, image) => add(total, image));
}

/** An element of a window, by its number, and its positions in the padded image. */
type Place = { readonly element: number; readonly ranges: readonly [down: Range, across: Range] };

/** Puts elements of a window together that are less than a step apart: in no two windows, these are at the same position. */
function imagesOf({ elements }: Windows): readonly (readonly Place[])[] {
  const images = new Map<string, Place[]>();
  elements().forEach((ranges, element) => {
    const key = ranges.map(({ start, step }) => Math.floor(start / step)).join(), known = images.get(key) ?? [];
    known.push({ element, ranges });
    images.set(key, known);
  });
  return [...images.values()];
}

/** The windows of an image. */
type Windows = {
  /** The height and the width of a window. */
  readonly lengths: readonly [number, number];
  /** How many there are down and across. */
  readonly counts: readonly [number, number];
  /** The number of elements of a window. */
  readonly inside: number;
  /** Lists the positions of those elements in the padded image. */
  readonly elements: () => readonly (readonly [down: Range, across: Range])[];
  /** Lists the positions along an axis: of the first element of all windows, of the second, and so on. */
  readonly positions: (axis: 0 | 1) => readonly number[];
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
  const positions = (axis: 0 | 1) =>
    places(axis).flatMap(({ start, step, count }) => Array.from({ length: count }, (_, k) => start + k * step));
  return { lengths, counts, inside: lengths[0] * lengths[1], elements, positions, padding: around };
}
