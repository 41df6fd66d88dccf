import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { backward, gradientOf } from "../../autograd/backward.ts";
import { customOp } from "../../autograd/custom_op.ts";
import { constant, ones, tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { GraphCycleError } from "../../autograd/errors.ts";
import {
  add,
  concat,
  div,
  exp,
  matmul,
  mul,
  reshape,
  slice,
  sub,
  sum,
  tanh,
  transpose,
} from "../../autograd/ops/mod.ts";
import { toArray, toList, toNumber } from "../../autograd/values/read.ts";
import type { Node, Tensor } from "../../autograd/tensor.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";

const gradientList = (root: Tensor, leaf: Tensor): number[] => toList(backward(root).get(leaf)!);

Deno.test("add() sums both cotangents of a tensor used twice", () => {
  const x = tensor64([1, 2]);
  assertEquals(gradientList(add(x, x), x), [2, 2]);
  assertEquals(gradientList(mul(x, x), x), [2, 4]);
  assertEquals(gradientList(sub(x, x), x), [0, 0]);
  assertEquals(gradientList(sum(mul(add(x, 1), tanh(x))), x).length, 2);
  assertEquals(gradientList(concat([x, x, x]), x), [3, 3]);
});

Deno.test("backward() gives a gradient for every tracked leaf that the root depends on, and for nothing else", () => {
  const a = tensor64([1, 2]),
    b = tensor64([3, 4]),
    unused = tensor64([5, 6]),
    data = constant([7, 8], { dtype: "float64" });
  const between = mul(a, b), gradients = backward(sum(add(between, data)));
  assertEquals(new Set(gradients.keys()), new Set<Tensor>([a, b]));
  assertEquals([toList(gradients.get(a)!), toList(gradients.get(b)!)], [[3, 4], [1, 2]]);
  assertEquals([gradientOf(gradients, unused)._tag, gradientOf(gradients, between)._tag], ["None", "None"]);
  const found = gradientOf(gradients, a);
  assert(found._tag === "Some");
  assertEquals(toList(found.value), [3, 4]);
});

Deno.test("backward() returns constants: nothing is stored, and a second call gives the same", () => {
  const x = tensor64([1, 2]), root = sum(exp(x)), first = backward(root), second = backward(root);
  assertEquals(toList(first.get(x)!), toList(second.get(x)!));
  assertEquals([first.get(x)!.tag, x.tag], ["constant", "variable"]);
});

Deno.test("backward() of a root of any shape differentiates the sum of its elements, unless given a seed", () => {
  const x = tensor64([[1, 2], [3, 4]]), y = mul(x, x);
  assertEquals(toArray(backward(y).get(x)!), [[2, 4], [6, 8]]);
  assertEquals(toArray(backward(y, constant([[1, 0], [0, -1]], { dtype: "float64" })).get(x)!), [[2, 0], [0, -8]]);
  assertEquals(toArray(backward(x).get(x)!), [[1, 1], [1, 1]], "a leaf is its own root");
});

Deno.test("backward() of a constant returns no gradients", () => {
  assertEquals(backward(constant([1, 2])).size, 0);
  assertEquals(backward(sum(constant([1, 2]))).size, 0);
});

Deno.test("backward() returns zeros if the root depends on a leaf with slope 0 everywhere", () => {
  const x = tensor64([1, 2]);
  assertEquals(gradientList(mul(x, constant([0, 0], { dtype: "float64" })), x), [0, 0]);
  assertEquals(gradientList(sum(slice(x, 0, 0)), x), [0, 0]);
});

Deno.test("backward() gives constants, whatever the seed, and zeros of a leaf's own dtype where nothing depends on it", () => {
  const x = tensor64([1, 2]), slope = backward(mul(x, x), tensor64([3, 5])).get(x)!;
  assertEquals([toList(slope), slope.requiresGrad], [[6, 20], false]);
  const first = customOp({ name: "first", forward: (a: Tensor, _: Tensor) => a, vjp: (g) => [g, null] });
  const none = backward(first(tensor64([3, 4]), x)).get(x)!;
  assertEquals([none.dtype, toList(none)], ["float64", [0, 0]]);
});

Deno.test("backward() refuses a seed of another shape or dtype, and says which is wanted", () => {
  const x = tensor64([1, 2]);
  assertThrows(
    () => backward(x, ones([3], { dtype: "float64" })),
    ShapeError,
    "Cannot apply backward to root [2] and seed [3]: the seed must have the shape of the root; leave it out",
  );
  assertThrows(
    () => backward(x, ones([2]) as unknown as Tensor<"float64">),
    DTypeError,
    "Cannot apply backward to float64 and float32: the seed must have the dtype of the root; make the seed a float64",
  );
});

Deno.test("a gradient has the shape and dtype of its leaf, however that was broadcast", () => {
  for (const make of [tensor32, tensor64]) {
    const big = make([[1, 2, 3], [4, 5, 6]]), row = make([1, 2, 3]), column = make([[1], [2]]), scalar = make(2);
    const gradients = backward(div(mul(add(big, row), column), scalar));
    for (const leaf of [big, row, column, scalar]) {
      assertEquals([gradients.get(leaf)!.shape, gradients.get(leaf)!.dtype], [leaf.shape, leaf.dtype]);
    }
    assertEquals(toList(gradients.get(row)!), [1.5, 1.5, 1.5]);
    assertEquals(toNumber(gradients.get(scalar)!), -(2 + 4 + 6 + 2 * (5 + 7 + 9)) / 4);
  }
});

Deno.test("a chain of 100,000 additions differentiates without overflowing the stack", () => {
  const x = tensor64(1);
  let y: Tensor<"float64"> = x;
  for (let i = 0; i < 100_000; i++) y = add(y, x);
  assertEquals(toNumber(y), 100_001);
  assertEquals(gradientList(y, x), [100_001]);
});

Deno.test("a = a + a, 60 times, takes 60 steps and not 2^60", () => {
  const x = tensor64(1), start = performance.now();
  let y: Tensor<"float64"> = x;
  for (let i = 0; i < 60; i++) y = add(y, y);
  assertEquals(gradientList(y, x), [2 ** 60]);
  assertLess(performance.now() - start, 500);
});

Deno.test("backward() waits until a tensor has all its cotangents, whatever the order of use", () => {
  // y is used early and late; if its share were passed on early, exp would be visited twice or half of it lost.
  const x = tensor64(0.5), y = exp(x);
  let z: Tensor<"float64"> = y;
  for (let i = 0; i < 3; i++) z = mul(z, add(y, 1));
  const root = add(y, z), e = Math.exp(0.5);
  assertAlmostEquals(gradientList(root, x)[0]!, e * (1 + (e + 1) ** 3 + 3 * e * (e + 1) ** 2), 1e-12);
});

Deno.test("gradients flow through views to the elements they show", () => {
  const x = tensor64([[1, 2, 3], [4, 5, 6]]), w = constant([[1], [10], [100]], { dtype: "float64" });
  assertEquals(toArray(backward(matmul(slice(x, 1, 1), w)).get(x)!), [[0, 0, 0], [1, 10, 100]]);
  assertEquals(
    toArray(backward(mul(reshape(transpose(x), [6]), constant([1, 2, 3, 4, 5, 6], { dtype: "float64" }))).get(x)!),
    [[
      1,
      3,
      5,
    ], [2, 4, 6]],
  );
});

/** A malformed node: its inputs can still change. */
function handMade(like: Tensor): Node & { readonly inputs: Tensor[] } {
  assert(like.tag === "node");
  return { ...like, inputs: [...like.inputs] } as Node & { readonly inputs: Tensor[] };
}

Deno.test("backward() reports a cycle in a hand-made graph, and names the operations on it", () => {
  const x = tensor64([1, 2]), self = handMade(add(x, 1));
  self.inputs[0] = self;
  const loop = assertThrows(
    () => backward(self),
    GraphCycleError,
    "Cannot differentiate a graph with the cycle add -> add",
  );
  assertEquals(loop.operations, ["add"]);

  const first = handMade(exp(x)), second = tanh(first), third = mul(second, x);
  first.inputs[0] = third;
  const error = assertThrows(() => backward(sum(third)), GraphCycleError);
  // Each an input of the next: tanh reads exp, mul reads tanh, and exp reads mul.
  assertEquals(error.operations.length, 3);
  const turned = [0, 1, 2].map((k) => [...error.operations.slice(k), ...error.operations.slice(0, k)].join());
  assert(turned.includes("exp,tanh,mul"), error.message);
  assert(error.message.endsWith("build nodes from tensors that exist already"));
});

Deno.test("backward() reports a cycle that the root only leads to, and does not report a diamond", () => {
  const x = tensor64(1), a = handMade(exp(x)), b = handMade(add(a, x));
  a.inputs[0] = b;
  assertEquals(assertThrows(() => backward(mul(add(a, 1), 2)), GraphCycleError).operations.toSorted(), ["add", "exp"]);
  const y = exp(x), diamond = mul(add(y, 1), sub(y, 1));
  assertAlmostEquals(gradientList(diamond, x)[0]!, 2 * Math.exp(2), 1e-12);
});
