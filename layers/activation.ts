/**
 * Activation functions as values that can be passed to a layer and saved by name.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import type { DType } from "../blas/dtype.ts";
import { elu, gelu, hardSwish, leakyRelu, relu, sigmoid, silu, softplus, tanh } from "../autograd/ops/mod.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { type ConfigValue, deepFreeze } from "./config.ts";
import { remembered } from "./made.ts";

/** An element-wise function between layers. */
export type Activation = {
  readonly tag: "activation";
  /** The name in summaries, such as `"ReLU"`. */
  readonly name: string;
  /** Its settings, such as `{ alpha: 0.01 }`. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** Applies the function to a tensor of any shape. */
  forward<D extends DType>(x: Tensor<D>): Tensor<D>;
};

const activation = (name: string, forward: Activation["forward"], config: Activation["config"] = {}): Activation =>
  remembered(deepFreeze<Activation>({ tag: "activation", name, config, forward }), "forward");

/** `activations.identity`, the default of layers: the record would bring all others into every bundle. */
export const IDENTITY: Activation = /* @__PURE__ */ (() => activation("Identity", (x) => x))();

/** Makes an activation that can also be called, to make others of its kind. */
function callable(make: (setting?: number) => Activation): Activation & typeof make {
  const call = (setting?: number): Activation => make(setting), fields = Object.getOwnPropertyDescriptors(make());
  return Object.freeze(Object.defineProperties(call, fields)) as Activation & typeof make; // it has all the fields now
}

/** Returns a setting; throws unless it is a finite number, above the bound if there is one. */
function finite(name: string, setting: string, value: number, above = -Infinity): number {
  if (Number.isFinite(value) && value > above) return value;
  const wanted = Number.isFinite(above) ? `a finite number above ${above}` : "a finite number";
  throw new RangeError(
    `Cannot build ${name} with ${setting} ${describe(value)}: ${setting} must be ${wanted}; 1 is usual`,
  );
}

/**
 * The activations that layers know by name: seven without a setting, two that take one, and `elu`, which may take one.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, tensor32, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(denseLayer(784, 128, { activation: activations.relu }).activation.name, "ReLU");
 * assertEquals(toList(activations.leakyRelu(0.5).forward(tensor32([-2, 2]))), [-1, 2]);
 * ```
 */
export const activations: {
  readonly relu: Activation;
  readonly tanh: Activation;
  readonly sigmoid: Activation;
  readonly gelu: Activation;
  readonly silu: Activation;
  readonly identity: Activation;
  readonly hardSwish: Activation;
  /** The limit far to the left is -1, or `-alpha` if called with `alpha`. */
  readonly elu: Activation & ((alpha?: number) => Activation);
  /** `alpha`: the slope on the left, 0.01 if left out. */
  readonly leakyRelu: (alpha?: number) => Activation;
  /** `beta`: how sharp the bend is, 1 if left out. */
  readonly softplus: (beta?: number) => Activation;
} = /* @__PURE__ */ (() =>
  Object.freeze({
    relu: activation("ReLU", relu),
    tanh: activation("Tanh", tanh),
    sigmoid: activation("Sigmoid", sigmoid),
    gelu: activation("GeLU", (x) => gelu(x)),
    silu: activation("SiLU", silu),
    identity: IDENTITY,
    hardSwish: activation("HardSwish", hardSwish),
    leakyRelu: (alpha = 0.01) =>
      activation("LeakyReLU", (x) => leakyRelu(x, { alpha }), { alpha: finite("leakyRelu", "alpha", alpha) }),
    softplus: (beta = 1) =>
      activation("Softplus", (x) => softplus(x, { beta }), { beta: finite("softplus", "beta", beta, 0) }),
    elu: callable((alpha = 1) => activation("ELU", (x) => elu(x, { alpha }), { alpha: finite("elu", "alpha", alpha) })),
  }))();

/**
 * Tells whether a value is an activation.
 *
 * @example
 * ```ts
 * import { activations, isActivation } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * assert(isActivation(activations.leakyRelu(0.2)) && !isActivation(activations.leakyRelu));
 * ```
 */
export function isActivation(value: unknown): value is Activation {
  return (typeof value === "object" || typeof value === "function") && value !== null && "tag" in value &&
    value.tag === "activation" && "forward" in value && typeof value.forward === "function";
}

/** Throws if the value is not an activation; `action` is the action for the error message. */
export function checkActivation(action: string, value: Activation): void {
  if (isActivation(value)) return;
  throw new TypeError(
    `Cannot ${action} with activation ${describe(value)}: it must be one of activations; pass activations.relu, or ` +
      "activations.identity for none",
  );
}
