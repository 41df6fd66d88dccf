/**
 * Instance normalization with learned scale and shift.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { instanceNorm, reshape } from "../autograd/ops/mod.ts";
import { checkSize } from "./checks.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import {
  type NormalizationOptions,
  type NormalizationParams,
  resolveNormalization,
  weightAndBias,
} from "./normalization.ts";

/**
 * Makes an instance normalization, which brings every channel of every example to mean 0 and variance 1 over its
 * pixels, then scales and shifts it by channel. It is PyTorch's `InstanceNorm2d(channels, affine=True)`: the scale
 * starts at 1, the shift at 0,
 * and there are no running statistics.
 *
 * @param channels Channels of `x`, which is `[channels, height, width]`, optionally with a batch axis in front.
 * @param options See {@link NormalizationOptions}.
 * @throws {RangeError} If `channels` is not a whole number above 0, or `epsilon` is negative.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization, 2016.
 *
 * @example
 * ```ts
 * import { forward, instanceNormLayer, key, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = instanceNormLayer(2, { epsilon: 0 });
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([[[1, 3]], [[10, 20]]]))), [-1, 1, -1, 1]);
 * ```
 */
export function instanceNormLayer<D extends DType = "float32">(
  channels: number,
  options: NormalizationOptions<D> = {},
): Layer<NormalizationParams<D>, NoState> {
  const { epsilon, dtype, name } = resolveNormalization("instanceNormLayer", "InstanceNorm", options);
  checkSize(`build ${name}`, "channels", channels);
  const layer = makeLayer<NormalizationParams, NoState>({
    kind: "instanceNorm",
    name,
    inputSize: channels,
    outputSize: channels,
    config: { channels, epsilon, dtype },
    specs: { params: weightAndBias([channels], dtype), state: NO_STATE },
    outputShape: (x) =>
      shapeIf((x.length === 3 || x.length === 4) && x.at(-3) === channels, {
        op: name,
        x,
        result: () => x,
        problem: () => `x must be [${channels}, height, width], or with a batch axis before`,
        remedy: () => "reshape x, or build the layer for its channels",
      }),
    compute: ({ params: { weight, bias }, state }, x) => {
      const batch = x.shape.length === 3 ? reshape(x, [1, ...x.shape]) : x;
      return [reshape(instanceNorm(batch, weight, bias, { epsilon }), x.shape), state];
    },
  });
  return layer as Layer<NormalizationParams<D>, NoState>; // the specs say the dtype
}
