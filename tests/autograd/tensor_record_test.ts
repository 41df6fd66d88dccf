import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  broadcastTo,
  compile,
  constant,
  cumsum,
  isTensor,
  sum,
  tensor64,
  toList,
  transpose,
} from "../../autograd/mod.ts";
import { isAbstract } from "../../autograd/abstract_view.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isOperand } from "../../autograd/tensor.ts";
import { innerAttributes, innerShape, innerView } from "../../autograd/tensor_record.ts";

Deno.test("the view that everybody sees is frozen, the same each time, and shows what the inner one shows", () => {
  const matrix = tensor64([[1, 2, 3], [4, 5, 6]]);
  for (const t of [matrix, transpose(matrix), broadcastTo(matrix, [2, 2, 3]), constant(3), constant([])]) {
    const { view } = t, inner = innerView(t);
    assertStrictEquals(view, t.view);
    assertNotStrictEquals(view, inner);
    assert([view, view.shape, view.stride].every(Object.isFrozen));
    assertEquals([view.dtype, view.size, [...view.shape], [...view.stride]], [
      inner.dtype,
      inner.size,
      [...inner.shape],
      [...inner.stride],
    ]);
    if (inner.size > 0) assertEquals(view.data[view.offset], inner.data[inner.offset]);
  }
});

Deno.test("tensors of one inner view show one view", () => {
  const x = tensor64([1, 2]);
  assertStrictEquals(stopGradient(x).view, x.view);
});

Deno.test("the shape of a tensor is frozen, the same each time, and that of the inner view", () => {
  const t = add(tensor64([[1, 2]]), 1);
  assertStrictEquals(t.shape, t.shape);
  assert(Object.isFrozen(t.shape));
  assertEquals(t.shape, innerShape(t));
});

Deno.test("tensors are tensors through a proxy; nodes made of them by hand, which lack a shape, are only operands", () => {
  const t = add(tensor64([1, 2]), 1), proxy = new Proxy(t, {}), record = { ...t };
  assert(isTensor(proxy) && !isTensor(record));
  assertEquals([proxy.shape, proxy.view.size, toList(proxy)], [[2], 2, [2, 3]]);
  assertEquals([isOperand(record), isOperand(proxy), isOperand({})], [true, true, false]);
  assertEquals(toList(add(record, 1)), [3, 4]);
  assertThrows(() => toList(record), TypeError, "it must be a tensor");
});

Deno.test("the view of a tensor without elements says so, and cannot be changed either", () => {
  let seen = 0;
  compile((x: ReturnType<typeof tensor64>) => {
    if (isAbstract(x.view)) seen++;
    assert([x.view, x.view.shape, x.view.stride].every(Object.isFrozen));
    return add(x, 1);
  })(tensor64([1, 2]));
  assertEquals(seen, 1);
});

Deno.test("the settings of a node are frozen for whoever asks for them, and still serve its gradient", () => {
  const x = tensor64([[1, 2], [3, 4]]), nodes = [sum(x, { axes: [0] }), transpose(x), cumsum(x, 1)];
  for (const node of nodes) {
    assert(node.tag === "node");
    const { attributes } = node;
    assert(Object.isFrozen(attributes) && Object.values(attributes as object).every(Object.isFrozen));
    assertStrictEquals(innerAttributes(node), attributes);
    assertEquals(backward(node).get(x)!.shape, [2, 2]);
  }
});
