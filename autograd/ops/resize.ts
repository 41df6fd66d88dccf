/**
 * Resizing of images.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { ShapeError, textOf } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkResultShape } from "../../blas/shape.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { innerShape } from "../tensor_record.ts";
import { constant } from "../values/constructors.ts";
import { add, mul } from "./arithmetic.ts";
import { take } from "./gather.ts";
import { lerp } from "./hypot.ts";
import { type ResizeMode, resizeTaps, type Tap } from "./resize_taps.ts";
import { enlarged } from "./upsample_nearest2d.ts";

/** The settings of {@link resize}. */
export type ResizeOptions = {
  /** `"linear"` if left out; `"nearest"` copies elements, `"cubic"` is the smoothest. */
  readonly mode?: ResizeMode | undefined;
  /** Whether the elements in the corners stay as they are, `false` if left out; not for `"nearest"`. */
  readonly alignCorners?: boolean | undefined;
};

const MODES: readonly unknown[] = ["nearest", "linear", "cubic"] satisfies readonly ResizeMode[];

/**
 * Makes images larger or smaller by interpolation. It gives the same numbers as PyTorch (`nn.functional.interpolate`
 * with the modes `nearest`, `bilinear` and `bicubic`).
 *
 * New elements are weighted sums of two elements, or four for `"cubic"`, along each axis; nothing is averaged when an
 * image becomes smaller, so shrinking to less than half leaves elements out (`avgPool2d` does not). Each axis takes one
 * pass of `take` for each of these elements, which compiled programs compute in WebAssembly.
 *
 * @param t `[..., height, width]`
 * @param size `[height, width]` of the result.
 * @param options `mode`: `"linear"` by default, `"nearest"` or `"cubic"`; `alignCorners`: `false` by default.
 * @returns The shape of `t` with the last two axes of that size.
 * @throws {ShapeError} If `t` has fewer than two axes or an empty image, or the size is not two whole numbers of 1 or
 * more.
 * @throws {RangeError} If the mode does not exist, or `alignCorners` is `true` for `"nearest"`.
 * @see Keys, Cubic convolution interpolation for digital image processing, 1981, with PyTorch's parameter of -0.75.
 *
 * @example
 * ```ts
 * import { resize, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const image = tensor64([[0, 4]]);
 * assertEquals(toArray(resize(image, [1, 4])), [[0, 1, 3, 4]]);
 * assertEquals(toArray(resize(image, [1, 3], { alignCorners: true })), [[0, 2, 4]]);
 * assertEquals(toArray(resize(image, [2, 4], { mode: "nearest" })), [[0, 0, 4, 4], [0, 0, 4, 4]]);
 * ```
 */
export function resize<D extends DType>(
  t: Tensor<D>,
  size: readonly [height: number, width: number],
  options: ResizeOptions = {},
): Tensor<D> {
  checkOperands("resize", [t]);
  checkOptions("apply resize", options, { mode: true, alignCorners: "flag" });
  const { mode = "linear", alignCorners = false } = options, shape = innerShape(t);
  const refuse = (problem: string, remedy: string): never => {
    throw new ShapeError({ op: "resize", given: { t: shape, size: textOf(size) }, problem, remedy });
  };
  checkResizeMode("apply resize", mode, alignCorners);
  if (!Array.isArray(size) || size.length !== 2 || !size.every((length) => Number.isInteger(length) && length >= 1)) {
    refuse("size must be [height, width], whole numbers of 1 or more", "round them, with Math.round");
  }
  if (shape.length < 2) refuse("t must be [..., height, width]", "reshape it");
  if (shape.at(-2) === 0 || shape.at(-1) === 0) {
    refuse("the image must have at least one row and one column", "skip empty images");
  }
  checkResultShape("resize", [...shape.slice(0, -2), ...size]);
  const growths = size.map((length, k) => length / shape.at(k - 2)!) as [number, number]; // of two axes
  if (mode === "nearest" && growths.every((growth, k) => isRepeated(shape.at(k - 2)!, size[k]!, growth))) {
    return enlarged(t, growths);
  }
  // The axis that grows least is resized first, so that the second pass has fewer elements.
  const order = growths[0]! <= growths[1]! ? [-2, -1] : [-1, -2];
  return order.reduce((image, axis) => resizeAxis(image, axis, size[axis + 2]!, mode, alignCorners), t);
}

/**
 * Throws if there is no such way of interpolating.
 *
 * @throws {RangeError} If the mode does not exist, or cannot align corners.
 */
export function checkResizeMode(action: string, mode: ResizeMode, alignCorners: boolean): void {
  if (!MODES.includes(mode)) {
    throw new RangeError(
      `Cannot ${action} with ${describe(mode)} for mode: it must be "nearest", "linear" or "cubic"; correct the name`,
    );
  }
  if (mode === "nearest" && alignCorners) {
    throw new RangeError(
      `Cannot ${action} with alignCorners for mode "nearest": it must be left out, since no element is between two; ` +
        'leave it out, or use "linear"',
    );
  }
}

/** Tells whether each element is repeated as often: with PyTorch's rounding, not for all whole numbers. */
function isRepeated(from: number, to: number, growth: number): boolean {
  const [{ indices }] = resizeTaps(from, to, "nearest", false) as readonly [Tap]; // there is one
  return Number.isInteger(growth) && indices.every((index, k) => index === Math.floor(k / growth));
}

function resizeAxis<D extends DType>(
  t: Tensor<D>,
  axis: number,
  length: number,
  mode: ResizeMode,
  alignCorners: boolean,
): Tensor<D> {
  const from = innerShape(t).at(axis)!;
  if (from === length) return t;
  const taps = resizeTaps(from, length, mode, alignCorners), taken = taps.map(({ indices }) => take(t, indices, axis));
  if (mode === "nearest") return taken[0]!;
  const weightsOf = (tap: Tap): Tensor<D> =>
    constant<D>(tap.weights, { dtype: t.dtype, shape: axis === -1 ? [length] : [length, 1] });
  // Between two equal elements is the same: in float32, their two weights may add up to less or more than 1.
  if (mode === "linear") return lerp<D>(taken[0]!, taken[1]!, weightsOf(taps[1]!));
  return taken.map((x, k) => mul(x, weightsOf(taps[k]!))).reduce((sum, part) => add(sum, part));
}
