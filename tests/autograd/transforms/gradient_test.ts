import { assert, assertAlmostEquals, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { constant, ones, tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { insideTransform } from "../../../autograd/transforms/nesting.ts";
import {
  add,
  exp,
  matmul,
  mul,
  pow,
  reshape,
  sin,
  slice,
  square,
  stack,
  sub,
  sum,
  tanh,
} from "../../../autograd/ops/mod.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import { gradient, valueAndGradient } from "../../../autograd/transforms/gradient.ts";
import { ShapeError } from "../../../blas/errors.ts";

type T64 = Tensor<"float64">;

Deno.test("valueAndGradient() returns the value and a tree like the params, all detached", () => {
  const params = { layers: [{ weight: tensor64([[1, 2]]) }], bias: tensor64(3), unused: tensor64([1, 1]) };
  const loss = (p: typeof params, x: T64): T64 => sum(square(add(matmul(p.layers[0]!.weight, x), p.bias)));
  const { value, gradients } = valueAndGradient(loss)(params, constant([[1], [1]], { dtype: "float64" }));
  assertEquals([value.tag, value.shape, toNumber(value)], ["constant", [], 36]);
  assertEquals(toArray(gradients.layers[0]!.weight), [[12, 12]]);
  assertEquals([toNumber(gradients.bias), toList(gradients.unused)], [12, [0, 0]]);
  for (const t of [gradients.layers[0]!.weight, gradients.bias, gradients.unused]) assertEquals(t.tag, "constant");
});

Deno.test("gradient() does not ask whether its argument was tracked", () => {
  const f = (x: T64): T64 => sum(mul(x, x));
  const data = constant([1, 2], { dtype: "float64" });
  assertEquals(toList(gradient(f)(data)), [2, 4]);
  assertEquals(toList(gradient(f)(tensor64([1, 2]))), [2, 4]);
  assertEquals(toList(gradient(f)(mul(tensor64([1, 2]), 3) as T64)), [6, 12]);
});

Deno.test("gradient() differentiates only the first argument", () => {
  const x = tensor64([1, 2]), w = tensor64([3, 4]), closedOver = tensor64([5, 6]);
  const { value, gradients } = valueAndGradient((p: T64, data: T64) => sum(mul(mul(p, data), closedOver)))(x, w);
  assertEquals([toList(gradients), value.tag], [[15, 24], "constant"]);
  // Tracked as they were, the data and what was closed over have gradients through backward, and none here.
  assert(w.requiresGrad && closedOver.requiresGrad);
});

Deno.test("gradient() of a function that does not use its argument is zero, also where it returns a constant", () => {
  const x = tensor64([1, 2]), other = tensor64(3);
  assertEquals(toList(gradient((_: T64) => constant(1, { dtype: "float64" }))(x)), [0, 0]);
  assertEquals(toList(gradient((_: T64) => mul(other, other))(x)), [0, 0]);
});

Deno.test("gradient() of the argument itself is one", () => {
  assertEquals(toNumber(gradient((x: T64) => x)(tensor64(5))), 1);
});

Deno.test("one tensor in two places of the tree gets a gradient in each", () => {
  const x = tensor64(3);
  const { a, b } = gradient((p: { readonly a: T64; readonly b: T64 }) => mul(p.a, square(p.b)))({ a: x, b: x });
  assertEquals([toNumber(a), toNumber(b)], [9, 18]);
});

Deno.test("gradient() of gradient() is the second derivative, and so on", () => {
  const cube = (x: T64): T64 => pow(x, 3), x = tensor64(2);
  assertEquals(toNumber(gradient(gradient(cube))(x)), 12);
  assertEquals(toNumber(gradient(gradient(gradient(cube)))(x)), 6);
  assertEquals(toNumber(gradient(gradient(gradient(gradient(cube))))(x)), 0);
  fc.assert(fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (at) => {
    assertAlmostEquals(toNumber(gradient(gradient(gradient((v: T64) => sin(v))))(tensor64(at))), -Math.cos(at), 1e-12);
    const waves = gradient(gradient((v: T64) => exp(mul(v, 2))));
    assertAlmostEquals(toNumber(waves(tensor64(at))), 4 * Math.exp(2 * at), 1e-11);
  }));
});

Deno.test("gradient() inside gradient() may close over the params of the outer one", () => {
  // d/dx (x * d/dy (x * y^2)) = d/dx (2 x^2 y) = 4 x y.
  const f = (x: T64): T64 => mul(x, gradient((y: T64) => mul(x, square(y)))(tensor64(3)));
  assertEquals(toNumber(gradient(f)(tensor64(5))), 60);
  // d/dx d/dy (x y) at y = x: the inner derivative is x, of slope 1, not 2 x.
  const mixed = (x: T64): T64 => gradient((y: T64) => mul(x, y))(x);
  assertEquals(toNumber(gradient(mixed)(tensor64(7))), 1);
});

Deno.test("gradient() inside gradient() tells its own variable from the outer one: no perturbation confusion", () => {
  // d/dx (x * d/dy (x + y)) = 1: the example of Siskind and Pearlmutter, Perturbation Confusion, 2005.
  const f = (x: T64): T64 => mul(x, gradient((y: T64) => add(x, y))(tensor64(1)));
  assertEquals(toNumber(gradient(f)(tensor64(1))), 1);
});

Deno.test("three levels close over each other", () => {
  // z -> d/dx d/dy (x^2 y^2 z) at x = y = z is 4 x y z = 4 z^3, of slope 12 z^2, with x and y as values of z.
  const f = (z: T64): T64 => gradient((x: T64) => gradient((y: T64) => mul(mul(square(x), square(y)), z))(z))(z);
  assertAlmostEquals(toNumber(gradient(f)(tensor64(2))), 48, 1e-12);
});

Deno.test("the rows of a Hessian come from gradients of single slopes", () => {
  const f = (x: T64): T64 => add(mul(square(slice(x, 0, 1)), slice(x, 1, 1)), sin(slice(x, 1, 1)));
  const scalar = (x: T64): T64 => sum(f(x)), at = tensor64([3, 0.5]);
  const hessian = stack([0, 1].map((k) => gradient((x: T64) => reshape(slice(gradient(scalar)(x), k, 1), []))(at)));
  assertEquals(toArray(hessian), [[1, 6], [6, -Math.sin(0.5)]]);
});

Deno.test("the results of the outermost transform are detached, those of an inner one are not", () => {
  const tags: string[] = [];
  const outer = (x: T64): T64 => {
    const inner = valueAndGradient((y: T64) => sum(mul(y, y)))(x);
    tags.push(inner.value.tag, inner.gradients.tag);
    return sum(inner.gradients);
  };
  const answer = valueAndGradient(outer)(tensor64([1, 2]));
  assertEquals(tags, ["node", "node"]);
  assertEquals([answer.value.tag, answer.gradients.tag, toList(answer.gradients)], ["constant", "constant", [2, 2]]);
});

Deno.test("hasAux passes on what is returned beside the loss, with its tensors detached", () => {
  const f = (
    x: T64,
    label: string,
  ): readonly [T64, { readonly prediction: T64; readonly label: string; readonly x: T64 }] => {
    const prediction = tanh(x);
    return [sum(prediction), { prediction, label, x }];
  };
  const { value, gradients, aux } = valueAndGradient(f, { hasAux: true })(tensor64([0, 1]), "cat");
  assertAlmostEquals(toNumber(value), Math.tanh(1), 1e-15);
  assertEquals([aux.label, aux.prediction.tag, toList(aux.prediction), aux.x.tag], [
    "cat",
    "constant",
    [0, Math.tanh(1)],
    "constant",
  ]);
  assertAlmostEquals(toList(gradients)[1]!, 1 - Math.tanh(1) ** 2, 1e-15);
});

Deno.test("aux of an inner transform can be differentiated by the outer one", () => {
  const outer = (x: T64): T64 =>
    valueAndGradient((y: T64) => [sum(y), square(y)] as const, { hasAux: true })(x).aux as T64;
  assertEquals(toNumber(gradient(outer)(tensor64(3))), 6);
});

Deno.test("backward() inside gradient() can be differentiated too", () => {
  const slope = (x: T64): T64 => sum(backward(pow(x, 3)).get(x)!) as T64;
  // x is a leaf only where nothing outside tracks it; here its lifted copy is one.
  assertEquals(toNumber(gradient(slope)(tensor64(2))), 12);
});

Deno.test("a transform has no lasting effect when its function throws", () => {
  const failing = gradient((_: T64): T64 => {
    throw new RangeError("no loss today");
  });
  assertThrows(() => failing(tensor64(1)), RangeError, "no loss today");
  assert(!insideTransform());
  assertEquals(gradient((x: T64) => square(x))(tensor64(1)).tag, "constant");
});

Deno.test("a transformed function is pure: the same arguments give the same answers, and stay as they are", () => {
  const params = [tensor32([1, 2]), tensor32([3, 4])] as const;
  const f = valueAndGradient(([a, b]: typeof params) => sum(mul(exp(a), b)));
  const [first, second] = [f(params), f(params)];
  assertEquals(first.gradients.map(toList), second.gradients.map(toList));
  assertEquals(params.map(toList), [[1, 2], [3, 4]]);
});

Deno.test("valueAndGradient() refuses a loss that is not a 0-d tensor, and says what to do", () => {
  const x = tensor64([1, 2]), untyped = (f: (x: T64) => unknown) => gradient(f as (x: T64) => T64);
  assertThrows(
    () => gradient((v: T64) => mul(v, v))(x),
    ShapeError,
    "Cannot apply gradient to loss [2]: a loss must be a single number, of shape []; reduce it with",
  );
  assertThrows(
    () => untyped(() => 3)(x),
    TypeError,
    "Cannot differentiate a function that returned 3: it must",
  );
  assertThrows(() => untyped((v) => [sum(v), v])(x), TypeError, "or [loss, aux] with { hasAux: true }");
  assertThrows(() => untyped(() => undefined)(x), TypeError, "returned undefined");
  assertThrows(() => untyped((v) => Promise.resolve(sum(v)))(x), TypeError, "it must return a 0-d tensor");
});

Deno.test("with hasAux, valueAndGradient() refuses what is not a pair of a loss and something, and says what it needs", () => {
  const refused = (returned: unknown, shown: string): void => {
    // Untyped code may return anything.
    const f = valueAndGradient((_: T64) => returned as readonly [T64, unknown], { hasAux: true });
    const text = `Cannot differentiate a function that returned ${shown}: it must return a 0-d tensor, or [loss, aux]`;
    assertThrows(() => f(tensor64([1])), TypeError, text);
  };
  refused(tensor64(1), "a float64 tensor []");
  refused({ loss: tensor64(1) }, "a record of loss");
  refused(undefined, "undefined");
  refused(3, "3");
  refused([], "an array of 0");
  refused([3, tensor64(1)], "an array of 2");
});

Deno.test("gradient() refuses params that are not tensors, and says how to pass numbers", () => {
  const f = gradient((x: T64) => sum(x));
  for (const [bad, shown] of [[3, "3"], ["x", '"x"'], [undefined, "undefined"], [null, "null"]]) {
    assertThrows(
      () => f(bad as unknown as T64),
      TypeError,
      `Cannot differentiate with respect to ${shown}: the first argument must be a tensor or a tree of tensors`,
    );
  }
});

Deno.test("gradient() of an empty tree is an empty tree", () => {
  const { value, gradients } = valueAndGradient((_: readonly []) => ones([]))([] as const);
  assertEquals([toNumber(value), gradients.length], [1, 0]);
});

Deno.test("gradient() agrees with backward()", () => {
  const w = tensor64([[1, 2], [3, 4]]), x = constant([5, 6], { dtype: "float64" });
  const loss = (weight: T64): T64 => sum(square(sub(matmul(weight, x), 1)));
  assertEquals(toArray(gradient(loss)(w)), toArray(backward(loss(w)).get(w)!));
  assertStrictEquals(isTensor(gradient(loss)(w)), true);
});
