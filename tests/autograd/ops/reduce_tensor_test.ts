import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  backward,
  gradient,
  jvp,
  max,
  reduceTensor,
  scale,
  ShapeError,
  square,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

const largest = (t: Tensor): Tensor =>
  reduceTensor(t, Math.max, { computeGradient: (g, _, value, all) => value === Math.max(...all) ? g : 0 });

Deno.test("reduceTensor() folds from the first element, in order", () => {
  const seen: (readonly [number, number])[] = [];
  const last = reduceTensor(tensor64([[1, 2], [3, 4]]), (element, accumulator) => {
    seen.push([element, accumulator]);
    return element;
  });
  assertEquals(seen, [[2, 1], [3, 2], [4, 3]]);
  assertEquals([last.shape.length, toNumber(last)], [0, 4]);
  assertEquals(toNumber(reduceTensor(tensor64(5), () => NaN)), 5, "one element needs no reducer");
});

Deno.test("without computeGradient every element gets the gradient of the result", () => {
  const x = tensor64([[2, 3], [4, 5]]);
  const product = reduceTensor(x, (element, accumulator) => element * accumulator);
  assertEquals(toNumber(product), 120);
  assertEquals(toList(backward(scale(product, 7)).get(x)!), [7, 7, 7, 7]);
});

Deno.test("computeGradient is told the gradient of the result, and each element's place, value and all values", () => {
  const calls: unknown[] = [], x = tensor32([[5], [6]]);
  const y = reduceTensor(x, Math.max, { computeGradient: (...args) => (calls.push(args), args[1] + 0.5) });
  assertEquals(toList(backward(scale(y, 3)).get(x)!), [0.5, 1.5]);
  assertEquals(calls, [[3, 0, 5, [5, 6]], [3, 1, 6, [5, 6]]]);
});

Deno.test("the manual's maximum agrees with max() where no elements tie", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.integer(), { minLength: 1 }), (xs) => {
    const x = tensor64(xs);
    assertEquals(toNumber(largest(x)), toNumber(max(x)));
    assertEquals(toList(gradient((t: Tensor) => largest(t))(x)), toList(gradient((t: Tensor) => max(t))(x)));
  }));
});

Deno.test("gradients by computeGradient are linear in that of the result: what builds on it, and jvp, are right", () => {
  const x = tensor64([1, 5, 3]);
  assertEquals(toList(gradient((t: Tensor) => square(largest(t)))(x)), [0, 10, 0]);
  assertEquals(toNumber(jvp((t: Tensor) => largest(t), [x], [tensor64([100, 10, 1])]).tangent), 10);
});

Deno.test("differentiating a gradient by computeGradient says that it cannot be done, and what can", () => {
  const slope = gradient((t: Tensor) => largest(t));
  assertThrows(
    () => gradient((t: Tensor) => largest(slope(t)))(tensor64([1, 2])),
    TypeError,
    "Cannot differentiate the gradient of reduceTensor again: computeGradient returns numbers",
  );
});

Deno.test("reduceTensor() refuses empty tensors, and functions that do not return a number", () => {
  assertThrows(() => reduceTensor(zeros([0, 2]), Math.max), ShapeError, "there is no first element to start from");
  assertThrows(
    () => reduceTensor(tensor64([1, 2]), () => undefined as unknown as number),
    TypeError,
    "Cannot apply reduceTensor whose reducer returned undefined: it must return a number",
  );
  const x = tensor64([1, 2]);
  const y = reduceTensor(x, Math.max, { computeGradient: () => "1" as unknown as number });
  assertThrows(() => backward(y), TypeError, 'whose computeGradient returned "1"');
});
