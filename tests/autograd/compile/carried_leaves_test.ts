import { assertEquals, assertThrows } from "@std/assert";
import { constant, tensor64 } from "../../../autograd/mod.ts";
import { argumentsOfStep, carriedLeaves } from "../../../autograd/compile/carried_leaves.ts";
import { dataOf, signatureOfArguments } from "../../../autograd/compile/signature.ts";

const x = constant([1, 2]), y = constant(3);

Deno.test("carriedLeaves() pairs fields by name, whatever their order", () => {
  const args = signatureOfArguments([{ a: x, b: y }, x]), result = signatureOfArguments([{ b: y, a: x }, x]);
  assertEquals(carriedLeaves(args, result), [[0, 1], [1, 0]]);
});

Deno.test("carriedLeaves() names the path at which the carries differ", () => {
  const args = signatureOfArguments([{ a: x, n: 1 }, x]);
  const refused: readonly (readonly [unknown, string])[] = [
    [{ a: y, n: 1 }, 'float32 [] at "a" of the carry'],
    [{ a: constant([1, 2], { dtype: "float64" }), n: 1 }, 'float64 [2] at "a" of the carry'],
    [{ a: x }, 'nothing at "n" of the carry'],
    [{ a: x, n: 2 }, "carry a tensor where it counts"],
    [[x], "as its carry"],
  ];
  for (const [carry, reason] of refused) {
    assertThrows(() => carriedLeaves(args, signatureOfArguments([carry, x])), TypeError, reason);
  }
});

Deno.test("argumentsOfStep() accepts constants for variables that come back as constants", () => {
  const args = signatureOfArguments([tensor64(1), tensor64(2)]),
    result = signatureOfArguments([constant(1, { dtype: "float64" }), y]);
  const leaves = dataOf(argumentsOfStep(args, result, carriedLeaves(args, result)));
  assertEquals(leaves.map((leaf) => leaf.kind === "tensor" && leaf.orConstant === true), [true, false]);
});
