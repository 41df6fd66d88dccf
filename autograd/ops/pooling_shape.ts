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
import { describeSettings, expandSetting, type Padding, type PerAxis, settingsProblem } from "./convolution_shape.ts";

/** The settings of pooling operations. */
export type PoolingOptions = {
  /** Height and width of the windows. */
  readonly size: PerAxis;
  /** Steps from one window to the next; the size if left out, so that windows touch. */
  readonly stride?: PerAxis;
  /** How far windows extend beyond the image, 0 if left out; less than the size. */
  readonly padding?: Padding;
  /**
   * Whether windows may extend beyond the padded image at the bottom and at the right, as long as they begin in the
   * image or in the padding before it, so that no row or column is left out: the number of windows is rounded up, as in
   * PyTorch. A window may then be larger than the padded image, by less than the stride. `false` if left out.
   */
  readonly ceilMode?: boolean;
};

/** A pooling that can be computed. */
export type PoolingPlan = {
  /** The geometry, with the padding that `ceilMode` adds. */
  readonly geometry: PoolingGeometry;
  /** The padding that was asked for. */
  readonly padding: PoolingGeometry["padding"];
  /** Height and width of the result. */
  readonly counts: readonly [height: number, width: number];
};

/** Throws if the operand is not a tensor with the axes of an image. */
export function requireImage(op: string, tensor: Tensor): void {
  checkOperands(op, [tensor]);
  const { shape: x } = tensor;
  if (x.length === 3 || x.length === 4) return;
  throw new ShapeError({
    op,
    given: { x },
    problem: `x must be [channels, height, width], or with a batch axis before, and has ${x.length} axes`,
    remedy: "reshape it; with one channel, that axis has length 1",
  });
}

/**
 * Checks a pooling of images, `[…, height, width]`.
 *
 * @throws {ShapeError} If it cannot be done.
 */
export function planPooling(op: string, x: Shape, options: PoolingOptions): PoolingPlan {
  const { size, stride = size, padding = 0, ceilMode = false } = options, settings = { size, stride, padding };
  const refuse = (problem: string, remedy: string): never => {
    const shown = describeSettings({ ...settings, ceilMode }, { stride: size, padding: 0, ceilMode: false });
    throw new ShapeError({ op, given: { x, ...shown }, problem, remedy });
  };
  if (size === undefined) {
    refuse("size must be given, a whole number of 1 or more, or [height, width]", "2 halves an image");
  }
  const wrong = settingsProblem(settings, 2);
  if (wrong !== undefined) refuse(wrong.problem, wrong.remedy);
  const [height, width] = expandSetting(size, 2);
  const [down, across] = expandSetting(stride, 2);
  const around = expandSetting(padding, 4), image = x.slice(-2);
  const padded = [image[0]! + around[0] + around[2], image[1]! + around[1] + around[3]] as const;
  if (image.includes(0)) refuse("the image must have at least one row and one column", "skip empty images");
  if (around.some((count, side) => count >= (side % 2 === 0 ? height : width))) {
    refuse("padding must be less than the size of the windows, so that each sees the image", "pad less");
  }
  const counts = [
    count(padded[0], height, down, around[0] + image[0]!, ceilMode),
    count(padded[1], width, across, around[1] + image[1]!, ceilMode),
  ] as const;
  if (counts[0] < 1 || counts[1] < 1) {
    refuse(
      `windows are ${height} x ${width}, more than the padded image, which is ${padded.join(" x ")}`,
      "make them smaller; globalAvgPool2d and globalMaxPool2d take the whole image",
    );
  }
  // Windows that are rounded up reach further than asked for; windows that are rounded down leave padding uncovered,
  // which is harmless.
  const reach = [(counts[0] - 1) * down + height, (counts[1] - 1) * across + width] as const;
  const [top, left, bottom, right] = around;
  const grown = [
    top,
    left,
    bottom + Math.max(0, reach[0] - padded[0]),
    right + Math.max(0, reach[1] - padded[1]),
  ] as const;
  return { geometry: { size: [height, width], stride: [down, across], padding: grown }, padding: around, counts };
}

/** Returns the number of windows on an axis; the last must begin before `end`, where padding after the image starts. */
function count(padded: number, size: number, stride: number, end: number, ceilMode: boolean): number {
  const steps = (padded - size) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const up = Math.ceil(steps);
  return up * stride >= end ? up : up + 1;
}
