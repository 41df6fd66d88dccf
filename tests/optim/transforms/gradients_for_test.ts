import { assertEquals, assertThrows } from "@std/assert";
import { backward, DTypeError, sum, tensor32, tensor64, toList, zeros } from "../../../autograd/mod.ts";
import { checkParameters, gradientsFor, withLeaves } from "../../../optim/transforms/gradients_for.ts";

const params = { a: tensor64([1, 2]), b: tensor64(3) };

Deno.test("gradientsFor() lists gradients in the order of the parameters, without a graph", () => {
  const gradients = gradientsFor("adam", params, { b: tensor64(5), a: tensor64([6, 7]) });
  assertEquals(gradients.map((g) => [toList(g), g.requiresGrad]), [[[6, 7], false], [[5], false]]);
});

Deno.test("gradientsFor() takes the result of backward(), with 0 for a parameter without a gradient", () => {
  assertEquals(gradientsFor("adam", params, backward(sum(params.a))).map(toList), [[1, 1], [0]]);
  assertThrows(() => gradientsFor("adam", params, backward(sum(tensor64([1])))), TypeError, "of 1 other tensors");
});

Deno.test("gradientsFor() names the path of a gradient that does not fit", () => {
  const { a } = params;
  assertThrows(() => gradientsFor("adam", params, { a, b: null as never }), TypeError, 'step adam at "b": found null');
  assertThrows(() => gradientsFor("adam", params, { a, b: zeros([2]) }), TypeError, "a gradient of shape [2]");
  assertThrows(() => gradientsFor("adam", params, { a, b: tensor32(1) }), DTypeError, "the dtype of its parameter");
});

Deno.test("checkParameters() refuses leaves that are not tensors, and withLeaves() replaces leaves in order", () => {
  checkParameters("adam", params);
  assertThrows(() => checkParameters("adam", { a: 3 as never }), TypeError, 'with number at "a"');
  assertEquals(Object.values(withLeaves(params, [tensor64([8]), tensor64(9)])).map(toList), [[8], [9]]);
});
