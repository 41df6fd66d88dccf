/**
 * Every primitive as an ONNX graph: what is written reads back, and onnxruntime computes the same. This tests
 * layers/onnx/writing/context.ts, layers/onnx/writing/expressions.ts, layers/onnx/writing/loops.ts,
 * layers/onnx/writing/products.ts, layers/onnx/writing/movements.ts, layers/onnx/writing/functions.ts,
 * layers/onnx/writing/fourier.ts, layers/onnx/writing/bodies.ts, layers/onnx/writing/draws.ts,
 * layers/onnx/writing/program.ts, layers/onnx/writing/names.ts, layers/onnx/writing/tidy.ts,
 * layers/onnx/writing/graph_writer.ts and layers/onnx/writing/proto.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { LINALG_MULTI_PRIMITIVES, LINALG_PRIMITIVES } from "../../../autograd/linalg/primitives.ts";
import { applySeveral } from "../../../autograd/multi_primitive.ts";
import { MULTI_PRIMITIVES, PRIMITIVES } from "../../../autograd/ops/primitives.ts";
import { type AnyPrimitive, apply, type Sample } from "../../../autograd/primitive.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { DType } from "../../../blas/dtype.ts";
import { decodeOnnx, encodeOnnx } from "../../../layers/onnx/mod.ts";
import { ignore, runThere } from "./runtime.ts";

type Inputs = Readonly<Record<string, Tensor>>;

/** Without a form, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  reduceTensor: "it runs a function of the program",
  reduceTensorGradient: "it runs a function of the program",
};

function* random(): Generator<number, never> {
  for (let state = 4711;;) yield (state = (state * 48271) % 2147483647) / 2147483647;
}

function inputsOf({ inputs }: Sample<unknown>, dtype: DType): Inputs {
  const numbers = random();
  return Object.fromEntries(inputs.map(({ shape, min = -2, max = 2, whole }, k) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float64Array.from({ length: size }, () => {
      const x = min + numbers.next().value * (max - min);
      return whole ? Math.floor(x) : x;
    });
    return [`x${k}`, constant(values, { dtype, shape })];
  }));
}

const isNear = (x: number, y: number, scale: number): boolean =>
  Object.is(x, y) || x === y || Math.abs(x - y) <= 1e-5 * scale || (Number.isNaN(x) && Number.isNaN(y));

async function check(primitive: AnyPrimitive, sample: Sample<unknown>): Promise<void> {
  const inputs = inputsOf(sample, "float32");
  const f = (_: object, given: Inputs): Inputs => {
    const operands = Object.values(given);
    const results = "shapes" in primitive
      ? applySeveral(primitive, sample.attributes, operands)
      : [apply(primitive, sample.attributes, operands)];
    return Object.fromEntries(results.map((t, k) => [`y${k}`, t]));
  };
  const wanted = f({}, inputs), bytes = encodeOnnx(f, {}, inputs, { opset: 18 }), model = decodeOnnx(bytes);
  assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
  const same = (name: string, shape: readonly number[], values: readonly number[], who: string): void => {
    const right = toList(wanted[name]!), scale = Math.max(1, ...right.filter(Number.isFinite).map(Math.abs));
    assertEquals([...shape], [...wanted[name]!.shape], `${who}: ${name}`);
    right.forEach((x, k) =>
      assert(
        isNear(values[k]!, x, scale),
        `${who}: ${name}[${k}] is ${values[k]}, and must be ${x}: ${JSON.stringify(sample)}`,
      )
    );
  };
  const [back] = model.right.apply(model.right, inputs);
  for (const [name, t] of Object.entries(back)) same(name, t.shape, toList(t), "read back");
  const isEmpty = sample.inputs.some(({ shape }) => shape.includes(0));
  if (ignore || isEmpty) return;
  const data = Object.entries(inputs).map(([name, t]) =>
    [name, { type: "float32" as const, shape: t.shape, values: toList(t) }] as const
  );
  for (const { name, shape, values } of await runThere(bytes, Object.fromEntries(data))) {
    same(name, shape, values, "onnxruntime");
  }
}

const ALL: readonly AnyPrimitive[] = [
  ...PRIMITIVES,
  ...MULTI_PRIMITIVES,
  ...LINALG_PRIMITIVES,
  ...LINALG_MULTI_PRIMITIVES,
];

for (const primitive of ALL) {
  if (Object.hasOwn(WITHOUT, primitive.name)) continue;
  Deno.test(`${primitive.name} has a form in ONNX`, async () => {
    for (const sample of primitive.samples()) await check(primitive, sample);
  });
}
