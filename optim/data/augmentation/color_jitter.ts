/**
 * Random changes of colour.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { clamp, mul } from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkSetting } from "../../check_setting.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";
import { brightened, contrasted, saturated, turned } from "./color_steps.ts";

/** The options of {@link colorJitter}. */
export type ColorJitterOptions = {
  /** All values are multiplied by a factor from `1 - brightness` to `1 + brightness`; 0 if left out. */
  readonly brightness?: number | undefined;
  /** The distance from the mean grey is multiplied by a factor from `1 - contrast` to `1 + contrast`; 0 if left out. */
  readonly contrast?: number | undefined;
  /** The distance from the grey of each pixel is multiplied by such a factor; 0 if left out. */
  readonly saturation?: number | undefined;
  /** Colours are rotated by up to this part of the colour circle, at most 0.5; 0 if left out. */
  readonly hue?: number | undefined;
};

/**
 * Changes brightness, contrast, saturation and hue, in this order, by factors that are drawn uniformly. After each, values
 * are clipped to [0, 1].
 *
 * Brightness, contrast and saturation are those of torchvision. Hue rotates colours around the axis of greys,
 * which keeps greys as they are and has a derivative. Images of one channel keep saturation and hue.
 *
 * @param options `brightness`, `contrast`, `saturation` and `hue`.
 * @returns An augmentation of images `[…, 1 or 3, height, width]`, from 0 to 1. Gradients flow through what is not clipped.
 * @throws {RangeError} If an option is not in its range.
 * @throws {ShapeError} If an image has neither 1 nor 3 channels.
 *
 * @example
 * ```ts
 * import { colorJitter } from "@nanograd/nanograd/data";
 * import { full, key, max, min, toNumber } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const grey = full([3, 4, 4], 0.5), changed = colorJitter({ brightness: 0.4, hue: 0.5 })(key(0), grey);
 * assert(Math.abs(toNumber(max(changed)) - toNumber(min(changed))) < 1e-6); // a grey stays a grey
 * assertEquals(changed.shape, [3, 4, 4]);
 * ```
 */
export function colorJitter(options: ColorJitterOptions = {}): Augmentation {
  checkOptions("build colorJitter", options, { brightness: true, contrast: true, saturation: true, hue: true });
  const { brightness = 0, contrast = 0, saturation = 0, hue = 0 } = options;
  for (const [name, range] of Object.entries({ brightness, contrast, saturation })) {
    checkSetting("colorJitter", name, range, (x) => x >= 0 && x <= 1, "in [0, 1]");
  }
  checkSetting("colorJitter", "hue", hue, (x) => x >= 0 && x <= 0.5, "in [0, 0.5], of the colour circle");
  return <D extends DType>(key: Key, image: Tensor<D>) => {
    const channels = imageShape("colorJitter", image, 3).at(-3)!;
    checkChannels(image.shape, channels);
    const keys = split(key, 4), isColour = channels === 3;
    const drawn = (k: 0 | 1 | 2 | 3, range: number, middle: number): Tensor<D> =>
      randomUniform<D>(keys[k], [], { dtype: image.dtype, min: middle - range, max: middle + range });
    const steps: readonly (false | ((x: Tensor<D>) => Tensor<D>))[] = [
      brightness > 0 && ((x) => brightened(x, drawn(0, brightness, 1))),
      contrast > 0 && ((x) => contrasted(x, drawn(1, contrast, 1))),
      isColour && saturation > 0 && ((x) => saturated(x, drawn(2, saturation, 1))),
      isColour && hue > 0 && ((x) => turned(x, mul(drawn(3, hue, 0), 2 * Math.PI))),
    ];
    return steps.reduce<Tensor<D>>((x, step) => step === false ? x : clamp(step(x), 0, 1), image);
  };
}

function checkChannels(shape: readonly number[], channels: number): void {
  if (channels === 1 || channels === 3) return;
  throw new ShapeError({
    op: "colorJitter",
    given: { image: shape },
    problem: `it must have 1 or 3 channels, on the third axis from the end, and has ${channels}`,
    remedy: "transpose it to [channels, height, width]",
  });
}
