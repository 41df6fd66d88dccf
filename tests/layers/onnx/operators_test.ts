/**
 * Every operator against onnxruntime: one node with random inputs, plain and compiled. These files are tested here:
 *
 * - layers/onnx/operators/activation.ts
 * - layers/onnx/operators/arithmetic.ts
 * - layers/onnx/operators/attention.ts
 * - layers/onnx/operators/bitwise.ts
 * - layers/onnx/operators/comparison.ts
 * - layers/onnx/operators/constant.ts
 * - layers/onnx/operators/control.ts
 * - layers/onnx/operators/convolution.ts
 * - layers/onnx/operators/detection.ts
 * - layers/onnx/operators/elementary.ts
 * - layers/onnx/operators/gapped_windows.ts
 * - layers/onnx/operators/gathering.ts
 * - layers/onnx/operators/images.ts
 * - layers/onnx/operators/loss.ts
 * - layers/onnx/operators/normalization.ts
 * - layers/onnx/operators/pooling.ts
 * - layers/onnx/operators/product.ts
 * - layers/onnx/operators/quantization.ts
 * - layers/onnx/operators/recurrent.ts
 * - layers/onnx/operators/recurrent_cells.ts
 * - layers/onnx/operators/reduction.ts
 * - layers/onnx/operators/resize_taps.ts
 * - layers/onnx/operators/resizing.ts
 * - layers/onnx/operators/shape.ts
 * - layers/onnx/operators/signal.ts
 * - layers/onnx/operators/slicing.ts
 * - layers/onnx/operators/windows.ts
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { compile } from "../../../autograd/compile/compile.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { decodeOnnx } from "../../../layers/onnx/mod.ts";
import { OPERATORS } from "../../../layers/onnx/operators/mod.ts";
import { type Data, nodeFile } from "./build.ts";
import type { Case } from "./cases/case.ts";
import { ELEMENT_CASES } from "./cases/elements.ts";
import { FURTHER_CASES } from "./cases/further.ts";
import { IMAGE_CASES } from "./cases/images.ts";
import { NETWORK_CASES } from "./cases/networks.ts";
import { SHAPE_CASES } from "./cases/shapes.ts";
import { ignore, runThere } from "./runtime.ts";

const CASES: readonly Case[] = [...ELEMENT_CASES, ...SHAPE_CASES, ...NETWORK_CASES, ...IMAGE_CASES, ...FURTHER_CASES];

const tensorOf = ({ type, shape, values }: Data): Tensor =>
  constant(Float64Array.from(values), { dtype: type === "float32" ? "float32" : "float64", shape });

/** Operators whose operands must be known, so that a compiled function cannot have them as arguments. */
const HOST = new Set(["NonZero", "Range", "ConstantOfShape", "NonMaxSuppression", "Unique"]);

async function check(own: Case): Promise<void> {
  const { operator, inputs, settings } = own, bytes = nodeFile(operator, inputs, settings, own);
  const given = Object.fromEntries(
    inputs.flatMap((data, k) => data === null || own.known.includes(k) ? [] : [[`x${k}`, data] as const]),
  );
  const wanted = await runThere(bytes, given), decoded = decodeOnnx(bytes);
  assert(decoded._tag === "Right", decoded._tag === "Left" ? decoded.left.message : "");
  const model = decoded.right,
    tensors = Object.fromEntries(Object.entries(given).map(([name, data]) => [name, tensorOf(data)]));
  const run = (x: Readonly<Record<string, Tensor>>) => model.apply(model, x)[0];
  const results = HOST.has(operator) ? [run(tensors)] : [run(tensors), compile(run)(tensors)];
  for (const outputs of results) {
    for (const { name, shape, values } of wanted) {
      const found = outputs[name]!, elements = toList(found);
      assertEquals([...found.shape], shape);
      const scale = Math.max(1, ...values.filter(Number.isFinite).map(Math.abs));
      elements.forEach((element, k) => {
        const isNear = Object.is(element, values[k]) || element === values[k] ||
          Math.abs(element - values[k]!) <= 2e-5 * scale;
        assert(isNear, `${name}[${k}] is ${element}, and must be ${values[k]}: ${JSON.stringify(settings)}`);
      });
    }
  }
}

for (const name of [...new Set(CASES.map(({ operator }) => operator))]) {
  Deno.test(`${name} computes what onnxruntime computes`, { ignore }, async () => {
    for (const own of CASES) if (own.operator === name) await check(own);
  });
}

/** Operators that are tested elsewhere, or that onnxruntime lacks. */
const ELSEWHERE = ["CastLike", "Constant", "CumProd", "If", "Loop", "RMSNormalization", "Scan", "Swish"];

Deno.test("every operator is compared, or tested elsewhere", () => {
  const compared = new Set([...CASES.map(({ operator }) => operator), ...ELSEWHERE]);
  assertEquals(Object.keys(OPERATORS).filter((name) => !compared.has(name)), []);
});

Deno.test({
  name: "docs/models.md lists the operators that exist, and no others",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const text = Deno.readTextFileSync(new URL("../../../docs/models.md", import.meta.url)).split("## Operators")[1]!;
    const listed = text.split("\n").filter((line) => line.startsWith("|")).slice(2)
      .flatMap((line) => line.split("|")[2]!.split(",").map((name) => name.trim()));
    assertEquals(listed.toSorted(), Object.keys(OPERATORS).toSorted());
  },
});
