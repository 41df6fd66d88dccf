/**
 * Pooling layers.
 *
 * @module
 */
import { pipe } from "../deps.ts";
import * as either from "../blas/either.ts";
import { ShapeError } from "../blas/errors.ts";
import { checkOptions, type Complete, type OptionNames } from "../blas/options.ts";
import type { Shape, ShapeResult } from "../blas/shape.ts";
import {
  type AveragePoolingOptions,
  avgPool2d,
  globalAvgPool2d,
  maxPool2d,
  type PerAxis,
  type PoolingOptions,
} from "../autograd/ops/mod.ts";
import { planPooling } from "../autograd/ops/pooling_shape.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkFlag, checkName } from "./checks.ts";
import { type ConfigValue, frozenCopy } from "./config.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, type NameOption, type NoState, NOTHING, shapeIf, tryShape } from "./make_layer.ts";

/** The settings of max pooling, without the size. */
export type MaxPool2dOptions = NameOption & Omit<PoolingOptions, "size">;

const MAX_OPTIONS: OptionNames<MaxPool2dOptions> = { stride: true, padding: true, ceilMode: true, name: true };

/** The settings of average pooling, without the size. */
export type AvgPool2dOptions = NameOption & Omit<AveragePoolingOptions, "size">;

/**
 * Makes a layer of `maxPool2d`: the largest element of every window.
 *
 * @param size Height and width of the windows, or one number for both.
 * @param options `stride` (the size by default), `padding`, `ceilMode` as for `maxPool2d`; `name`: `"MaxPool2d"`.
 * @throws {ShapeError} If a setting is not a whole number or is too small.
 *
 * @example
 * ```ts
 * import { forward, key, maxPool2dLayer, tensor32, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = maxPool2dLayer(2), x = tensor32([[[1, 2, 3, 4], [5, 6, 7, 8]]]);
 * assertEquals(toArray(forward(layer, layer.init(key(0)), x)), [[[6, 8]]]);
 * ```
 */
export function maxPool2dLayer(
  size: PerAxis,
  options: MaxPool2dOptions = {},
): Layer<NoState, NoState> {
  checkOptions("build maxPool2dLayer", options, MAX_OPTIONS);
  const { stride = size, padding = 0, ceilMode = false, name = "MaxPool2d" } = options;
  const settings = checkedPooling("maxPool2dLayer", name, { size, stride, padding, ceilMode });
  return poolingLayer("maxPool2d", name, settings, settings, (x) => maxPool2d(x, settings));
}

/**
 * Makes a layer of `avgPool2d`: the mean of every window.
 *
 * @param size Height and width of the windows, or one number for both.
 * @param options `stride` (the size by default), `padding`, `ceilMode`, `countIncludePad` as for `avgPool2d`; `name`:
 * `"AvgPool2d"`.
 * @throws {ShapeError} If a setting is not a whole number or is too small.
 *
 * @example
 * ```ts
 * import { avgPool2dLayer, forward, key, tensor32, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = avgPool2dLayer(2), x = tensor32([[[1, 2, 3, 4], [5, 6, 7, 8]]]);
 * assertEquals(toArray(forward(layer, layer.init(key(0)), x)), [[[3.5, 5.5]]]);
 * ```
 */
export function avgPool2dLayer(
  size: PerAxis,
  options: AvgPool2dOptions = {},
): Layer<NoState, NoState> {
  checkOptions("build avgPool2dLayer", options, { ...MAX_OPTIONS, countIncludePad: true });
  const { stride = size, padding = 0, ceilMode = false, countIncludePad = true, name = "AvgPool2d" } = options;
  checkFlag("build avgPool2dLayer", "countIncludePad", countIncludePad);
  const settings = checkedPooling("avgPool2dLayer", name, { size, stride, padding, ceilMode });
  const all = { ...settings, countIncludePad };
  return poolingLayer("avgPool2d", name, settings, all, (x) => avgPool2d(x, all));
}

/** Checks the settings of a pooling layer, and throws if they fit no image. */
function checkedPooling<S extends Complete<PoolingOptions>>(builder: string, name: string, settings: S): S {
  checkName(`build ${builder}`, name);
  checkFlag(`build ${builder}`, "ceilMode", settings.ceilMode);
  const largest = 2 ** 20, planned = tryShape(() => planPooling(name, [1, largest, largest], settings));
  if (either.isLeft(planned)) {
    // Nobody has given the image on which the settings were tried.
    const { op, given: { x: _, ...given }, problem, remedy } = planned.left;
    throw new ShapeError({ op, given, problem, remedy });
  }
  return frozenCopy<ConfigValue>(settings) as S; // a copy
}

function poolingLayer(
  kind: string,
  name: string,
  settings: PoolingOptions,
  config: Layer["config"],
  pool: (x: Tensor) => Tensor,
): Layer<NoState, NoState> {
  return makeLayer<NoState, NoState>({
    kind,
    name,
    config,
    specs: NOTHING,
    outputShape: (x): ShapeResult =>
      pipe(
        image(name, x),
        either.chain(() => tryShape(() => planPooling(name, x, settings))),
        either.map(({ counts }) => [...x.slice(0, -2), ...counts]),
      ),
    compute: ({ state }, x) => [pool(x), state],
  });
}

const image = (op: string, x: Shape): ShapeResult =>
  shapeIf(x.length === 3 || x.length === 4, {
    op,
    x,
    result: () => x,
    problem: () => "x must be [channels, height, width], or with a batch axis before",
    remedy: () => "reshape it; with one channel, that axis has length 1",
  });

/**
 * Makes a layer that computes the mean of every channel: `[batch, channels, height, width]` becomes `[batch,
 * channels]`.
 *
 * @param options `name`: `"GlobalAvgPool2d"` by default.
 *
 * @example
 * ```ts
 * import { forward, globalAvgPool2dLayer, key, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = globalAvgPool2dLayer(), x = tensor32([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
 * assertEquals(toList(forward(layer, layer.init(key(0)), x)), [2.5, 6.5]);
 * ```
 */
export function globalAvgPool2dLayer(options: NameOption = {}): Layer<NoState, NoState> {
  checkOptions("build globalAvgPool2dLayer", options, { name: true });
  const { name = "GlobalAvgPool2d" } = options;
  checkName("build globalAvgPool2dLayer", name);
  return makeLayer<NoState, NoState>({
    kind: "globalAvgPool2d",
    name,
    config: {},
    specs: NOTHING,
    outputShape: (x) => pipe(image(name, x), either.map((shape) => shape.slice(0, -2))),
    compute: ({ state }, x) => [globalAvgPool2d(x), state],
  });
}
