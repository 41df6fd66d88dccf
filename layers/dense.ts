/**
 * The fully connected layer.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../blas/options.ts";
import { resolveDType } from "../autograd/values/dtype_option.ts";
import { add, matmul, transpose } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, checkActivation, IDENTITY } from "./activation.ts";
import type { Bias } from "./bias.ts";
import { checkFlag, checkName, checkSize, initializerConfig } from "./checks.ts";
import { checkInitializer, GLOROT_UNIFORM, type Initializer } from "./initializers.ts";
import { isOfKind, type Layer } from "./layer.ts";
import { makeLayer, NO_STATE, type NoState, shapeIf } from "./make_layer.ts";
import { TensorSpec } from "./spec.ts";

/**
 * The params of a dense layer.
 *
 * @typeParam D Their dtype.
 * @typeParam B Whether there is a bias, `[outputSize]`.
 */
export type DenseParams<D extends DType = DType, B extends boolean = boolean> = Bias<D, B> & {
  /** `[outputSize, inputSize]` */
  readonly weight: Tensor<D>;
};

/** The options of {@link denseLayer}. */
export type DenseOptions<D extends DType = DType, B extends boolean = boolean> = {
  /** Applied to the output; `activations.identity` if left out. */
  readonly activation?: Activation | undefined;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D | undefined;
  /** `"Dense"` if left out. */
  readonly name?: string | undefined;
  /** Whether there is a bias; true if left out. */
  readonly bias?: B | undefined;
  /** The initial values of the weight, `initializers.glorotUniform` if left out. */
  readonly initializer?: Initializer | undefined;
};

const OPTIONS: OptionNames<DenseOptions> = { activation: true, dtype: true, name: true, bias: true, initializer: true };

/**
 * Makes a layer that computes `activation(x * transpose(weight) + bias)`.
 *
 * The weight starts Glorot-uniform, the bias at zero.
 *
 * @param inputSize The length of the last axis of `x`, which is `[inputSize]` or `[..., inputSize]`.
 * @param outputSize The length of the last axis of the result.
 * @param options Activation, dtype, name, whether there is a bias, initializer; see {@link DenseOptions}.
 * @throws {RangeError} If a size is not a whole number above 0.
 * @throws {TypeError} If an option does not exist or has a wrong type.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, forward, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(784, 128, { activation: activations.relu });
 * assertEquals(forward(layer, layer.init(key(0)), zeros([32, 784])).shape, [32, 128]);
 * ```
 */
export function denseLayer<D extends DType = "float32", B extends boolean = true>(
  inputSize: number,
  outputSize: number,
  options: DenseOptions<D, B> = {},
): Layer<DenseParams<D, B>, NoState> {
  checkOptions<DenseOptions>("build denseLayer", options, OPTIONS);
  const {
    activation = IDENTITY,
    dtype = "float32",
    name = "Dense",
    bias = true,
    initializer = GLOROT_UNIFORM,
  }: DenseOptions = options;
  checkName("build denseLayer", name);
  const action = `build ${name}`;
  checkFlag(action, "bias", bias);
  checkSize(action, "inputSize", inputSize);
  checkSize(action, "outputSize", outputSize);
  checkActivation(action, activation);
  checkInitializer(action, initializer);
  resolveDType(name, dtype);
  const weight = new TensorSpec([outputSize, inputSize], dtype, initializer);
  const layer = makeLayer<DenseParams, NoState>({
    kind: "dense",
    name,
    inputSize,
    outputSize,
    activation,
    config: { inputSize, outputSize, dtype, bias, ...initializerConfig(initializer, GLOROT_UNIFORM) },
    specs: { params: bias ? { weight, bias: new TensorSpec([outputSize], dtype) } : { weight }, state: NO_STATE },
    outputShape: (shape) =>
      shapeIf(shape.at(-1) === inputSize, {
        op: name,
        x: shape,
        result: () => [...shape.slice(0, -1), outputSize],
        problem: () => `the last axis of x must be ${inputSize}`,
        remedy: () =>
          `reshape x to [batch, ${inputSize}], or build the layer for inputs of ${shape.at(-1) ?? "that size"}`,
      }),
    compute: ({ params, state }, x) => {
      const product = matmul(x, transpose(params.weight));
      return [params.bias === undefined ? product : add(product, params.bias), state];
    },
  });
  return layer as Layer<DenseParams<D, B>, NoState>; // the specs say the dtype and whether there is a bias
}

/**
 * Tells whether a value is a dense layer.
 *
 * @example
 * ```ts
 * import { conv2dLayer, denseLayer, isDenseLayer } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isDenseLayer(denseLayer(1, 8)) && !isDenseLayer(conv2dLayer(1, 8, 3)));
 * ```
 */
export function isDenseLayer(value: unknown): value is Layer<DenseParams, NoState> {
  return isOfKind(value, "dense");
}
