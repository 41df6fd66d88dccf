/** Models as layers, parts of graphs (layers/onnx/cut.ts), and graphs as text (layers/onnx/format.ts). */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import * as n from "../../../mod.ts";
import {
  decodeOnnx,
  encodeOnnx,
  encodeOnnxLayer,
  formatOnnx,
  onnxLayer,
  type OnnxModel,
} from "../../../layers/onnx/mod.ts";
import { file, floats, info, node, tensorProto } from "./build.ts";

const decoded = (bytes: Uint8Array): OnnxModel => {
  const result = decodeOnnx(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const network = n.sequential([
  n.conv2dLayer(1, 4, 3, { activation: n.activations.relu }),
  n.globalAvgPool2dLayer(),
  n.denseLayer(4, 3),
]);
const variables = network.init(n.key(0));
const model = decoded(encodeOnnxLayer(network, variables, [1, 1, 8, 8], { dynamicBatch: true }));
const x = n.randomNormal(n.key(1), [2, 1, 8, 8]);

Deno.test("a model is a layer that computes what it computed before", () => {
  const layer = onnxLayer(model), own = layer.init(n.key(9));
  assertEquals(n.toList(n.forward(layer, own, x)), n.toList(n.forward(network, variables, x)));
  assertEquals(layer.outputShape([2, 1, 8, 8]), { _tag: "Right", right: [2, 3] });
  assertEquals(layer.outputShape([1, 8, 8]), { _tag: "Right", right: [3] });
  assertEquals(n.forward(layer, own, n.zeros([1, 8, 8])).shape, [3]);
  assertEquals(n.parameterCount(own), n.parameterCount(variables));
});

Deno.test("a layer that cannot take a shape says so", () => {
  const result = onnxLayer(model).outputShape([2, 5, 8, 8]);
  assert(result._tag === "Left");
  assertStringIncludes(result.left.message, "its shape must be [batch, 1, 8, 8]");
});

Deno.test("a model is cut at an inner value, named by the value or by its node", () => {
  const hidden = model.graph.nodes.find(({ operator }) => operator === "Relu")!;
  for (const until of [hidden.outputs[0]!, hidden.name]) {
    const layer = onnxLayer(model, { until });
    assertEquals(layer.outputShape([1, 1, 8, 8]), { _tag: "Right", right: [1, 4, 6, 6] });
    assertEquals(Object.keys(layer.init(n.key(0)).params), ["0.weight", "0.bias"]);
  }
  assertThrows(() => onnxLayer(model, { until: "relu" }), Error, 'no node computes it; pass "relu_');
  assertThrows(() => onnxLayer(model, { until: "gone" }), Error, "formatOnnx(model) lists the names of all values");
});

Deno.test("a cut model trains with new layers after it", () => {
  const { outputs: [until] } = model.graph.nodes.find(({ operator }) => operator === "Relu")!;
  const full = n.sequential([onnxLayer(model, { until: until! }), n.globalAvgPool2dLayer(), n.denseLayer(4, 2)]);
  const { params, state } = full.init(n.key(2)),
    labels = n.oneHot([0, 1], 2),
    optimizer = n.adam({ learningRate: 0.05 });
  const loss = n.valueAndGradient((p: typeof params) =>
    n.softmaxCrossEntropy(full.apply({ params: p, state }, x, n.evaluate)[0], labels)
  );
  const step = n.compile((s: ReturnType<typeof optimizer.init<typeof params>>) => {
    const { value, gradients } = loss(s.params);
    return [optimizer.step(s, gradients), value] as const;
  });
  let now = optimizer.init(params), last = Infinity;
  const first = n.toNumber(loss(params).value);
  for (let k = 0; k < 40; k++) {
    const [next, value] = step(now);
    [now, last] = [next, n.toNumber(value)];
  }
  assert(last < first / 2, `${first} became ${last}`);
});

Deno.test("running statistics are state: training changes them", () => {
  const own = decoded(file({
    nodes: [
      node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"], { momentum: { float: 0.5 } }),
    ],
    inputs: [info("x", "float32", ["n", 1])],
    outputs: [info("y", "float32", ["n", 1])],
    initializers: ["scale", "bias", "mean", "variance"].map((name, k) =>
      tensorProto(name, floats([1], [[1, 0, 2, 4][k]!]))
    ),
  }));
  assertEquals([Object.keys(own.params), Object.keys(own.state)], [["scale", "bias"], ["mean", "variance"]]);
  const layer = onnxLayer(own), start = layer.init(n.key(0)), batch = n.tensor32([[4], [8]]);
  const [y, next] = layer.apply(start, batch, n.train(n.key(1)));
  assertEquals(n.toList(y).map((value) => value.toFixed(3)), ["-1.000", "1.000"]);
  assertEquals([n.toList(next.mean!), n.toList(next.variance!)], [[4], [4]]);
  const [same, state] = layer.apply(start, batch, n.evaluate);
  assertEquals(n.toList(same).map((value) => value.toFixed(3)), ["1.000", "3.000"]);
  assertEquals(state, start.state);
});

Deno.test("dropout drops in training alone", () => {
  const own = decoded(file({
    nodes: [node("Dropout", ["x"], ["y"])],
    inputs: [info("x", "float32", [64])],
    outputs: [info("y", "float32", [64])],
  }));
  const layer = onnxLayer(own),
    start = layer.init(n.key(0)),
    kept = n.toList(layer.apply(start, n.ones([64]), n.train(n.key(1)))[0]);
  assertEquals(n.toList(layer.apply(start, n.ones([64]), n.evaluate)[0]), new Array(64).fill(1));
  assert(kept.every((value) => value === 0 || value === 2) && kept.includes(0) && kept.includes(2));
});

Deno.test("models of several inputs or outputs need to be told which", () => {
  type Pair = { readonly a: n.Tensor; readonly b: n.Tensor };
  const pair = { a: n.zeros([2]), b: n.zeros([2]) };
  const both = decoded(
    encodeOnnx((_: object, { a, b }: Pair) => ({ sum: n.add(a, b), twice: n.scale(a, 2) }), {}, pair),
  );
  assertThrows(() => onnxLayer(both), Error, 'which one must be said: "sum", "twice"; pass { output:');
  assertThrows(() => onnxLayer(both, { output: "sum" }), Error, 'which one must be said: "a", "b"; pass { input:');
  assertThrows(
    () => onnxLayer(both, { output: "sum", input: "a" }),
    Error,
    "stop at a value that takes this one alone",
  );
  const layer = onnxLayer(both, { output: "twice" });
  assertEquals(n.toList(n.forward(layer, layer.init(n.key(0)), n.tensor32([1, 2]))), [2, 4]);
});

Deno.test("formatOnnx() lists settings and graphs within", () => {
  const text = formatOnnx(decoded(file({
    nodes: [
      node("Clip", ["x"], ["c"], { min: { float: -0.1 }, axes: [1, 2], mode: "a" }),
      node("Dropout", ["c", ""], ["y", ""]),
    ],
    inputs: [info("x", "float32", ["n", 2])],
    outputs: [info("y", "float32")],
  }, 7)));
  assertEquals(text.split("\n"), [
    "opset 7",
    "input x: float32[n, 2]",
    'c = Clip x {min=-0.1, axes=[1, 2], mode="a"}',
    "y, _ = Dropout c _",
    "output y: float32[...]",
  ]);
});
