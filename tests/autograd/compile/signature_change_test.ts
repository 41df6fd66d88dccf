import { assertEquals, assertStringIncludes } from "@std/assert";
import { constant, key, ones, tensor64 } from "../../../autograd/mod.ts";
import { changeBetween, describeSignature } from "../../../autograd/compile/signature_change.ts";
import { signatureOfArguments } from "../../../autograd/compile/signature.ts";

const changed = (before: unknown, after: unknown): string =>
  changeBetween(signatureOfArguments([before]), signatureOfArguments([after])).cause;

const remedyOf = (before: unknown, after: unknown): string =>
  changeBetween(signatureOfArguments([before]), signatureOfArguments([after])).remedy;

Deno.test("changeBetween() names the first difference, values before shapes", () => {
  assertEquals(changed({ a: 1 }, { a: 2 }), "argument 0.a changes from the number 1 to the number 2");
  assertEquals(
    changed({ t: ones([2]), a: [0] }, { t: ones([3]), a: [-0] }),
    "argument 0.a.0 changes from the number 0 to the number -0",
  );
  assertEquals(changed({ t: ones([2]) }, { t: ones([3]) }), "argument 0.t changes from float32 [2] to float32 [3]");
  assertEquals(changed([1, 2], [1]), "argument 0.1 changes from the number 2 to undefined");
  assertEquals(changed({ a: 1 }, { a: 1, b: "x" }), 'argument 0.b changes from undefined to the text "x"');
  assertEquals(
    changed(tensor64(1), constant(1, { dtype: "float64" })),
    "argument 0 changes from a variable float64 [] to float64 []",
  );
  assertEquals(changed(key(1), 1), "argument 0 changes from a key to the number 1");
  assertEquals(changed(() => 1, () => 1), "argument 0 changes from a function without a name to another one");
});

Deno.test("fields in another order, and what is undefined, are changes of the structure and not of the engine", () => {
  assertEquals(changed({ a: 1, b: 2 }, { b: 2, a: 1 }), "argument 0 changes from a record of a, b to a record of b, a");
  assertEquals(changed({ a: 1 }, { a: 1, b: undefined }), "argument 0 changes from a record of a to a record of a, b");
  assertEquals(changed([1], [1, undefined]), "argument 0 changes from an array of 1 to an array of 2");
  const [one, two] = [[1], [1, undefined]].map(signatureOfArguments);
  assertEquals(changeBetween(one!, two!).cause, "the list of arguments changes from an array of 1 to an array of 2");
  assertStringIncludes(remedyOf({ a: 1, b: 2 }, { b: 2, a: 1 }), "with their fields in one order");
});

Deno.test("changeBetween() says that the engine changes where the arguments do not", () => {
  assertEquals(changed({ a: 1 }, { a: 1 }), "the engine in use changes");
  assertEquals(remedyOf({ a: 1 }, { a: 1 }), "set the engine once, before the first call");
});

Deno.test("the remedy is for what changes: shapes, numbers, functions, structures, what is left out", () => {
  const x = ones([2]);
  assertStringIncludes(remedyOf(x, ones([3])), "pad to a few shapes");
  assertStringIncludes(remedyOf(1, 2), "pass constant(x)");
  assertStringIncludes(remedyOf(() => 1, () => 1), "define it once");
  assertStringIncludes(remedyOf([x], { x }), "pass trees of one structure");
  assertStringIncludes(remedyOf(x, [x]), "pass trees of one structure");
  assertStringIncludes(remedyOf([x], [x, x]), "pass as many arguments, elements and fields in every call");
  assertStringIncludes(remedyOf("a", "b"), "compile one function for each");
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
