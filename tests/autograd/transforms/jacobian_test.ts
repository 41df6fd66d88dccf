import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  exp,
  gradient,
  hessian,
  jacobian,
  jvp,
  matmul,
  mul,
  pow,
  product,
  reshape,
  scale,
  ShapeError,
  sin,
  slice,
  softmax,
  square,
  sum,
  tanh,
  type Tensor,
  tensor64,
  toArray,
  toList,
  toNumber,
  transpose,
  zeros,
} from "../../../autograd/mod.ts";

type T64 = Tensor<"float64">;

const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }).map((xs) =>
  tensor64(xs)
);
const basis = (k: number): T64 => tensor64([0, 1, 2].map((i) => i === k ? 1 : 0));

Deno.test("jacobian() agrees with central differences", () => {
  const f = (x: T64): T64 => mul(softmax(x), exp(sum(sin(x)))), h = 1e-6;
  fc.assert(fc.property(vector, (x) => {
    const matrix = toArray(jacobian(f)(x)) as number[][];
    for (const k of [0, 1, 2]) {
      const at = (step: number) => toList(f(add(x, scale(basis(k), step)))), below = at(-h);
      at(h).forEach((above, i) => assertAlmostEquals(matrix[i]![k]!, (above - below[i]!) / (2 * h), 1e-7));
    }
  }));
});

Deno.test("hessian() agrees with central differences of the gradient, and is symmetric", () => {
  const f = (x: T64): T64 => sum(mul(tanh(x), exp(product(x)))), h = 1e-6;
  fc.assert(fc.property(vector, (x) => {
    const matrix = hessian(f)(x), rows = toArray(matrix) as number[][];
    toList(matrix).forEach((value, i) => assertAlmostEquals(value, toList(transpose(matrix))[i]!, 1e-12));
    for (const k of [0, 1, 2]) {
      const at = (step: number) => toList(gradient(f)(add(x, scale(basis(k), step)))), below = at(-h);
      at(h).forEach((above, i) => assertAlmostEquals(rows[i]![k]!, (above - below[i]!) / (2 * h), 1e-6));
    }
  }));
});

Deno.test("the axes of the result come first, then those of the parameters", () => {
  const weight = tensor64([[1, 2], [3, 4], [5, 6]]), x = tensor64([7, 8]);
  const full = jacobian((w: T64) => matmul(w, x))(weight);
  assertEquals(full.shape, [3, 3, 2]);
  assertEquals(toArray(full), [
    [[7, 8], [0, 0], [0, 0]],
    [[0, 0], [7, 8], [0, 0]],
    [[0, 0], [0, 0], [7, 8]],
  ]);
  assertEquals(jacobian((t: T64) => sum(t))(weight).shape, [3, 2]);
  assertEquals(jacobian((t: T64) => mul(t, x))(tensor64(2)).shape, [2]);
});

Deno.test("further arguments are passed on and not differentiated", () => {
  assertEquals(toArray(jacobian((x: T64, factor: number) => scale(x, factor))(tensor64([1, 2]), 3)), [[3, 0], [0, 3]]);
});

Deno.test("trees of parameters and of results give trees", () => {
  const f = ({ a, b }: { a: T64; b: T64 }) => ({ product: mul(a, b), both: [sum(a), b] as const });
  const all = jacobian(f)({ a: tensor64([1, 2]), b: tensor64([3, 4]) });
  assertEquals(toArray(all.product.a), [[3, 0], [0, 4]]);
  assertEquals(toArray(all.both[0].a), [1, 1]);
  assertEquals(toArray(all.both[0].b), [0, 0]);
  assertEquals(toArray(all.both[1].b), [[1, 0], [0, 1]]);
  const second = hessian(({ a, b }: { a: T64; b: T64 }) => sum(mul(square(a), b)))({
    a: tensor64([1, 2]),
    b: tensor64([3, 4]),
  });
  assertEquals([second.a.a, second.a.b, second.b.a, second.b.b].map(toArray), [
    [[6, 0], [0, 8]],
    [[2, 0], [0, 4]],
    [[2, 0], [0, 4]],
    [[0, 0], [0, 0]],
  ]);
});

Deno.test("arguments that do not influence the result, and empty tensors", () => {
  assertEquals(toArray(jacobian((_: T64): T64 => tensor64([1, 2]))(tensor64([3]))), [[0], [0]]);
  assertEquals(jacobian((x: T64) => slice(x, 0, 0))(tensor64([3, 4])).shape, [0, 2]);
  assertEquals(jacobian((x: T64) => x)(zeros([0], { dtype: "float64" })).shape, [0, 0]);
});

Deno.test("they nest to any depth", () => {
  const third = jacobian(jacobian(jacobian((x: T64) => pow(x, 4))));
  assertEquals(toNumber(third(tensor64(2))), 48);
  assertEquals(toNumber(gradient((x: T64) => sum(hessian((y: T64) => sum(pow(y, 3)))(x)))(tensor64([5]))), 6);
  const x = tensor64([1, 2, 3]), v = tensor64([1, 0, -1]), f = (t: T64) => sum(mul(t, exp(t)));
  const product = toList(matmul(hessian(f)(x), v));
  toList(jvp(gradient(f), [x], [v]).tangent).forEach((value, i) => assertAlmostEquals(value, product[i]!, 1e-12));
});

Deno.test("the results are detached", () => {
  assertEquals(jacobian((x: T64) => square(x))(tensor64([1])).tag, "constant");
  assertEquals(hessian((x: T64) => sum(square(x)))(tensor64([1])).tag, "constant");
});

Deno.test("they say what the function must return", () => {
  assertThrows(
    () => jacobian(() => [1] as unknown as Tensor)(tensor64(1)),
    TypeError,
    'Cannot apply jacobian to a function that returned 1 at "0": it must return a tensor or a tree of tensors',
  );
  assertThrows(() => hessian((x: T64) => x)(tensor64([1])), ShapeError, "a loss must be a single number");
});

Deno.test("jacobian() of more rows than are computed at once puts their blocks below each other", () => {
  const f = (x: T64): T64 => mul(matmul(reshape(x, [150, 1]), reshape(slice(x, 0, 2), [1, 2])), 2), n = 150;
  const x = tensor64(Array.from({ length: n }, (_, i) => i % 7 - 3)), rows = jacobian(f)(x);
  assertEquals(rows.shape, [n, 2, n]);
  const values = toList(rows), start = toList(x);
  // The derivative of 2 x[i] x[j] with respect to x[k].
  for (const [i, j, k] of [[0, 0, 0], [3, 1, 3], [3, 1, 1], [140, 0, 140], [149, 1, 1], [149, 1, 7]] as const) {
    const wanted = 2 * ((k === i ? start[j]! : 0) + (k === j ? start[i]! : 0));
    assertAlmostEquals(values[(i * 2 + j) * n + k]!, wanted, 1e-12);
  }
});
