/** Properties of every layer. */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { checkGradient } from "../../autograd/transforms/check_gradient.ts";
import { constant } from "../../autograd/values/constructors.ts";
import { key } from "../../autograd/random/key.ts";
import { mapTensors } from "../../autograd/tree/parameter_tree.ts";
import { randomNormal } from "../../autograd/random/random.ts";
import { toList } from "../../autograd/values/read.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { entries, leaves } from "../../autograd/tree/tree.ts";
import {
  batchNorm2d,
  conv2dLayer,
  denseLayer,
  dropout,
  embedding,
  evaluate,
  flattenLayer,
  groupNormLayer,
  isBatchNorm1d,
  isBatchNorm2d,
  isConv2dLayer,
  isDenseLayer,
  isLayer,
  isMultiHeadAttention,
  isResidual,
  isSequential,
  lambda,
  layerNormLayer,
  maxPool2dLayer,
  multiHeadAttention,
  positionEmbedding,
  residual,
  sequential,
  train,
} from "../../layers/mod.ts";
import { relu } from "../../autograd/ops/mod.ts";
import { LAYERS } from "./all_layers.ts";

const dtype = "float64";

for (const [index, { layer, takes, refuses }] of LAYERS.entries()) {
  const title = `${layer.name}, case ${index}`, variables = layer.init(key(1));
  const inputs = takes.map(([shape], k) => randomNormal(key(k + 2), shape, { dtype }));

  Deno.test(`${title}: outputShape() is the shape that apply() gives, in both modes`, () => {
    takes.forEach(([shape, wanted], k) => {
      assertEquals(layer.outputShape(shape), { _tag: "Right", right: wanted });
      for (const mode of [evaluate, train(key(9))]) {
        if (isBatchNorm1d(layer) && shape.length === 1) continue;
        if (mode.training && layer.kind === "groupNorm" && shape.length === 1) continue;
        assertEquals(layer.apply(variables, inputs[k]!, mode)[0].shape, wanted);
      }
    });
  });

  if (refuses !== undefined) {
    Deno.test(
      `${title}: refuses other shapes, by its own name, before any work`,
      () => {
        const x = constant(new Float64Array(refuses.reduce((n, l) => n * l, 1)), { dtype, shape: refuses });
        const error = assertThrows(() => layer.apply(variables, x, evaluate), ShapeError);
        const answer = layer.outputShape(refuses);
        assert(answer._tag === "Left");
        assertEquals(answer.left.message, error.message);
        assert(error.remedy.length > 0 && error.message.startsWith("Cannot apply "));
      },
    );
  }

  Deno.test(`${title}: evaluating returns the same state, and changes nothing`, () => {
    const before = leaves<Tensor>([variables.params, variables.state, inputs[0]!]).map(toList);
    assertStrictEquals(layer.apply(variables, inputs[0]!, evaluate)[1], variables.state);
    const [y, next] = layer.apply(variables, inputs[0]!, train(key(3)));
    assertEquals(toList(layer.apply(variables, inputs[0]!, train(key(3)))[0]), toList(y));
    assertEquals(entries(next).map(([path]) => path), entries(variables.state).map(([path]) => path));
    assertEquals(leaves<Tensor>([variables.params, variables.state, inputs[0]!]).map(toList), before);
    assert(leaves<Tensor>(next).every(({ tag }) => tag === "constant"));
  });

  Deno.test(`${title}: init() draws variables of its dtype from the key only`, () => {
    const lists = (k: number) => leaves<Tensor>(layer.init(key(k)).params).map(toList);
    assertEquals(lists(4), lists(4));
    assert(leaves<Tensor>(variables.params).every((t) => t.tag === "variable" && t.dtype === dtype));
  });

  Deno.test(`${title}: is differentiable in params and input, in both modes`, () => {
    const paths = entries<Tensor>(variables.params);
    for (const mode of [evaluate, train(key(3))]) {
      const f = (x: Tensor, ...params: readonly Tensor[]): Tensor => {
        let next = 0;
        return layer.apply({ ...variables, params: mapTensors(() => params[next++]!, variables.params) }, x, mode)[0];
      };
      checkGradient(f, inputs[0]!, ...paths.map(([, t]) => stopGradient(t)));
    }
  });

  if (leaves(variables.params).length > 0) {
    Deno.test(`${title}: refuses inputs of another dtype than its params`, () => {
      const x = randomNormal(key(2), takes[0]![0]);
      assertThrows(() => layer.apply(variables, x, evaluate), DTypeError);
    });
  }
}

Deno.test("layers are told apart", () => {
  const guards = [
    isDenseLayer,
    isConv2dLayer,
    isBatchNorm2d,
    isBatchNorm1d,
    isResidual,
    isMultiHeadAttention,
    isSequential,
  ];
  const kinds = ["dense", "conv2d", "batchNorm2d", "batchNorm1d", "residual", "multiHeadAttention", "sequential"];
  for (const { layer } of LAYERS) {
    assert(isLayer(layer));
    assertEquals(guards.map((guard) => guard(layer)), kinds.map((kind) => kind === layer.kind));
  }
  assert(guards.every((guard) => !guard(null) && !guard({}) && !guard("dense")));
});

Deno.test("layers refuse invalid settings when they are built", () => {
  const refused: readonly (readonly [() => unknown, string])[] = [
    [() => conv2dLayer(0, 1, 3), "Cannot build Conv2D with inChannels 0: inChannels must be a whole number above 0"],
    [() => conv2dLayer(1, 1, 0), "kernelSize must be a whole number of 1 or more"],
    [() => conv2dLayer(1, 1, 3, { stride: 0 }), "stride must be a whole number of 1 or more"],
    [() => conv2dLayer(4, 6, 3, { groups: 4 }), "4 groups of 4 and 6 channels: groups must divide both"],
    [() => batchNorm2d(3, { momentum: 2 }), "Cannot build BatchNorm2d with momentum 2"],
    [() => batchNorm2d(3, { epsilon: -1 }), "Cannot build BatchNorm2d with epsilon -1"],
    [() => dropout(1.5), "Cannot build dropout with rate 1.5: rate must be in [0, 1); 0.5 drops half"],
    [() => dropout(NaN), "rate must be in [0, 1)"],
    [() => layerNormLayer([]), "normalizedShape of length 0"],
    [() => groupNormLayer(3, 4), "groups must divide channels"],
    [() => embedding(0, 3), "count must be a whole number above 0"],
    [() => positionEmbedding(0, 3), "Cannot build PositionEmbedding with length 0: length must be a whole number"],
    [() => multiHeadAttention(6, 4), "heads must divide features"],
    [() => maxPool2dLayer(2, { padding: 2 }), "padding must be less than the size of the windows"],
    [() => flattenLayer({ axes: 0 }), "axes must be a whole number above 0"],
    [() => residual(denseLayer(2, 3)), "Dense leads from 2 to 3, and its output is added to its input"],
    [() => residual(denseLayer(2, 3), { shortcut: denseLayer(2, 4) }), "make these sizes equal"],
    [() => denseLayer(1, 1, { dtype: "float16" as "float32" }), "there are two dtypes, float32 and float64"],
  ];
  for (const [build, message] of refused) {
    const error = assertThrows(build);
    assert(error instanceof RangeError || error instanceof TypeError);
    assert(error.message.includes(message), `${error.message} has no "${message}"`);
  }
});

Deno.test("embedding() looks vectors up, and refuses numbers without a vector", () => {
  const layer = embedding(3, 2, { dtype }), params = { weight: constant([[1, 2], [3, 4], [5, 6]], { dtype }) };
  const look = (x: Tensor) => layer.apply({ params, state: [] }, x, evaluate)[0];
  assertEquals(toList(look(constant([[2, 0]], { dtype }))), [5, 6, 1, 2]);
  assertEquals(look(constant([2, 0])).dtype, dtype);
  for (const wrong of [3, -1, 0.5]) {
    assertThrows(() => look(constant([wrong], { dtype })), RangeError, `Cannot apply Embedding to index ${wrong}`);
  }
});

Deno.test("positionEmbedding() adds the vector of each position, and says how long a sequence may be", () => {
  const layer = positionEmbedding(3, 2, { dtype }), params = { weight: constant([[1, 2], [3, 4], [5, 6]], { dtype }) };
  const place = (x: Tensor) => layer.apply({ params, state: [] }, x, evaluate)[0];
  assertEquals(toList(place(constant([[10, 10], [20, 20]], { dtype }))), [11, 12, 23, 24]);
  const error = assertThrows(() => place(constant(new Float64Array(8), { dtype, shape: [4, 2] })), ShapeError);
  assert(error.message.includes("x must be [length, 2] with a length of at most 3"), error.message);
});

Deno.test("dropout() keeps the share that it promises, and the mean", () => {
  const layer = dropout(0.25), x = constant(new Float64Array(20_000).fill(3), { dtype });
  const values = toList(layer.apply(layer.init(key(0)), x, train(key(7)))[0]);
  const dropped = values.filter((v) => v === 0).length / values.length;
  assert(Math.abs(dropped - 0.25) < 5 * Math.sqrt(0.25 * 0.75 / 20_000));
  assert(values.every((v) => v === 0 || v === 4));
});

Deno.test("a causal attention does not see what comes later", () => {
  const layer = multiHeadAttention(4, 2, { causal: true, dtype }), variables = layer.init(key(0));
  const x = randomNormal(key(1), [5, 4], { dtype }), changed = toList(x).map((v, i) => i < 12 ? v : v + 1);
  const rows = (t: Tensor) => toList(layer.apply(variables, t, evaluate)[0]);
  const a = rows(x), b = rows(constant(changed, { dtype, shape: [5, 4] }));
  assertEquals(a.slice(0, 12), b.slice(0, 12));
  assert(a.slice(12).every((v, i) => v !== b[12 + i]));
});

Deno.test("batchNorm2d() refuses to train on one value for each channel", () => {
  const layer = batchNorm2d(2, { dtype }), x = constant([[[1]], [[2]]], { dtype });
  assertThrows(
    () => layer.apply(layer.init(key(0)), x, train(key(0))),
    ShapeError,
    "training needs at least two values for each channel",
  );
});

Deno.test("the types know params and state", () => {
  const model = sequential([conv2dLayer(1, 2, 3), batchNorm2d(2), residual(sequential([conv2dLayer(2, 2, 1)]))]);
  const { params, state } = model.init(key(0));
  assertEquals(params[0].weight.shape, [2, 1, 3, 3]);
  assertEquals([params[1].gamma.shape, state[1].runningVariance.shape], [[2], [2]]);
  assertEquals(params[2][0][0].weight.shape, [2, 2, 1, 1]);
  // @ts-expect-error: a convolution has no gamma
  assertEquals(params[0].gamma, undefined);
});

Deno.test("lambda() is told the mode, and refuses what is not a function", () => {
  const layer = lambda((x, mode) => mode.training ? relu(x) : x), x = constant([-1, 2]);
  assertEquals(toList(layer.apply(layer.init(key(0)), x, train(key(0)))[0]), [0, 2]);
  assertEquals(toList(layer.apply(layer.init(key(0)), x, evaluate)[0]), [-1, 2]);
  assertThrows(() => lambda(3 as unknown as typeof relu), TypeError, "Cannot build Lambda of 3");
});
