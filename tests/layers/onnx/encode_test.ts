/**
 * Functions and layers as files (layers/onnx/encode_layer.ts), for one batch or any (layers/onnx/writing/dynamic.ts).
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import * as n from "../../../mod.ts";
import {
  decodeOnnx,
  encodeOnnx,
  encodeOnnxLayer,
  type EncodeOnnxOptions,
  formatOnnx,
  OnnxError,
  type OnnxModel,
} from "../../../layers/onnx/mod.ts";
import { ignore, runThere } from "./runtime.ts";

type Tensors = Readonly<Record<string, n.Tensor>>;

const decoded = (bytes: Uint8Array): OnnxModel => {
  const result = decodeOnnx(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

function near(found: readonly number[], wanted: readonly number[], who: string): void {
  const scale = Math.max(1, ...wanted.map(Math.abs));
  assertEquals(found.length, wanted.length, who);
  wanted.forEach((x, k) => assert(Math.abs(found[k]! - x) <= 1e-5 * scale, `${who}: ${found[k]} and ${x}`));
}

/** Checks that a file gives these outputs, here and in onnxruntime. */
async function computes(bytes: Uint8Array, inputs: Tensors, wanted: Tensors): Promise<void> {
  const model = decoded(bytes), [outputs] = model.apply(model, inputs);
  assertEquals(Object.keys(outputs), Object.keys(wanted));
  for (const [name, t] of Object.entries(wanted)) {
    assertEquals(outputs[name]!.shape, t.shape);
    near(n.toList(outputs[name]!), n.toList(t), `read back, ${name}`);
  }
  if (ignore) return;
  const data = Object.entries(inputs).map(([name, t]) =>
    [name, { type: t.dtype, shape: t.shape, values: n.toList(t) }] as const
  );
  for (const { name, values } of await runThere(bytes, Object.fromEntries(data))) {
    near(values, n.toList(wanted[name]!), `onnxruntime, ${name}`);
  }
}

async function layerComputes(
  layer: n.Layer<object, object>,
  shape: n.Shape,
  options?: EncodeOnnxOptions,
): Promise<void> {
  const variables = layer.init(n.key(1)), x = n.randomNormal(n.key(2), shape);
  const sample = options?.dynamicBatch ? [1, ...shape.slice(1)] : shape;
  await computes(encodeOnnxLayer(layer, variables, sample, options), { input: x }, {
    output: n.forward(layer, variables, x),
  });
}

Deno.test("networks of images are written for batches of any size", () =>
  layerComputes(
    n.sequential([
      n.conv2dLayer(2, 4, 3, { stride: 2, padding: 1 }),
      n.batchNorm2d(4),
      n.activationLayer(n.activations.gelu),
      n.maxPool2dLayer(2, { stride: 2, padding: 1 }),
      n.residual(n.conv2dLayer(4, 4, 3, { padding: 1 })),
      n.convTranspose2dLayer(4, 3, 3, { stride: 2, outputPadding: 1 }),
      n.avgPool2dLayer(2),
      n.groupNormLayer(3, 3),
      n.globalAvgPool2dLayer(),
      n.denseLayer(3, 5),
      n.lambda((x) => n.softmax(x)),
    ]),
    [3, 2, 16, 16],
    { dynamicBatch: true },
  ));

for (const opset of [16, 21]) {
  Deno.test(`a network is written for opset ${opset}`, () =>
    layerComputes(
      n.sequential([n.conv1dLayer(2, 3, 3), n.flattenLayer({ axes: 2 }), n.layerNormLayer(18), n.denseLayer(18, 2)]),
      [2, 2, 8],
      { opset },
    ));
}

Deno.test("transformers are written", () =>
  layerComputes(
    n.sequential([
      n.layerNormLayer(8),
      n.residual(n.multiHeadAttention(8, 2, { causal: true })),
      n.rmsNormLayer(8),
      n.denseLayer(8, 8, { activation: n.activations.silu }),
    ]),
    [2, 5, 8],
  ));

for (const make of [n.lstmLayer, n.gruLayer, n.rnnLayer]) {
  Deno.test(`${make.name} is written as a fold, bidirectional and in layers`, () =>
    layerComputes(make(3, 4, { layers: 2, bidirectional: true }) as n.Layer<object, object>, [2, 5, 3]));
}

Deno.test("embeddings look up rows", async () => {
  const layer = n.embedding(7, 3), variables = layer.init(n.key(0)), x = n.tensor32([[1, 6, 0], [2, 2, 5]]);
  const bytes = encodeOnnxLayer(layer, variables, [2, 3]);
  assertStringIncludes(formatOnnx(decoded(bytes)), " = Gather weight ");
  await computes(bytes, { input: x }, { output: n.forward(layer, variables, x) });
});

Deno.test("a training step is written, gradient and optimizer included", async () => {
  const layer = n.sequential([n.conv2dLayer(1, 2, 3), n.maxPool2dLayer(2), n.flattenLayer(), n.denseLayer(8, 3)]);
  const { params, state } = layer.init(n.key(3)), optimizer = n.adam({ learningRate: 0.1 });
  type Batch = { readonly x: n.Tensor<"float32">; readonly y: n.Tensor<"float32"> };
  const loss = n.valueAndGradient((p: typeof params, { x, y }: Batch) =>
    n.crossEntropyLoss(n.softmax(layer.apply({ params: p, state }, x, n.evaluate)[0]), y)
  );
  const start = optimizer.init(params);
  const step = (s: typeof start, batch: Batch) => {
    const { value, gradients } = loss(s.params, batch);
    return { value, params: optimizer.step(s, gradients).params };
  };
  const x = n.randomNormal(n.key(4), [4, 1, 6, 6]), y = n.oneHot([0, 2, 1, 2], 3), batch = { x, y };
  const wanted = step(start, batch), bytes = encodeOnnx(step, start, batch);
  const leaves = [
    ["value", wanted.value] as const,
    ...n.tree.entries<n.Tensor>(wanted.params).map(([path, t]) => [`params.${path}`, t] as const),
  ];
  const model = decoded(bytes), names = model.outputs.map(({ name }) => name);
  await computes(bytes, batch, Object.fromEntries(leaves.map(([, t], k) => [names[k]!, t])));
});

Deno.test("the gradient of strided, padded and grouped convolutions is written", async () => {
  const f = ({ w }: Tensors, { x }: Tensors) => {
    const slopes = n.gradient((both: Tensors) =>
      n.sum(
        n.square(
          n.conv2d(both.x!, both.w!, null, { stride: [2, 1], padding: [1, 0, 2, 1], dilation: [1, 2], groups: 2 }),
        ),
      ) as n.Tensor<"float32">
    )({ x: x!, w: w! });
    return { x: slopes.x!, w: slopes.w! };
  };
  const params = { w: n.randomNormal(n.key(5), [4, 1, 3, 2]) }, inputs = { x: n.randomNormal(n.key(6), [2, 2, 7, 6]) };
  const wanted = f(params, inputs);
  await computes(encodeOnnx(f, params, inputs, { names: { outputs: ["dx", "dw"] } }), inputs, {
    dx: wanted.x,
    dw: wanted.w,
  });
});

Deno.test("folds, loops and choices are written as such", async () => {
  const f = (_: object, { x }: Tensors): Tensors => {
    const [last, all] = n.scanAlong(
      (c: n.Tensor, e: n.Tensor) => [n.add(c, e), n.mul(c, e)] as const,
      n.zeros([2]) as n.Tensor,
      x!,
      { reverse: true },
    );
    const halved = n.whileLoop((t: n.Tensor) => n.greater(n.sum(n.abs(t)), 1), (t: n.Tensor) => n.scale(t, 0.5), x!);
    const chosen = n.cond(n.greater(n.sum(x!), 0), (t: n.Tensor) => n.exp(t), (t: n.Tensor) => n.neg(t), x!);
    const [counted] = n.scanAlong((c: n.Tensor) => [n.add(c, 1), null] as const, n.zeros([]) as n.Tensor, null, {
      length: 5,
    });
    return { last, all, halved, chosen, counted };
  };
  for (
    const inputs of [{ x: n.tensor32([[1, 2], [3, -4], [5, 6]]) }, { x: n.tensor32([[-1, 2], [3, -4], [-5, -6]]) }]
  ) {
    const bytes = encodeOnnx(f, {}, inputs), text = formatOnnx(decoded(bytes));
    for (const operator of ["Scan", "Loop", "If"]) assertStringIncludes(text, ` = ${operator} `);
    await computes(bytes, inputs, f({}, inputs));
  }
});

Deno.test("float64 stays float64", async () => {
  const f = ({ w }: Tensors, { x }: Tensors) => ({ y: n.tanh(n.matmul(x!, w!)) });
  const params = { w: n.tensor64([[1, 2], [3, 4]]) }, inputs = { x: n.tensor64([[0.1, 0.2]]) };
  const bytes = encodeOnnx(f, params, inputs);
  const model = decoded(bytes), [{ y }] = model.apply(model, inputs);
  assertEquals([model.inputs[0]!.dtype, y!.dtype, n.toList(y!)], ["float64", "float64", n.toList(f(params, inputs).y)]);
  await computes(bytes, inputs, f(params, inputs));
});

Deno.test("means over a batch of any size are divided by its size", async () => {
  const f = ({ w }: Tensors, { x, y }: Tensors) => ({ loss: n.mseLoss(n.matmul(x!, w!), y!) });
  const params = { w: n.tensor32([[1], [2]]) }, sample = { x: n.zeros([1, 2]), y: n.zeros([1, 1]) };
  const inputs = { x: n.tensor32([[1, 2], [3, 4], [5, 6]]), y: n.tensor32([[1], [2], [3]]) };
  await computes(encodeOnnx(f, params, sample, { dynamicBatch: true }), inputs, f(params, inputs));
});

Deno.test("names are those of the places in the trees, or those that are passed", () => {
  const f = (p: readonly n.Tensor[], x: n.Tensor) => n.add(n.mul(x, p[0]!), p[1]!);
  const params = [n.tensor32([2]), n.tensor32([3])], x = n.tensor32([1]);
  const own = decoded(encodeOnnx(f, params, x));
  assertEquals([own.inputs[0]!.name, own.outputs[0]!.name, Object.keys(own.params)], ["input", "output", ["0", "1"]]);
  const names = { params: ["scale", "shift"], inputs: ["x"], outputs: ["y"] };
  assertEquals(formatOnnx(decoded(encodeOnnx(f, params, x, { names }))).split("\n"), [
    "opset 17",
    "input x: float32[1]",
    "tensor scale: float32[1] 2",
    "tensor shift: float32[1] 3",
    "mul_0 = Mul x scale",
    "y = Add mul_0 shift",
    "output y: float32[1]",
  ]);
});

Deno.test("inputs, params and constants may be outputs", async () => {
  const inputs = { x: n.tensor32([1, 2]) }, params = { w: n.tensor32([3]) };
  const f = ({ w }: Tensors, { x }: Tensors): Tensors => ({ a: x!, b: w!, c: n.tensor32([7, 8]), d: x! });
  await computes(encodeOnnx(f, params, inputs), inputs, f(params, inputs));
});

Deno.test("what cannot be written is refused, with the reason", () => {
  const refused = (f: () => unknown): string => {
    const error = assertThrows(f);
    assertInstanceOf(error, OnnxError);
    return error.message;
  };
  const x = { x: n.zeros([2, 3]) };
  assertStringIncludes(
    refused(() => encodeOnnx((_: object, t: Tensors) => t.x!, {}, x, { opset: 9 })),
    "opset 9: it must be a whole number from 16",
  );
  assertStringIncludes(
    refused(() => encodeOnnx(() => ({}), {}, x)),
    "the function: it returns no tensors; return some",
  );
  assertStringIncludes(
    refused(() => encodeOnnx((_: object, t: Tensors) => t.x!, {}, x, { names: { inputs: ["a", "b"] } })),
    "there must be 1",
  );
  const named = (names: object) => () => encodeOnnx((_: object, t: Tensors) => t.x!, {}, x, { names });
  assertThrows(named({ input: ["a"] }), TypeError, 'the option "input": the options are params, inputs, outputs');
  assertThrows(named({ inputs: "a" }), TypeError, 'Cannot name inputs of an ONNX graph by "a": they must be an array');
  assertThrows(named({ outputs: [1] }), TypeError, "by an array of 1: they must be an array of strings");
  const scatter = (_: object, t: Tensors) => n.scatter(t.x!, [0], t.x!, { mode: "max" });
  assertStringIncludes(
    refused(() => encodeOnnx(scatter, {}, { x: n.zeros([1, 3]) })),
    "opset 18 is the first that has it; pass { opset: 18 }",
  );
  const reduced = (_: object, t: Tensors) => n.reduceTensor(t.x!, (a, b) => a + b);
  assertStringIncludes(
    refused(() => encodeOnnx(reduced, {}, x)),
    "the operation reduceTensor: ONNX has no operator",
  );
  const grows = (_: object, t: Tensors) => n.reshape(n.matmul(n.transpose(t.x!), t.x!), [9, 1]);
  assertEquals(decoded(encodeOnnx(grows, {}, x, { dynamicBatch: true })).outputs[0]!.shape, [9, 1]);
  const turns = (_: object, t: Tensors) => n.flip(t.x!, 0);
  assertEquals(decoded(encodeOnnx(turns, {}, x, { dynamicBatch: true })).outputs[0]!.shape, ["batch", 3]);
});

Deno.test("a function whose results have another shape for a batch of one is refused for batches of any size", () => {
  const x = { x: n.ones([3, 3, 5]) }, flat = { x: n.ones([4, 3]) };
  const cases = [
    [(_: object, t: Tensors) => n.squeeze(t.x!), x],
    [(_: object, t: Tensors) => n.diagonal(n.transpose(t.x!)), flat],
  ] as const;
  for (const [f, inputs] of cases) {
    assertThrows(
      () => encodeOnnx(f, {}, inputs, { dynamicBatch: true }),
      OnnxError,
      "its results have other shapes for a batch of 1",
    );
  }
});
