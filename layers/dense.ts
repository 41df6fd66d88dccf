/**
 * The fully connected layer.
 *
 * @module
 */
import { either } from "../deps.ts";
import type { DType } from "../blas/dtype.ts";
import { ShapeError } from "../blas/errors.ts";
import { type ShapeResult, unwrap } from "../blas/shape.ts";
import { zeros } from "../autograd/constructors.ts";
import { add, matmul, transpose } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type Activation, activations, checkActivation } from "./activation.ts";
import { checkSize } from "./checks.ts";
import { glorotUniform, learned } from "./initializers.ts";
import type { Layer } from "./layer.ts";

/** The params of a dense layer; without bias where it was made so. */
export type DenseParams = {
  /** `[outputSize, inputSize]` */
  readonly weight: Tensor;
  /** `[outputSize]` */
  readonly bias?: Tensor;
};

/** A state without anything in it. */
export type NoState = readonly [];

/** The one state without anything in it. */
export const NO_STATE: NoState = Object.freeze([]);

/** The options of {@link denseLayer}. */
export type DenseOptions = {
  /** Applied to the output; `activations.identity` if left out. */
  readonly activation?: Activation;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: DType;
  /** `"Dense"` if left out. */
  readonly name?: string;
  /** Whether there is a bias; true if left out. */
  readonly bias?: boolean;
};

/**
 * A layer that computes `activation(x * transpose(weight) + bias)`.
 *
 * The weight starts Glorot-uniform, the bias at zero.
 *
 * @param inputSize The length of the last axis of `x`, which is `[inputSize]` or `[..., inputSize]`.
 * @param outputSize The length of the last axis of the result.
 * @param options Activation, dtype, name and whether there is a bias; see {@link DenseOptions}.
 * @throws {RangeError} If a size is no whole number above 0.
 * @throws {TypeError} If the activation is none.
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
export function denseLayer(
  inputSize: number,
  outputSize: number,
  { activation = activations.identity, dtype = "float32", name = "Dense", bias = true }: DenseOptions = {},
): Layer<DenseParams, NoState> {
  const action = `build ${name}`;
  checkSize(action, "inputSize", inputSize);
  checkSize(action, "outputSize", outputSize);
  checkActivation(action, activation);
  const outputShape: Layer["outputShape"] = (shape): ShapeResult =>
    shape.at(-1) === inputSize ? either.right([...shape.slice(0, -1), outputSize]) : either.left(
      new ShapeError({
        op: name,
        given: { x: shape },
        problem: `the last axis of x must be ${inputSize}`,
        remedy: `reshape x to [batch, ${inputSize}], or build the layer for inputs of ${shape.at(-1) ?? "that size"}`,
      }),
    );
  return {
    kind: "dense",
    name,
    inputSize,
    outputSize,
    activation,
    config: { inputSize, outputSize, dtype, bias },
    init: (key) => {
      const weight = learned(glorotUniform(key, [outputSize, inputSize], dtype));
      return { params: bias ? { weight, bias: learned(zeros([outputSize], { dtype })) } : { weight }, state: NO_STATE };
    },
    apply: <D extends DType>(
      { params, state }: { readonly params: DenseParams; readonly state: NoState },
      x: Tensor<D>,
    ) => {
      unwrap(outputShape(x.shape));
      // Params of another dtype than x are refused by matmul.
      const product = matmul(x, transpose(params.weight) as Tensor<D>);
      return [activation.forward(params.bias === undefined ? product : add(product, params.bias as Tensor<D>)), state];
    },
    outputShape,
  };
}

/** Tells whether a value is a dense layer. */
export function isDenseLayer(value: unknown): value is Layer<DenseParams, NoState> {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "dense";
}
