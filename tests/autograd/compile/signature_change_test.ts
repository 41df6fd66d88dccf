import { assertEquals } from "@std/assert";
import { constant, key, ones, tensor64 } from "../../../autograd/mod.ts";
import { changeBetween, describeSignature } from "../../../autograd/compile/signature_change.ts";
import { signatureOfArguments } from "../../../autograd/compile/signature.ts";

const changed = (before: unknown, after: unknown): readonly [path: string, change: string] => {
  const { path, change } = changeBetween(signatureOfArguments([before]), signatureOfArguments([after]));
  return [path, change];
};

Deno.test("changeBetween() names the first difference, values before shapes", () => {
  assertEquals(changed({ a: 1 }, { a: 2 }), ["0.a", "the number 1, then the number 2"]);
  assertEquals(changed({ t: ones([2]), a: [0] }, { t: ones([3]), a: [-0] }), [
    "0.a.0",
    "the number 0, then the number -0",
  ]);
  assertEquals(changed({ t: ones([2]) }, { t: ones([3]) }), ["0.t", "float32 [2], then float32 [3]"]);
  assertEquals(changed([1, 2], [1]), ["0.1", "the number 2, then undefined"]);
  assertEquals(changed({ a: 1 }, { a: 1, b: "x" }), ["0.b", 'undefined, then the text "x"']);
  assertEquals(changed(tensor64(1), constant(1, { dtype: "float64" })), [
    "0",
    "a variable float64 [], then float64 []",
  ]);
  assertEquals(changed(key(1), 1), ["0", "a key, then the number 1"]);
  assertEquals(changed({ a: 1 }, { a: 1 })[1], "another engine");
});

Deno.test("describeSignature() keeps long texts short, and names functions", () => {
  const words = (value: unknown): string => describeSignature({ kind: "static", value });
  assertEquals(words("a".repeat(50)), `the text "${"a".repeat(40)}…"`);
  assertEquals([words(Math.sin), words(true), words(null), words(3n)], [
    "the function sin",
    "true",
    "null",
    "the bigint 3",
  ]);
});
