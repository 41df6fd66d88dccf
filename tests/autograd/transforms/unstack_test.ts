import { assertEquals } from "@std/assert";
import {
  add,
  backward,
  constant,
  gradient,
  mul,
  square,
  stack,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
} from "../../../autograd/mod.ts";
import { unstack } from "../../../autograd/transforms/unstack.ts";

const t = tensor64([[1, 2, 3], [4, 5, 6]]);
const kinds = [t, constant([1, 2, 3, 4, 5, 6], { dtype: "float64", shape: [2, 3] })];

Deno.test("unstack() gives the slices along an axis, and stack() joins them again", () => {
  for (const x of kinds) assertEquals(toArray(stack(unstack(x, 1), 1)), toArray(t));
  assertEquals(unstack(t, 0).map(toList), [[1, 2, 3], [4, 5, 6]]);
  assertEquals(unstack(t, 1).map(toList), [[1, 4], [2, 5], [3, 6]]);
});

Deno.test("unstack() has one derivative for all slices, zeros where none is used, to any order", () => {
  const [, second] = unstack(t, 1);
  assertEquals(toArray(backward(sum(square(second!))).get(t)!), [[0, 4, 0], [0, 10, 0]]);
  const cubes = (x: Tensor) => unstack(x, 0).map((row) => sum(mul(row, square(row)))).reduce((a, b) => add(a, b));
  const twice = gradient((x: Tensor) => sum(gradient(cubes)(x)));
  assertEquals(toArray(twice(t)), [[6, 12, 18], [24, 30, 36]]);
});
