import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../autograd/backward.ts";
import { checkGradient } from "../../autograd/transforms/check_gradient.ts";
import { tensor32, tensor64, zeros } from "../../autograd/values/constructors.ts";
import { key } from "../../autograd/random/key.ts";
import { sum } from "../../autograd/ops/mod.ts";
import { toArray, toList } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { activations } from "../../layers/activation.ts";
import { denseLayer, isDenseLayer } from "../../layers/dense.ts";
import { forward } from "../../layers/layer.ts";
import { evaluate, train } from "../../layers/mode.ts";
import { sequential } from "../../layers/sequential.ts";

Deno.test("a dense layer computes activation(x weight^T + bias)", () => {
  const layer = denseLayer(2, 3, { dtype: "float64", activation: activations.relu });
  const params = { weight: tensor64([[1, 2], [3, 4], [-1, -1]]), bias: tensor64([10, 20, 0.5]) };
  assertEquals(toArray(forward(layer, { params, state: [] }, tensor64([[1, 1], [0, -1]]))), [[13, 27, 0], [
    8,
    16,
    1.5,
  ]]);
  assertEquals(toList(forward(layer, { params, state: [] }, tensor64([1, 1]))), [13, 27, 0]);
  const { weight } = params, bare = denseLayer(2, 3, { dtype: "float64", activation: activations.relu, bias: false });
  assertEquals(toList(forward(bare, { params: { weight }, state: [] }, tensor64([1, 1]))), [3, 7, 0]);
});

Deno.test("a dense layer takes one example, a batch, or batches of batches", () => {
  const layer = denseLayer(4, 3), variables = layer.init(key(1));
  for (const lead of [[], [5], [2, 5], [0], [2, 0]]) {
    assertEquals(forward(layer, variables, zeros([...lead, 4])).shape, [...lead, 3]);
    assertEquals(layer.outputShape([...lead, 4]), { _tag: "Right", right: [...lead, 3] });
  }
});

Deno.test("init() draws Glorot-uniform weights and zero biases from the key only, as variables", () => {
  const layer = denseLayer(300, 200), { params, state } = layer.init(key(3)), limit = Math.sqrt(6 / 500);
  const weights = toList(params.weight), bound = Math.max(...weights.map(Math.abs));
  assertEquals([params.weight.shape, params.bias!.shape, state], [[200, 300], [200], []]);
  assert(bound <= limit && bound > 0.999 * limit);
  // Of 60,000 numbers the mean strays by limit / sqrt(3 * 60000), the variance is that of the uniform distribution.
  assertAlmostEquals(weights.reduce((total, w) => total + w, 0) / weights.length, 0, 5 * limit / Math.sqrt(180_000));
  assertAlmostEquals(weights.reduce((total, w) => total + w * w, 0) / weights.length / (2 / 500), 1, 0.02);
  assert(toList(params.bias!).every((b) => b === 0));
  assertEquals([params.weight.tag, params.bias!.tag, params.weight.dtype], ["variable", "variable", "float32"]);
  assertEquals(toList(layer.init(key(3)).params.weight), weights);
  assert(toList(layer.init(key(4)).params.weight).some((w, i) => w !== weights[i]));
  assertEquals(denseLayer(2, 2, { dtype: "float64" }).init(key(0)).params.weight.dtype, "float64");
});

Deno.test("a dense layer without bias has none", () => {
  const layer = denseLayer(2, 3, { bias: false });
  assertEquals(Object.keys(layer.init(key(0)).params), ["weight"]);
  assertEquals(layer.config, { inputSize: 2, outputSize: 3, dtype: "float32", bias: false });
});

Deno.test("a dense layer returns the same state, in either mode, and does not change its params", () => {
  const layer = denseLayer(2, 2), variables = layer.init(key(0)), before = toList(variables.params.weight);
  for (const mode of [evaluate, train(key(1))]) {
    assert(layer.apply(variables, zeros([2]), mode)[1] === variables.state);
  }
  assertEquals(toList(variables.params.weight), before);
});

Deno.test("a dense layer is differentiable in params and input", () => {
  const layer = denseLayer(3, 2, { dtype: "float64", activation: activations.tanh });
  const { weight, bias } = layer.init(key(5)).params;
  const f = (w: Tensor, b: Tensor, x: Tensor): Tensor =>
    forward(layer, { params: { weight: w, bias: b }, state: [] }, x);
  checkGradient(f, weight, bias, tensor64([[1, 2, 3], [-1, 0, 1]]));
  const gradients = backward(sum(f(weight, bias, tensor64([1, 2, 3]))));
  assertEquals([gradients.get(weight)!.shape, gradients.get(bias!)!.shape], [[2, 3], [2]]);
});

Deno.test("denseLayer() refuses invalid sizes and activations", () => {
  for (const size of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => denseLayer(size, 1),
      RangeError,
      `Cannot build Dense with inputSize ${size}: inputSize must be a`,
    );
    assertThrows(
      () => denseLayer(1, size, { name: "Output" }),
      RangeError,
      `Cannot build Output with outputSize ${size}`,
    );
  }
  const untyped = { activation: "relu" } as unknown as { readonly activation: typeof activations.relu };
  assertThrows(() => denseLayer(1, 1, untyped), TypeError, 'Cannot build Dense with activation "relu"');
});

Deno.test("a dense layer says which input it wants, by its own name", () => {
  const layer = denseLayer(784, 10, { name: "Output" }), variables = layer.init(key(0));
  assertThrows(
    () => forward(layer, variables, zeros([32, 28, 28])),
    ShapeError,
    "Cannot apply Output to x [32, 28, 28]: the last axis of x must be 784; reshape x to [batch, 784], or build",
  );
  assertThrows(() => forward(layer, variables, zeros([])), ShapeError, "the last axis of x must be 784");
  assertEquals(layer.outputShape([3])._tag, "Left");
  assertThrows(
    () => forward(layer, variables, zeros([784], { dtype: "float64" })),
    DTypeError,
    "Cannot apply matmul to float64 and float32",
  );
});

Deno.test("isDenseLayer() knows dense layers", () => {
  assert(isDenseLayer(denseLayer(1, 1)));
  for (const other of [sequential([denseLayer(1, 1)]), null, {}, tensor32(1)]) assert(!isDenseLayer(other));
});
