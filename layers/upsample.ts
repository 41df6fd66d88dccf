/**
 * Upsampling as a layer.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { expandSetting } from "../autograd/ops/convolution_shape.ts";
import { type PerAxis, upsampleNearest2d } from "../autograd/ops/mod.ts";
import { checkName } from "./checks.ts";
import { frozenCopy } from "./config.ts";
import { checkSettings } from "./convolution_checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING, shapeIf } from "./make_layer.ts";

/**
 * Makes a layer of `upsampleNearest2d`, PyTorch's `Upsample(scale_factor, mode="nearest")`: every pixel becomes a block of
 * equal pixels.
 *
 * @param scale The factor for height and width: a whole number, or `[height, width]`.
 * @param options `name`: `"Upsample"` by default.
 * @returns A layer from `[channels, height, width]`, optionally with a batch axis in front, to images whose height and width
 * are multiplied by `scale`.
 * @throws {RangeError} If `scale` is not of whole numbers of 1 or more.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 *
 * @example
 * ```ts
 * import { forward, key, tensor32, toArray, upsampleLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = upsampleLayer(2);
 * assertEquals(toArray(forward(layer, layer.init(key(0)), tensor32([[[1, 2]]]))), [[[1, 1, 2, 2], [1, 1, 2, 2]]]);
 * ```
 */
export function upsampleLayer(scale: PerAxis, options: NameOption = {}): Layer<NoState, NoState> {
  checkOptions("build upsampleLayer", options, { name: true });
  const { name = "Upsample" } = options;
  checkName("build upsampleLayer", name);
  checkSettings(`build ${name}`, 1, { scale: scale ?? NaN }, 2);
  const factor = frozenCopy(scale), [down, across] = expandSetting(factor, 2);
  return makeLayer<NoState, NoState>({
    kind: "upsample",
    name,
    config: { scale: factor },
    specs: NOTHING,
    outputShape: (x) =>
      shapeIf(x.length === 3 || x.length === 4, {
        op: name,
        x,
        result: () => [...x.slice(0, -2), x.at(-2)! * down, x.at(-1)! * across],
        problem: "x must be [channels, height, width], or with a batch axis before",
        remedy: "reshape it; with one channel, that axis has length 1",
      }),
    compute: ({ state }, x) => [upsampleNearest2d(x, factor), state],
  });
}
