import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { constant, ones, zeros } from "../../autograd/values/constructors.ts";
import { type Key, key } from "../../autograd/random/key.ts";
import { add, mul } from "../../autograd/ops/mod.ts";
import { toArray, toList, toNumber } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import * as either from "../../blas/either.ts";
import { ShapeError } from "../../blas/errors.ts";
import { activations } from "../../layers/activation.ts";
import { batchNorm1d, batchNorm2d } from "../../layers/batch_norm.ts";
import { activationLayer } from "../../layers/activation_layer.ts";
import { conv2dLayer } from "../../layers/conv2d.ts";
import { denseLayer } from "../../layers/dense.ts";
import { forward, type Layer, parameterCount, parameters } from "../../layers/layer.ts";
import { evaluate, train } from "../../layers/mode.ts";
import { isSequential, sequential } from "../../layers/sequential.ts";
import { flattenLayer } from "../../layers/flatten.ts";
import { maxPool2dLayer } from "../../layers/pooling.ts";

const model = sequential([
  denseLayer(4, 3, { activation: activations.tanh }),
  denseLayer(3, 2, { name: "Output" }),
], { name: "Model" });

/** A layer with state: counts how often it was applied in training, and notes the keys it was given. */
function countingLayer(keys: Key[]): Layer<readonly [], { readonly count: Tensor<"float32"> }> {
  return {
    kind: "counting",
    name: "Counting",
    inputSize: null,
    outputSize: null,
    activation: activations.identity,
    config: {},
    init: () => ({ params: [], state: { count: constant(0) } }),
    apply: ({ state }, x, mode) => {
      if (!mode.training) return [x, state];
      keys.push(mode.key);
      return [mul(x, 2), { count: add(state.count, 1) }];
    },
    outputShape: (shape) => either.right(shape),
  };
}

Deno.test("a sequential applies its layers one after another", () => {
  const variables = model.init(key(0)), x = constant([[1, 2, 3, 4], [0, 0, 1, 1]]);
  const hidden = forward(model.layers[0], { params: variables.params[0], state: variables.state[0] }, x);
  const output = forward(model.layers[1], { params: variables.params[1], state: variables.state[1] }, hidden);
  assertEquals(toArray(forward(model, variables, x)), toArray(output));
  assertEquals([model.inputSize, model.outputSize, model.name, model.kind], [4, 2, "Model", "sequential"]);
});

Deno.test("params and state are tuples in the order of the layers, each drawn from a key of its own", () => {
  const twins = sequential([denseLayer(3, 3), denseLayer(3, 3)]), { params } = twins.init(key(2));
  assertNotEquals(toList(params[0].weight), toList(params[1].weight));
  assertEquals(parameters({ params }).map(({ shape }) => shape), [[3, 3], [3], [3, 3], [3]]);
  assertEquals(toList(twins.init(key(2)).params[1].weight), toList(params[1].weight));
  assertEquals(parameterCount(model.init(key(0))), 4 * 3 + 3 + 3 * 2 + 2);
});

Deno.test("apply() in evaluate mode returns the same state", () => {
  const stateful = sequential([denseLayer(2, 2), countingLayer([])]), variables = stateful.init(key(0));
  assertStrictEquals(stateful.apply(variables, zeros([2]), evaluate)[1], variables.state);
});

Deno.test("apply() in training returns the next state of each layer, and gives each its own key", () => {
  const keys: Key[] = [], stateful = sequential([countingLayer(keys), denseLayer(2, 2), countingLayer(keys)]);
  const variables = stateful.init(key(0)), [, next] = stateful.apply(variables, zeros([2]), train(key(5)));
  assertEquals([toNumber(next[0].count), next[1], toNumber(next[2].count)], [1, variables.state[1], 1]);
  assertEquals([toNumber(variables.state[0].count), variables.state.length], [0, 3]);
  assertNotEquals(keys[0]!.words, keys[1]!.words);
  stateful.apply(variables, zeros([2]), train(key(5)));
  assertEquals(keys.slice(2).map(({ words }) => words), keys.slice(0, 2).map(({ words }) => words));
});

Deno.test("sequentials nest", () => {
  const nested = sequential([sequential([denseLayer(2, 3)]), sequential([denseLayer(3, 4), countingLayer([])])]);
  const variables = nested.init(key(1));
  assertEquals(forward(nested, variables, zeros([5, 2])).shape, [5, 4]);
  assertEquals([nested.inputSize, nested.outputSize, parameterCount(variables)], [2, 4, 9 + 16]);
  assertEquals(variables.params[1][0].weight.shape, [4, 3]);
});

Deno.test("outputShape() checks a model before it allocates anything", () => {
  assertEquals(model.outputShape([7, 4]), { _tag: "Right", right: [7, 2] });
  const answer = model.outputShape([7, 5]);
  assert(answer._tag === "Left");
  assertEquals(answer.left.message.split(":")[0], 'Cannot apply Dense at "0" to x [7, 5]');
  assertThrows(() => forward(model, model.init(key(0)), zeros([5])), ShapeError, 'Cannot apply Dense at "0" to x [5]');
});

Deno.test("sequential() names the neighbours whose sizes do not fit, when it is built", () => {
  assertThrows(
    () => sequential([denseLayer(784, 128), denseLayer(64, 10, { name: "Output" })], { name: "Classifier" }),
    TypeError,
    "Cannot build Classifier: layer 0 (Dense) has 128 outputs and layer 1 (Output) takes 64; make these two sizes equal",
  );
  assertThrows(() => sequential([]), TypeError, "Cannot build Sequential of no layers: it must have at least one");
  sequential([denseLayer(2, 3), countingLayer([]), denseLayer(3, 1)]);
});

Deno.test("outputShape() and apply() name a layer deep inside by its path", () => {
  const deep = sequential([denseLayer(2, 3), sequential([countingLayer([]), flattenLayer(), denseLayer(3, 1)])]);
  const answer = deep.outputShape([4, 3, 2]);
  assert(answer._tag === "Left");
  assertEquals(answer.left.message.split(":")[0], 'Cannot apply Dense at "1.2" to x [36]');
  assertThrows(() => forward(deep, deep.init(key(0)), zeros([4, 3, 2])), ShapeError, 'Dense at "1.2" to x [36]');
});

Deno.test("sequential() sees through layers that keep the size, and not through those that reshape", () => {
  assertThrows(
    () => sequential([conv2dLayer(1, 8, 3), maxPool2dLayer(2), batchNorm2d(16)]),
    TypeError,
    "layer 0 (Conv2D) has 8 outputs and layer 2 (BatchNorm2d) takes 16",
  );
  const model = sequential([conv2dLayer(1, 8, 3), flattenLayer(), denseLayer(72, 10)]);
  assertEquals([model.inputSize, model.outputSize], [1, 10]);
  assertEquals(sequential([flattenLayer(), denseLayer(72, 10)]).inputSize, null);
});

Deno.test("isSequential() knows sequentials", () => {
  assert(isSequential(model));
  for (const other of [denseLayer(1, 1), null, {}, [denseLayer(1, 1)]]) assert(!isSequential(other));
});

Deno.test("an empty list of states will do for layers that have none, nested ones included, and comes back as it is", () => {
  const plain = sequential([denseLayer(2, 3), activationLayer(activations.relu), sequential([denseLayer(3, 1)])]);
  const { params, state } = plain.init(key(0)), x = ones([4, 2]), none = [] as unknown as typeof state;
  const [y, after] = plain.apply({ params, state: none }, x, evaluate);
  assertStrictEquals(after, none);
  assertEquals(toList(y), toList(forward(plain, { params, state }, x)));
  assertEquals(toList(forward(plain, { params, state: none }, x)), toList(y));
});

Deno.test("an empty list of states is refused by a layer that has one, which says where it is and what it lacks", () => {
  const model = sequential([denseLayer(2, 3), batchNorm1d(3)]), { params } = model.init(key(0));
  assertThrows(
    () => forward(model, { params, state: [] as never }, ones([4, 2])),
    ShapeError,
    'Cannot apply BatchNorm1d at "1" to state.runningMean undefined: it must be a tensor [3]',
  );
});
