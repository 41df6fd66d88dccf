/**
 * Initial values of params.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import { checkShape, type Shape, sizeOf } from "../blas/shape.ts";
import { full } from "../autograd/values/constructors.ts";
import type { Key } from "../autograd/random/key.ts";
import { randomNormal, randomUniform } from "../autograd/random/random.ts";
import { type Tensor, variableOf } from "../autograd/tensor.ts";
import { innerView } from "../autograd/tensor_record.ts";
import { type ConfigValue, deepFreeze } from "./config.ts";
import { orthogonalTensor } from "./orthogonal.ts";

/** The initial values of params: a function of a key, a shape and a dtype, with a name by which it is saved. */
export type Initializer = {
  readonly tag: "initializer";
  /** The name by which it is saved, such as `"heNormal"`. */
  readonly name: string;
  /** Its settings, such as `{ gain: 1 }`. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** Whether it draws from the key. */
  readonly random: boolean;
  /**
   * Returns the initial values: `[fanOut, fanIn, ...kernel]` for weights, where a kernel's size multiplies both fans.
   */
  draw<D extends DType>(key: Key, shape: Shape, dtype: D): Tensor<D>;
};

/** Returns from how many numbers each output is computed, and to how many outputs each number contributes. */
function fans(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  const kernel = sizeOf(shape.slice(2));
  return { fanIn: (shape[1] ?? 1) * kernel, fanOut: (shape[0] ?? 1) * kernel };
}

/**
 * Draws uniform numbers of variance `2 / (fanIn + fanOut)`, in `[-limit, limit)` with `limit = sqrt(6 / (fanIn +
 * fanOut))`.
 *
 * @param key The key to draw from.
 * @param shape `[fanOut, fanIn]`, and for kernels `[fanOut, fanIn, ...kernel]`, whose size multiplies both.
 * @see Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010, eq. 16.
 */
export function glorotUniform<D extends DType>(key: Key, shape: Shape, dtype: D): Tensor<D> {
  return uniform(({ fanIn, fanOut }) => 2 / (fanIn + fanOut))(key, shape, dtype);
}

type Variance = (fans: { readonly fanIn: number; readonly fanOut: number }) => number;

/** A uniform distribution on `[-limit, limit)` has variance `limit^2 / 3`. */
const uniform = (variance: Variance): Initializer["draw"] => <D extends DType>(key: Key, shape: Shape, dtype: D) => {
  const limit = Math.sqrt(3 * variance(fans(shape)));
  return randomUniform<D>(key, shape, { dtype, min: -limit, max: limit });
};

const normal = (variance: Variance): Initializer["draw"] => <D extends DType>(key: Key, shape: Shape, dtype: D) =>
  randomNormal<D>(key, shape, { dtype, std: Math.sqrt(variance(fans(shape))) });

const initializer = (
  name: string,
  draw: Initializer["draw"],
  config: Initializer["config"] = {},
  random = true,
): Initializer =>
  deepFreeze({
    tag: "initializer",
    name,
    config,
    random,
    draw: <D extends DType>(key: Key, shape: Shape, dtype: D) => {
      checkShape(name, shape);
      return draw(key, shape, dtype);
    },
  });

function finite(name: string, setting: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw new RangeError(
    `Cannot build ${name} with ${setting} ${describe(value)}: ${setting} must be a finite number; 1 is usual`,
  );
}

const filledWith = (value: number): Initializer["draw"] => <D extends DType>(_: Key, shape: Shape, dtype: D) =>
  full<D>(shape, value, { dtype });

// Layers name those that they use by default: a record would bring all of them into every bundle.

/** `initializers.zeros` */
export const ZEROS: Initializer = /* @__PURE__ */ (() => initializer("zeros", filledWith(0), {}, false))();

/** `initializers.ones` */
export const ONES: Initializer = /* @__PURE__ */ (() => initializer("ones", filledWith(1), {}, false))();

/** `initializers.glorotUniform` */
export const GLOROT_UNIFORM: Initializer = /* @__PURE__ */ (() => initializer("glorotUniform", glorotUniform))();

/** `initializers.heNormal` */
export const HE_NORMAL: Initializer =
  /* @__PURE__ */ (() => initializer("heNormal", normal(({ fanIn }) => 2 / fanIn)))();

/** `initializers.fanInUniform` */
export const FAN_IN_UNIFORM: Initializer =
  /* @__PURE__ */ (() => initializer("fanInUniform", uniform(({ fanIn }) => 1 / (3 * fanIn))))();

/** `initializers.constant` */
export const constantOf = (value: number): Initializer =>
  initializer("constant", filledWith(finite("constant", "value", value)), { value }, false);

/** `initializers.normal` */
export const normalOf = (std = 1): Initializer =>
  initializer("normal", normal(() => finite("normal", "std", std) ** 2), { std: finite("normal", "std", std) });

/** `initializers.uniform` */
export const uniformOf = (limit = 1): Initializer =>
  initializer("uniform", uniform(() => finite("uniform", "limit", limit) ** 2 / 3), {
    limit: finite("uniform", "limit", limit),
  });

/**
 * Initializers by name. `fanIn` and `fanOut` are the second and first axis of a weight, times the size of its kernel.
 *
 * | name | variance | for |
 * |---|---|---|
 * | `glorotUniform`, `glorotNormal` | `2 / (fanIn + fanOut)` | tanh, sigmoid and no activation |
 * | `heUniform`, `heNormal` | `2 / fanIn` | ReLU and its kin |
 * | `lecunUniform`, `lecunNormal` | `1 / fanIn` | SELU, normalized inputs |
 * | `fanInUniform` | `1 / (3 fanIn)`, in `±1 / sqrt(fanIn)` | PyTorch's dense and convolutional layers |
 * | `normal(std)` | `std^2` | embeddings |
 * | `uniform(limit)` | `limit^2 / 3`, in `±limit` | PyTorch's biases |
 * | `orthogonal(gain)` | `gain^2 / max(rows, columns)` | deep and recurrent networks |
 * | `zeros`, `ones`, `constant(value)` | 0 | biases, scales |
 *
 * @see Glorot and Bengio, 2010; He et al., Delving Deep into Rectifiers, 2015; LeCun et al., Efficient BackProp, 1998;
 * Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2013.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, initializers, key, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const he = denseLayer(784, 128, { activation: activations.relu, initializer: initializers.heNormal });
 * assertEquals(he.init(key(0)).params.weight.shape, [128, 784]);
 * assertEquals(toList(denseLayer(2, 1, { initializer: initializers.constant(3) }).init(key(0)).params.weight), [3, 3]);
 * ```
 */
export const initializers: {
  readonly glorotUniform: Initializer;
  readonly glorotNormal: Initializer;
  readonly heUniform: Initializer;
  readonly heNormal: Initializer;
  readonly lecunUniform: Initializer;
  readonly lecunNormal: Initializer;
  readonly fanInUniform: Initializer;
  readonly zeros: Initializer;
  readonly ones: Initializer;
  /** `value`: the initial value of all elements. */
  readonly constant: (value: number) => Initializer;
  /** `std`: the standard deviation, 1 if left out. */
  readonly normal: (std?: number) => Initializer;
  /** `limit`: numbers are drawn from `[-limit, limit)`; 1 if left out. */
  readonly uniform: (limit?: number) => Initializer;
  /** `gain`: the factor of the orthogonal matrix, 1 if left out. */
  readonly orthogonal: (gain?: number) => Initializer;
} = /* @__PURE__ */ (() =>
  Object.freeze({
    glorotUniform: GLOROT_UNIFORM,
    glorotNormal: initializer("glorotNormal", normal(({ fanIn, fanOut }) => 2 / (fanIn + fanOut))),
    heUniform: initializer("heUniform", uniform(({ fanIn }) => 2 / fanIn)),
    heNormal: HE_NORMAL,
    lecunUniform: initializer("lecunUniform", uniform(({ fanIn }) => 1 / fanIn)),
    lecunNormal: initializer("lecunNormal", normal(({ fanIn }) => 1 / fanIn)),
    fanInUniform: FAN_IN_UNIFORM,
    zeros: ZEROS,
    ones: ONES,
    constant: constantOf,
    normal: normalOf,
    uniform: uniformOf,
    orthogonal: (gain = 1) => {
      finite("orthogonal", "gain", gain);
      return initializer("orthogonal", (key, shape, dtype) => orthogonalTensor(key, shape, dtype, gain), { gain });
    },
  }))();

/** Tells whether a value is an initializer. */
export function isInitializer(value: unknown): value is Initializer {
  return typeof value === "object" && value !== null && "tag" in value && value.tag === "initializer" &&
    "draw" in value && typeof value.draw === "function";
}

/** Throws if the value is not an initializer; `action` is the action for the error message. */
export function checkInitializer(action: string, value: Initializer): void {
  if (isInitializer(value)) return;
  throw new TypeError(
    `Cannot ${action} with initializer ${
      describe(value)
    }: it must be one of initializers; pass one such as initializers.heNormal`,
  );
}

/** Returns initial values as a variable, so that `backward` computes a gradient for them. */
export function learned<D extends DType>(t: Tensor<D>): Tensor<D> {
  return variableOf(innerView(t));
}
