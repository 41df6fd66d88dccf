/**
 * Pictures in other colours.
 *
 * @module
 */
import { checkOptions } from "../../../blas/options.ts";
import type { DType } from "../../../blas/dtype.ts";
import { ShapeError } from "../../../blas/errors.ts";
import { add, clamp, concat, cos, div, lerp, mean, mul, sin, sliceAxes, sub } from "../../../autograd/ops/mod.ts";
import { randomUniform } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Key } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkSetting } from "../../check_setting.ts";
import { GREY_WEIGHTS } from "../images/image_array.ts";
import { type Augmentation, imageShape } from "./augmentation.ts";

/** The options of {@link colorJitter}. */
export type ColorJitterOptions = {
  /** All values are multiplied by a factor from `1 - brightness` to `1 + brightness`; 0 if left out. */
  readonly brightness?: number;
  /** The distance from the mean grey is multiplied by a factor from `1 - contrast` to `1 + contrast`; 0 if left out. */
  readonly contrast?: number;
  /** The distance from the grey of each pixel is multiplied by such a factor; 0 if left out. */
  readonly saturation?: number;
  /** Colours are turned by up to this part of the colour circle, at most 0.5; 0 if left out. */
  readonly hue?: number;
};

/**
 * Changes brightness, contrast, saturation and hue, in this order, by factors that are drawn evenly. After each, values
 * are clipped to [0, 1].
 *
 * Brightness, contrast and saturation are those of torchvision. Hue turns colours around the axis of greys,
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
      brightness > 0 && ((x) => mul(x, drawn(0, brightness, 1))),
      contrast > 0 && ((x) => lerp(mean(greyOf(x), { axes: [-3, -2, -1], keepDims: true }), x, drawn(1, contrast, 1))),
      isColour && saturation > 0 && ((x) => lerp(greyOf(x), x, drawn(2, saturation, 1))),
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

/** Returns one channel of an image: `[…, 1, height, width]`. */
function channel<D extends DType>(image: Tensor<D>, k: number): Tensor<D> {
  const from = image.shape.length - 3;
  return sliceAxes(
    image,
    image.shape.map((length, axis) => axis === from ? [k, k + 1] as const : [0, length] as const),
  );
}

function weighted<D extends DType>(image: Tensor<D>, weights: readonly [number, number, number]): Tensor<D> {
  const [red, green, blue] = weights;
  return add(add(mul(channel(image, 0), red), mul(channel(image, 1), green)), mul(channel(image, 2), blue));
}

const greyOf = <D extends DType>(image: Tensor<D>): Tensor<D> =>
  image.shape.at(-3) === 1 ? image : weighted(image, GREY_WEIGHTS);

/**
 * Turns colours around the axis of greys by an angle, which a third of a circle makes a change of channels (Rodrigues'
 * formula). The sum of the channels stays.
 */
function turned<D extends DType>(image: Tensor<D>, angle: Tensor<D>): Tensor<D> {
  const third = div(sub(1, cos(angle)), 3), sine = div(sin(angle), Math.sqrt(3));
  const own = add(cos(angle), third), next = sub(third, sine), last = add(third, sine);
  const channels = [0, 1, 2].map((k) => channel(image, k));
  const mixed = channels.map((c, k) =>
    add(add(mul(c, own), mul(channels[(k + 1) % 3]!, next)), mul(channels[(k + 2) % 3]!, last))
  );
  return concat(mixed, image.shape.length - 3);
}
