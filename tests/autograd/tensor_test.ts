import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { backward } from "../../autograd/backward.ts";
import { constant, tensor32, tensor64, zeros } from "../../autograd/values/constructors.ts";
import { add, mul, sum } from "../../autograd/ops/mod.ts";
import { toList } from "../../autograd/values/read.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, isTensor32, isTensor64, variableOf } from "../../autograd/tensor.ts";

Deno.test("a node is made only if an operand is tracked", () => {
  const data = constant([1, 2]), weight = tensor32([3, 4]);
  assertEquals(add(data, data).tag, "constant");
  const node = mul(data, weight);
  assert(node.tag === "node");
  assertEquals([node.requiresGrad, node.primitive.name], [true, "mul"]);
  assertEquals(node.inputs.map((input) => input === data || input === weight), [true, true]);
});

Deno.test("tensors cannot be changed", () => {
  for (const t of [constant([1]), tensor32([1]), add(tensor32([1]), 1)]) {
    assert(Object.isFrozen(t));
    if (t.tag === "node") assert(Object.isFrozen(t.inputs));
  }
});

Deno.test("isTensor() and its kin know tensors from everything else", () => {
  const t32 = tensor32([1]), t64 = tensor64([1]);
  assert([t32, t64, constant(1), zeros([0]), add(t32, 1)].every(isTensor));
  assertEquals([t32, t64, constant(1)].map(isTensor32), [true, false, true]);
  assertEquals([t32, t64, constant(1)].map(isTensor64), [false, true, false]);
  for (const other of [undefined, null, 3, "t", [], {}, new Float32Array(2), t32.view, { tag: "constant" }]) {
    assert(!isTensor(other) && !isTensor32(other) && !isTensor64(other));
  }
});

Deno.test("stopGradient() keeps the values and drops the history", () => {
  const x = tensor64([2, 3]), y = mul(x, x), stopped = stopGradient(y);
  assertEquals([stopped.tag, toList(stopped)], ["constant", [4, 9]]);
  assertEquals(toList(backward(sum(mul(x, stopGradient(x)))).get(x)!), [2, 3]);
  assertEquals(backward(sum(stopped)).size, 0);
  assertStrictEquals(stopGradient(stopped), stopped);
});

Deno.test("two variables of one view are two leaves", () => {
  const x = tensor64([1, 2]), other = variableOf<"float64">(x.view);
  assertNotStrictEquals<unknown>(x, other);
  const gradients = backward(sum(mul(x, mul(other, other))));
  assertEquals([toList(gradients.get(x)!), toList(gradients.get(other)!)], [[1, 4], [2, 8]]);
});
