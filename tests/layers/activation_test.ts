import { assert, assertEquals, assertThrows } from "@std/assert";
import { tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { elu, gelu, hardSwish, leakyRelu, relu, sigmoid, silu, softplus, tanh } from "../../autograd/ops/mod.ts";
import { toList } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { type Activation, activations, checkActivation, isActivation } from "../../layers/activation.ts";
import { denseLayer } from "../../layers/dense.ts";
import { layerFromConfig, layerToConfig } from "../../layers/layer_config.ts";

const CASES: readonly (readonly [Activation, string, (x: Tensor<"float64">) => Tensor<"float64">])[] = [
  [activations.relu, "ReLU", relu],
  [activations.tanh, "Tanh", tanh],
  [activations.sigmoid, "Sigmoid", sigmoid],
  [activations.gelu, "GeLU", (x) => gelu(x)],
  [activations.silu, "SiLU", silu],
  [activations.identity, "Identity", (x) => x],
  [activations.hardSwish, "HardSwish", hardSwish],
  [activations.leakyRelu(), "LeakyReLU", (x) => leakyRelu(x)],
  [activations.leakyRelu(0.3), "LeakyReLU", (x) => leakyRelu(x, { alpha: 0.3 })],
  [activations.softplus(2), "Softplus", (x) => softplus(x, { beta: 2 })],
  [activations.elu, "ELU", (x) => elu(x)],
  [activations.elu(), "ELU", (x) => elu(x)],
  [activations.elu(0.5), "ELU", (x) => elu(x, { alpha: 0.5 })],
];

Deno.test("each activation has its name and applies the function of that name, in both dtypes", () => {
  const x = tensor64([-1.5, 0, 2]);
  for (const [activation, name, f] of CASES) {
    assertEquals(activation.name, name);
    assertEquals(toList(activation.forward(x)), toList(f(x)));
    assertEquals(activation.forward(tensor32([1])).dtype, "float32");
    assert(isActivation(activation) && Object.isFrozen(activation));
  }
});

Deno.test("activations carry their settings, defaults included", () => {
  assertEquals(activations.leakyRelu().config, { alpha: 0.01 });
  assertEquals(activations.softplus(3).config, { beta: 3 });
  assertEquals([activations.elu().config, activations.relu.config], [{ alpha: 1 }, {}]);
});

Deno.test("activations.elu is an activation, and makes others with another alpha when it is called", () => {
  const { tag, name, config, forward } = activations.elu, layer = denseLayer(2, 2, { activation: activations.elu });
  assertEquals([tag, name, config, typeof forward], ["activation", "ELU", { alpha: 1 }, "function"]);
  assertEquals(layer.activation.name, "ELU");
  const back = layerFromConfig(JSON.parse(JSON.stringify(layerToConfig(layer))));
  assert(back._tag === "Right");
  assertEquals([back.right.activation.name, back.right.activation.config], ["ELU", { alpha: 1 }]);
  assertEquals(activations.elu(2).config, { alpha: 2 });
  assertEquals({ ...activations.elu }.name, "ELU");
});

Deno.test("settings that are not finite numbers are refused", () => {
  assertThrows(() => activations.leakyRelu(NaN), RangeError, "Cannot build leakyRelu with alpha NaN: alpha must be a");
  assertThrows(() => activations.softplus(Infinity), RangeError, "Cannot build softplus with beta Infinity");
  assertThrows(() => activations.elu(NaN), RangeError, "Cannot build elu with alpha NaN");
});

Deno.test("softplus refuses a beta that is not above 0 when it is built, not when it is applied", () => {
  for (const beta of [-1, 0]) {
    assertThrows(
      () => activations.softplus(beta),
      RangeError,
      `with beta ${beta}: beta must be a finite number above 0`,
    );
  }
});

Deno.test("isActivation() and checkActivation() tell activations from functions", () => {
  for (const other of [relu, "relu", null, undefined, {}, activations]) assert(!isActivation(other));
  assertThrows(
    () => checkActivation("build Dense", relu as unknown as Activation),
    TypeError,
    "Cannot build Dense with activation a function: it must be one of activations; pass activations.relu",
  );
});
