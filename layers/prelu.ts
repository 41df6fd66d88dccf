/**
 * ReLU with a learned slope.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import { checkOptions } from "../blas/options.ts";
import type { Shape } from "../blas/shape.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { prelu, reshape } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { checkName, checkSize } from "./checks.ts";
import { constantOf } from "./initializers.ts";
import type { Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/** The params of {@link preluLayer}. */
export type PreluParams<D extends DType = DType> = {
  /** The slope left of 0 of each channel, or one for all, `[channels]`. */
  readonly slope: Tensor<D>;
};

/** The options of {@link preluLayer}. */
export type PreluOptions<D extends DType = DType> = {
  /** The slopes at the start, 0.25 if left out. */
  readonly initial?: number | undefined;
  /** The dtype of the slopes, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"PReLU"` if left out. */
  readonly name?: string | undefined;
};

/**
 * Makes a layer that learns the slope of a leaky ReLU: `x` where it is above 0, and `slope * x` elsewhere. Slopes start at
 * 0.25, as PyTorch's `PReLU`.
 *
 * @param channels The number of slopes: 1 for all elements of any shape, or one for each channel of `x`, which is then
 * `[channels]` or `[channels, height, width]`, optionally with a batch axis in front. 1 if left out.
 * @param options See {@link PreluOptions}.
 * @throws {RangeError} If `channels` is not a whole number above 0, or `initial` is not a finite number.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 * @see He et al., Delving Deep into Rectifiers, 2015.
 *
 * @example
 * ```ts
 * import { forward, key, preluLayer, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = preluLayer();
 * assertEquals(toList(forward(layer, layer.init(key(0)), tensor32([-4, 4]))), [-1, 4]);
 * ```
 */
export function preluLayer<D extends DType = "float32">(
  channels = 1,
  options: PreluOptions<D> = {},
): Layer<PreluParams<D>, NoState> {
  checkOptions<PreluOptions>("build preluLayer", options, { initial: true, dtype: true, name: true });
  const { initial = 0.25, dtype = "float32", name = "PReLU" }: PreluOptions = options;
  checkName("build preluLayer", name);
  checkSize(`build ${name}`, "channels", channels);
  if (!Number.isFinite(initial)) {
    throw new RangeError(
      `Cannot build ${name} with initial ${describe(initial)}: initial must be a finite number; 0.25 is usual`,
    );
  }
  resolveDType(name, dtype);
  const size = channels === 1 ? null : channels;
  const layer = makeLayer<PreluParams, NoState>({
    kind: "prelu",
    name,
    inputSize: size,
    outputSize: size,
    config: { channels, initial, dtype },
    specs: { params: { slope: new TensorSpec([channels], dtype, constantOf(initial)) }, state: NO_STATE },
    outputShape: (x) =>
      shapeIf(channels === 1 || (x.length <= 4 && x[channelAxis(x)] === channels), {
        op: name,
        x,
        result: () => x,
        problem: () => `x must be [${channels}] or [${channels}, height, width], or with a batch axis before`,
        remedy: () => "reshape x, or build the layer with one slope for all",
      }),
    compute: ({ params: { slope }, state }, x) => {
      if (channels === 1 || channelAxis(x.shape) === 1) return [prelu(x, slope), state];
      return [reshape(prelu(reshape(x, [1, ...x.shape]), slope), x.shape), state];
    },
  });
  return layer as Layer<PreluParams<D>, NoState>; // the specs say the dtype
}

/** Returns the axis of the channels: the first, or the second if there is a batch axis. */
const channelAxis = (x: Shape): number => x.length === 2 || x.length === 4 ? 1 : 0;
