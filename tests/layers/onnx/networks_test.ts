/**
 * Twelve networks that PyTorch 1.13 has exported, with its own inputs and outputs.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { add, cast, mul, scale, sum } from "../../../autograd/ops/mod.ts";
import { key } from "../../../autograd/random/key.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { split } from "../../../autograd/random/split.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { valueAndGradient } from "../../../autograd/transforms/gradient.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import { decodeSafetensors } from "../../../layers/mod.ts";
import { decodeOnnx, type OnnxModel, type TensorRecord } from "../../../layers/onnx/mod.ts";

const NETWORKS = [
  "bert_dynamic",
  "deeplab",
  "efficientnet_block",
  "gpt",
  "lstm",
  "mnist_cnn",
  "mobilenet_v2_dynamic",
  "resnet",
  "style_transfer",
  "unet_bilinear",
  "whisper_encoder",
  "yolo_tiny",
];

const ignore = Deno.permissions.querySync({ name: "read" }).state !== "granted";
const FOLDER = new URL("../../fixtures/onnx/", import.meta.url);

function load(name: string) {
  const model = decodeOnnx(Deno.readFileSync(new URL(`${name}.onnx`, FOLDER)));
  const file = decodeSafetensors(Deno.readFileSync(new URL(`${name}.io.safetensors`, FOLDER)));
  assert(model._tag === "Right" && file._tag === "Right");
  const { tensors } = file.right;
  const inputs = Object.fromEntries(model.right.inputs.map((info, k) => [info.name, tensors[`in${k}`]!]));
  return { model: model.right, inputs, wanted: model.right.outputs.map((_, k) => tensors[`out${k}`]!) };
}

/** The error relative to the largest element. */
function errorOf(outputs: TensorRecord, { outputs: infos }: OnnxModel, wanted: readonly Tensor[]): number {
  return Math.max(...infos.map(({ name }, k) => {
    const numbers = toList(outputs[name]!), right = toList(wanted[k]!);
    assertEquals(outputs[name]!.shape, wanted[k]!.shape);
    return Math.max(...right.map((x, i) => Math.abs(x - numbers[i]!))) / Math.max(...right.map(Math.abs));
  }));
}

const inFloat64 = (record: TensorRecord): TensorRecord =>
  Object.fromEntries(Object.entries(record).map(([name, t]) => [name, cast(t, "float64")]));

for (const name of NETWORKS) {
  Deno.test(`${name} gives PyTorch's outputs, plain and compiled`, { ignore }, () => {
    const { model, inputs, wanted } = load(name);
    assert(errorOf(model.apply(model, inputs)[0], model, wanted) < 2e-6);
    const compiled = compile((params: TensorRecord, x: TensorRecord) => model.apply({ ...model, params }, x)[0]);
    assert(errorOf(compiled(model.params, inputs), model, wanted) < 2e-6);
  });

  Deno.test(`${name} has the gradient of its forward pass`, { ignore }, () => {
    const { model, inputs } = load(name), params = inFloat64(model.params), x = inFloat64(inputs), step = 1e-6;
    const [own, first] = split(key(7), 2), names = Object.keys(params), keys = split(own!, names.length);
    const direction = Object.fromEntries(names.map((name, k) => {
      const t = params[name]!;
      return [name, randomNormal(keys[k]!, t.shape, { dtype: "float64" })];
    }));
    const loss = (p: TensorRecord): Tensor<"float64"> => {
      const outputs = Object.values(model.apply({ ...model, params: p }, x)[0]);
      const shares = outputs.map((y) => sum(mul(y, randomNormal(first!, y.shape, { dtype: "float64" }))));
      return shares.reduce((a, b) => add(a, b)) as Tensor<"float64">;
    };
    const at = (h: number): number =>
      toNumber(loss(Object.fromEntries(names.map((n) => [n, add(params[n]!, scale(direction[n]!, h))]))));
    const { gradients } = valueAndGradient(loss)(params);
    const slope = names.reduce((total, n) => total + toNumber(sum(mul(gradients[n]!, direction[n]!))), 0);
    const difference = (at(step) - at(-step)) / (2 * step);
    assert(Math.abs(slope - difference) <= 1e-4 * Math.max(1, Math.abs(slope)), `${slope} and ${difference}`);
  });
}

Deno.test("a model of float32 computes in float64 if its tensors are float64", { ignore }, () => {
  const { model, inputs, wanted } = load("resnet");
  const [outputs] = model.apply({ params: inFloat64(model.params), state: model.state }, inFloat64(inputs));
  assertEquals(Object.values(outputs).map(({ dtype }) => dtype), ["float64"]);
  assert(errorOf(outputs, model, wanted) < 1e-6);
});

Deno.test("symbolic lengths are bound when the model is applied", { ignore }, () => {
  const { model, inputs } = load("mobilenet_v2_dynamic"), [{ name, shape } = { name: "", shape: [] }] = model.inputs;
  assertEquals(typeof shape[0], "string");
  const half = Object.fromEntries([[name, randomNormal(key(0), [1, ...inputs[name]!.shape.slice(1)])]]);
  assertEquals(Object.values(model.apply(model, half)[0])[0]!.shape, [1, 10]);
});
