/**
 * Upsampling as a layer.
 *
 * @module
 */
import { checkOptions } from "../blas/options.ts";
import { expandSetting } from "../autograd/ops/convolution_shape.ts";
import { type PerAxis, resize, type ResizeOptions, upsampleNearest2d } from "../autograd/ops/mod.ts";
import { checkResizeMode } from "../autograd/ops/resize.ts";
import { checkFlag, checkName } from "./checks.ts";
import { frozenCopy } from "./config.ts";
import { checkSettings } from "./convolution_checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING, shapeIf } from "./make_layer.ts";

/** The options of {@link upsampleLayer}: its name, and how it interpolates. */
export type UpsampleOptions = NameOption & {
  /** `"nearest"` if left out: every pixel becomes a block of equal pixels. `"linear"` and `"cubic"` are smoother. */
  readonly mode?: ResizeOptions["mode"] | undefined;
  /** Whether the pixels in the corners stay as they are, `false` if left out; not for `"nearest"`. */
  readonly alignCorners?: boolean | undefined;
};

/**
 * Makes a layer that makes images larger, PyTorch's `Upsample(scale_factor)`: by `upsampleNearest2d`, or by `resize` in
 * another mode.
 *
 * @param scale The factor for height and width: a whole number, or `[height, width]`.
 * @param options `mode`: `"nearest"` by default, `"linear"` or `"cubic"` (PyTorch's bilinear and bicubic);
 * `alignCorners`: `false` by default; `name`: `"Upsample"` by default.
 * @returns A layer from `[channels, height, width]`, optionally with a batch axis in front, to images whose height and width
 * are multiplied by `scale`.
 * @throws {RangeError} If `scale` is not of whole numbers of 1 or more, or there is no such mode.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 *
 * @example
 * ```ts
 * import { forward, key, tensor32, toArray, upsampleLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = upsampleLayer(2);
 * assertEquals(toArray(forward(layer, layer.init(key(0)), tensor32([[[1, 2]]]))), [[[1, 1, 2, 2], [1, 1, 2, 2]]]);
 *
 * const smooth = upsampleLayer([1, 2], { mode: "linear" });
 * assertEquals(toArray(forward(smooth, smooth.init(key(0)), tensor32([[[1, 2]]]))), [[[1, 1.25, 1.75, 2]]]);
 * ```
 */
export function upsampleLayer(scale: PerAxis, options: UpsampleOptions = {}): Layer<NoState, NoState> {
  checkOptions("build upsampleLayer", options, { name: true, mode: true, alignCorners: true });
  const { name = "Upsample", mode = "nearest", alignCorners = false } = options;
  checkName("build upsampleLayer", name);
  checkSettings(`build ${name}`, 1, { scale: scale ?? NaN }, 2);
  checkFlag(`build ${name}`, "alignCorners", alignCorners);
  checkResizeMode(`build ${name}`, mode, alignCorners);
  const factor = frozenCopy(scale), [down, across] = expandSetting(factor, 2);
  return makeLayer<NoState, NoState>({
    kind: "upsample",
    name,
    config: { scale: factor, ...mode !== "nearest" && { mode, alignCorners } },
    specs: NOTHING,
    outputShape: (x) =>
      shapeIf(x.length === 3 || x.length === 4, {
        op: name,
        x,
        result: () => [...x.slice(0, -2), x.at(-2)! * down, x.at(-1)! * across],
        problem: () => "x must be [channels, height, width], or with a batch axis before",
        remedy: () => "reshape it; with one channel, that axis has length 1",
      }),
    compute: ({ state }, x) => {
      if (mode === "nearest") return [upsampleNearest2d(x, factor), state];
      return [resize(x, [x.shape.at(-2)! * down, x.shape.at(-1)! * across], { mode, alignCorners }), state];
    },
  });
}
