import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  activations,
  adam,
  compile,
  decodeModel,
  denseLayer,
  encodeModel,
  evaluate,
  exceptBiasesAndNorms,
  forward,
  gradient,
  key,
  type Layer,
  lora,
  type LoraParams,
  mergeLora,
  mseLoss,
  mul,
  multiHeadAttention,
  parameterCount,
  randomNormal,
  sequential,
  square,
  sum,
  summary,
  type Tensor,
  tensor64,
  type TensorSpec,
  toList,
  train,
  tree,
} from "../../mod.ts";
// What a model adapts is inside it: layers/inside.ts.
import { batchNorm1d } from "../../layers/batch_norm.ts";
import { specsOf } from "../../layers/specs_of.ts";

const model = sequential([denseLayer(6, 8, { activation: activations.tanh }), denseLayer(8, 4)]);
const trained = model.init(key(0)), adapted = lora(model, { rank: 2, alpha: 6 });
const state = { base: trained.params, inner: trained.state };
const x = randomNormal(key(5), [10, 6]), y = randomNormal(key(6), [10, 4]);

Deno.test("lora() computes as its layer at the start, and learns few numbers", () => {
  const { params } = adapted.init(key(1));
  assertEquals(toList(adapted.apply({ params, state }, x, evaluate)[0]), toList(forward(model, trained, x)));
  assertEquals(parameterCount({ params }), 2 * (6 + 8) + 2 * (8 + 4));
  assertEquals(params["0.weight"]!.down.shape, [2, 6]);
  assert(toList(params["0.weight"]!.up).every((v) => v === 0) && toList(params["0.weight"]!.down).some((v) => v !== 0));
});

for (const kind of ["plain", "compiled"] as const) {
  Deno.test(`training an adapted model, ${kind}, lowers the loss, and leaves the model as it is`, () => {
    const loss = (p: LoraParams): Tensor => mseLoss(adapted.apply({ params: p, state }, x, train(key(2)))[0], y);
    const optimizer = adam({ learningRate: 0.02, weightDecay: 0.1, decays: exceptBiasesAndNorms });
    const before = toList(trained.params[0].weight);
    type State = ReturnType<typeof optimizer.init<LoraParams>>;
    const plain = (s: State): State => optimizer.step(s, gradient(loss)(s.params));
    const step = kind === "plain" ? plain : compile(plain);
    let s: State = optimizer.init(adapted.init(key(1)).params);
    const start = toList(loss(s.params))[0]!;
    for (let k = 0; k < 60; k++) s = step(s);
    assert(toList(loss(s.params))[0]! < 0.7 * start);
    assertEquals(toList(trained.params[0].weight), before);

    const merged = { params: mergeLora(adapted, { params: s.params, state }), state: trained.state };
    const wanted = toList(adapted.apply({ params: s.params, state }, x, evaluate)[0]);
    toList(forward(model, merged, x)).forEach((v, k) => assertAlmostEquals(v, wanted[k]!, 1e-5));
  });
}

Deno.test("the change of a weight is alpha / rank times up times down", () => {
  const layer = denseLayer(2, 2, { bias: false, dtype: "float64" }), one = lora(layer, { rank: 1, alpha: 3 });
  const start = one.init(key(0)), down = randomNormal(key(1), [1, 2], { dtype: "float64" });
  const up = randomNormal(key(2), [2, 1], { dtype: "float64" });
  const merged = mergeLora(one, { params: { weight: { down, up } }, state: start.state });
  toList(merged.weight).forEach((w, k) => {
    const change = 3 * toList(up)[k >> 1]! * toList(down)[k & 1]!;
    assertAlmostEquals(w, toList(start.state.base.weight)[k]! + change, 1e-14);
  });
});

Deno.test("any layer with weights of two axes can be adapted, and what is too small for the rank is left alone", () => {
  const attention = lora(multiHeadAttention(8, 2), { rank: 3 });
  assert(Object.keys(attention.init(key(0)).params).length >= 3);
  const narrow = lora(sequential([denseLayer(6, 8), denseLayer(8, 2)]), { rank: 3 });
  assertEquals(Object.keys(narrow.init(key(0)).params), ["0.weight"]);
});

Deno.test("the state inside an adapted model goes on, and is the same where nothing changes", () => {
  const layer = lora(sequential([denseLayer(6, 4), batchNorm1d(4)]), { rank: 1 }), start = layer.init(key(0));
  const [, next] = layer.apply(start, x, train(key(1)));
  assert(next !== start.state);
  assertStrictEquals(next.base, start.state.base);
  assertStrictEquals(layer.apply(start, x, evaluate)[1], start.state);
});

Deno.test("an adapted model is saved with what it adapts, and its summary counts what is learned", () => {
  const { params } = adapted.init(key(1)), back = decodeModel(encodeModel(adapted, { params, state }));
  assert(back._tag === "Right");
  assertEquals(toList(forward(back.right.layer, back.right.variables, x)), toList(forward(model, trained, x)));
  assert(summary(adapted).includes("total parameters: 52"));
});

Deno.test("lora() and mergeLora() say what is wrong with their arguments", () => {
  assertThrows(
    () => lora(model, { rank: 0 }),
    RangeError,
    "Cannot build LoRA with rank 0: rank must be a whole number",
  );
  assertThrows(() => lora(model, { rank: 8 }), RangeError, "the layer must have a weight of two axes that are longer");
  assertThrows(() => lora(denseLayer(2, 8), { rank: 2 }), RangeError, "two axes that are longer than that");
  assertThrows(() => lora(model, { rank: 1, alpha: NaN }), RangeError, "alpha NaN");
  assertThrows(() => lora(model, { rank: 1, alfa: 1 } as never), TypeError, 'the option "alfa"');
  assertThrows(() => lora(3 as never, { rank: 1 }), TypeError, "it must be a layer");
  const variables = adapted.init(key(0));
  assertThrows(() => mergeLora(model as never, variables as never), TypeError, "it must be what lora returned");
  assertThrows(() => mergeLora(adapted, { ...variables, params: {} }), Error, "it must have");
});

Deno.test("specsOf() asks a layer that has no specs for its variables", () => {
  const { specs: _, ...rest } = denseLayer(2, 3);
  const shapes = tree.entries<TensorSpec>(specsOf(rest as Layer).params).map(([path, { shape }]) => [path, shape]);
  assertEquals(shapes, [["weight", [3, 2]], ["bias", [3]]]);
});

Deno.test("values and gradients of an adapted layer are PyTorch's for the weight plus 3 times the product", () => {
  const layer = lora(denseLayer(3, 2, { activation: activations.tanh, dtype: "float64" }), { rank: 1, alpha: 3 });
  const base = { weight: tensor64([[0.5, -1, 2], [1.5, 0.25, -0.75]]), bias: tensor64([0.1, -0.2]) };
  const state = { base, inner: layer.init(key(0)).state.inner };
  const params: LoraParams = { weight: { down: tensor64([[0.3, -0.6, 0.9]]), up: tensor64([[0.7], [-0.4]]) } };
  const x = tensor64([[1, 2, -1], [0.5, -0.3, 0.2]]), shares = tensor64([1, 2]);
  const output = (params: LoraParams) => layer.apply({ params, state }, x, evaluate)[0];
  const slopes = gradient((params: LoraParams) => sum(mul(shares, square(output(params)))))(params);
  // PyTorch 1.13: tanh(linear(x, weight + 3 * up @ down, bias)), and the gradients of the weighted sum of its squares.
  const wanted: readonly (readonly [Tensor, readonly number[]])[] = [
    [output(params), [-0.9999988397248696, 0.9998378411102006, 0.9716500278237697, -0.2793712820532032]],
    [slopes.weight!.down, [0.730648577139508, -0.4424609880873319, 0.2944519610577563]],
    [slopes.weight!.up, [0.1662184570754692, -1.5833125274835094]],
  ];
  for (const [t, numbers] of wanted) toList(t).forEach((value, k) => assertAlmostEquals(value, numbers[k]!, 1e-9));
});

Deno.test("two weights of one path, which would share an adapter, are refused", () => {
  const { specs: _, ...rest } = denseLayer(4, 4), weight = tensor64([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]);
  const layer = {
    ...rest,
    init: () => ({ params: { "a.b": weight, a: { b: weight } }, state: [] }),
  } as unknown as Layer;
  assertThrows(() => lora(layer, { rank: 2 }), RangeError, 'two weights have the path "a.b": paths must be unique');
});
