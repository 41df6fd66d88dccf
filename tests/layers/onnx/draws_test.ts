/** Random numbers in graphs: layers/onnx/writing/draws.ts. */
import { assert, assertEquals } from "@std/assert";
import * as n from "../../../mod.ts";
import { decodeOnnx, encodeOnnx } from "../../../layers/onnx/mod.ts";
import { ignore, runThere } from "./runtime.ts";

type Tensors = Readonly<Record<string, n.Tensor>>;

const CASES: Readonly<Record<string, (k: n.Key) => Tensors>> = {
  "uniform numbers": (k) => ({
    single: n.randomUniform(k, [2, 3]),
    double: n.randomUniform(k, [4], { dtype: "float64", min: -1 }),
  }),
  "normal numbers": (k) => ({
    single: n.randomNormal(k, [5], { mean: 1, std: 2 }),
    double: n.randomNormal(k, [3], { dtype: "float64" }),
  }),
  "whole numbers": (k) => ({
    dice: n.randomInteger(k, [6], { min: 1, max: 7 }),
    large: n.randomInteger(k, [3], { max: 2 ** 31, dtype: "float64" }),
  }),
  "keys of keys": (k) => {
    const [a, b] = n.split(n.foldIn(k, 7), 2);
    return { a: n.randomUniform(a!, [2]), b: n.randomUniform(b!, [2]) };
  },
};

for (const [name, f] of Object.entries(CASES)) {
  for (const opset of [17, 18]) {
    Deno.test(`${name} in a graph of opset ${opset} are those of the library`, async () => {
      const k = n.key(42),
        wanted = f(k),
        bytes = encodeOnnx((_: object, { k }: { readonly k: n.Key }) => f(k), {}, { k }, { opset });
      const near = (name: string, values: readonly number[], who: string): void => {
        const right = n.toList(wanted[name]!);
        assertEquals(values.length, right.length);
        right.forEach((x, at) =>
          assert(
            Math.abs(x - values[at]!) <= 1e-5 * Math.max(1, Math.abs(x)),
            `${who}: ${name}[${at}] is ${values[at]}, and must be ${x}`,
          )
        );
      };
      const model = decodeOnnx(bytes), words = { type: "float64" as const, shape: [2], values: [0, 42] };
      assert(model._tag === "Right", model._tag === "Left" ? model.left.message : "");
      const run = (inputs: Tensors) => model.right.apply(model.right, inputs)[0],
        given = { k: n.tensor64(words.values) };
      const results = opset === 18 ? [run(given), n.compile(run)(given)] : [run(given)];
      for (const outputs of results) {
        for (const name of Object.keys(wanted)) near(name, n.toList(outputs[name]!), "read back");
      }
      if (ignore) return;
      for (const { name, values } of await runThere(bytes, { k: words })) near(name, values, "onnxruntime");
    });
  }
}
