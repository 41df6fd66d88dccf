/**
 * The settings of pooling operations and the shapes that they allow.
 *
 * @module
 */
import { ShapeError } from "../../blas/errors.ts";
import type { PoolingGeometry } from "../../blas/pooling.ts";
import type { Shape } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import {
  type Axes,
  describeSettings,
  expandSetting,
  INPUT_AXES,
  type Padding,
  PER_AXIS,
  type PerAxis,
  settingsProblem,
} from "./convolution_shape.ts";

/** The settings of pooling operations. */
export type PoolingOptions = {
  /** Height and width of the windows. */
  readonly size: PerAxis;
  /** Steps from one window to the next; the size if left out, so that windows touch. */
  readonly stride?: PerAxis | undefined;
  /** How far windows extend beyond the image, 0 if left out; less than the size. */
  readonly padding?: Padding | undefined;
  /**
   * Whether windows may extend beyond the padded image at the bottom and at the right, as long as they begin in the
   * image or in the padding before it, so that no row or column is left out: the number of windows is rounded up, as in
   * PyTorch. A window may then be larger than the padded image, by less than the stride. `false` if left out.
   */
  readonly ceilMode?: boolean | undefined;
};

/** The settings of pooling operations that take the largest element. */
export type MaxPoolingOptions = PoolingOptions & {
  /** Steps from one element of a window to the next, 1 if left out. */
  readonly dilation?: PerAxis | undefined;
};

/** The settings of pooling over any number of axes. */
export type WindowOptions = {
  readonly size: number | readonly number[];
  readonly stride?: number | readonly number[] | undefined;
  readonly padding?: number | readonly number[] | undefined;
  readonly dilation?: number | readonly number[] | undefined;
  readonly ceilMode?: boolean | undefined;
};

/** The windows along one axis. */
export type WindowAxis = {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** The requested padding. */
  readonly before: number;
  readonly after: number;
  /** The padding after the axis, with what `ceilMode` adds. */
  readonly grown: number;
  /** The number of windows. */
  readonly count: number;
};

/** A pooling of images that can be computed. */
export type PoolingPlan = {
  /** The geometry, with the padding that `ceilMode` adds. */
  readonly geometry: PoolingGeometry;
  /** The requested padding. */
  readonly padding: PoolingGeometry["padding"];
  /** Height and width of the result. */
  readonly counts: readonly [height: number, width: number];
};

/** Throws if the operand is not a tensor with the axes of an image. */
export const requireImage = (op: string, tensor: Tensor): void => requireInput(op, tensor, 2);

/** Throws if the operand is not a tensor with channels and that many axes for windows, and perhaps a batch axis. */
export function requireInput(op: string, tensor: Tensor, axes: Axes): void {
  checkOperands(op, [tensor]);
  const { shape: x } = tensor;
  if (x.length === axes + 1 || x.length === axes + 2) return;
  throw new ShapeError({
    op,
    given: { x },
    problem: `x must be ${INPUT_AXES[axes]}, or with a batch axis before, and has ${x.length} axes`,
    remedy: "reshape it; with one channel, that axis has length 1",
  });
}

/**
 * Checks a pooling of images, `[…, height, width]`.
 *
 * @throws {ShapeError} If it is not possible.
 */
export function planPooling(op: string, x: Shape, options: MaxPoolingOptions): PoolingPlan {
  const [rows, columns] = planWindows(op, x, options, 2) as readonly [WindowAxis, WindowAxis]; // one for each axis
  return imagePlan(rows, columns);
}

/** Combines the windows along two axes. */
export function imagePlan(rows: WindowAxis, columns: WindowAxis): PoolingPlan {
  const dilation = [rows.dilation, columns.dilation] as const, isDilated = dilation[0] > 1 || dilation[1] > 1;
  return {
    geometry: {
      size: [rows.size, columns.size],
      stride: [rows.stride, columns.stride],
      padding: [rows.before, columns.before, rows.grown, columns.grown],
      ...isDilated && { dilation },
    },
    padding: [rows.before, columns.before, rows.after, columns.after],
    counts: [rows.count, columns.count],
  };
}

/** Returns windows of one element, which leave an axis as it is. */
export const untouched = (length: number): WindowAxis => ({
  size: 1,
  stride: 1,
  dilation: 1,
  before: 0,
  after: 0,
  grown: 0,
  count: length,
});

const EMPTY = {
  1: ["the axis must have at least one element", "skip empty axes"],
  2: ["the image must have at least one row and one column", "skip empty images"],
  3: ["the volume must have at least one plane, row and column", "skip empty volumes"],
} as const;

/**
 * Checks a pooling along the last axes.
 *
 * @returns The windows along each of them.
 * @throws {ShapeError} If it is not possible.
 */
export function planWindows(op: string, x: Shape, options: WindowOptions, axes: Axes): readonly WindowAxis[] {
  const { size, stride = size, padding = 0, dilation = 1, ceilMode = false } = options;
  const settings = { size, stride, padding, dilation };
  const refuse = (problem: string, remedy: string): never => {
    const defaults = { stride: size, padding: 0, dilation: 1, ceilMode: false };
    throw new ShapeError({
      op,
      given: { x, ...describeSettings({ ...settings, ceilMode }, defaults) },
      problem,
      remedy,
    });
  };
  if (size === undefined) {
    refuse(`size must be given, a whole number of 1 or more${PER_AXIS[axes]}`, "2 halves an image");
  }
  const wrong = settingsProblem(settings, axes);
  if (wrong !== undefined) refuse(wrong.problem, wrong.remedy);
  const sizes = expandSetting(size, axes), around = expandSetting(padding, 2 * axes), lengths = x.slice(-axes);
  const strides = expandSetting(stride, axes), dilations = expandSetting(dilation, axes);
  if (lengths.includes(0)) refuse(EMPTY[axes][0], EMPTY[axes][1]);
  if (around.some((count, side) => count >= sizes[side % axes]!)) {
    refuse("padding must be less than the size of the windows, so that each sees the image", "pad less");
  }
  const spans = sizes.map((count, axis) => (count - 1) * dilations[axis]! + 1);
  const padded = lengths.map((length, axis) => length + around[axis]! + around[axes + axis]!);
  const counts = padded.map((length, axis) =>
    count(length, spans[axis]!, strides[axis]!, around[axis]! + lengths[axis]!, ceilMode)
  );
  if (counts.some((own) => own < 1)) {
    refuse(
      `windows are ${spans.join(" x ")}, more than the padded ${axes === 1 ? "axis" : "image"}, which is ${
        padded.join(" x ")
      }`,
      axes === 2 ? "make them smaller; globalAvgPool2d and globalMaxPool2d take the whole image" : "make them smaller",
    );
  }
  const blind = lengths.findIndex((length, axis) =>
    missesImage(length, strides[axis]!, dilations[axis]!, around[axis]!, counts[axis]!)
  );
  if (blind >= 0) {
    refuse(
      `a window must see the image, and one steps over its ${lengths[blind]} elements`,
      "dilate less, or pad less",
    );
  }
  return sizes.map((own, axis): WindowAxis => {
    // If the number of windows is rounded up, they reach beyond the requested padding; if it is rounded down, some
    // padding stays uncovered, which is harmless.
    const reach = (counts[axis]! - 1) * strides[axis]! + spans[axis]!, after = around[axes + axis]!;
    return {
      size: own,
      stride: strides[axis]!,
      dilation: dilations[axis]!,
      before: around[axis]!,
      after,
      grown: after + Math.max(0, reach - padded[axis]!),
      count: counts[axis]!,
    };
  });
}

/** Tells whether a window that begins in the padding before an axis steps over the whole axis. */
function missesImage(length: number, stride: number, dilation: number, before: number, count: number): boolean {
  for (let k = 0; k < count && k * stride < before; k++) {
    const from = k * stride - before;
    if (from + Math.ceil(-from / dilation) * dilation >= length) return true;
  }
  return false;
}

/** Returns the number of windows on an axis; the last must begin before `end`, where padding after the image starts. */
function count(padded: number, size: number, stride: number, end: number, ceilMode: boolean): number {
  const steps = (padded - size) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const up = Math.ceil(steps);
  return up * stride >= end ? up : up + 1;
}
