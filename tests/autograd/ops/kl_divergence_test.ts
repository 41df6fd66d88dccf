import { assertAlmostEquals, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  gradient,
  klDivergence,
  log,
  logSoftmax,
  ShapeError,
  softmax,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

// python3 -c "import math; print(.25*math.log(.25/.5)+.75*math.log(.75/.5))"  ->  0.13081203594113697
Deno.test("klDivergence() is the sum of p log(p / q)", () => {
  assertAlmostEquals(
    toNumber(klDivergence(log(tensor64([0.5, 0.5])), tensor64([0.25, 0.75]))),
    0.13081203594113697,
    1e-15,
  );
});

Deno.test("a divergence is never negative, and 0 of a distribution from itself", () => {
  const logits = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(fc.property(logits, logits, (a, b) => {
    const p = softmax(tensor64(a));
    assertGreaterOrEqual(toNumber(klDivergence(logSoftmax(tensor64(b)), p)), -1e-15);
    assertAlmostEquals(toNumber(klDivergence(logSoftmax(tensor64(a)), p)), 0, 1e-14);
  }));
});

Deno.test("the mean is over distributions, PyTorch's batchmean", () => {
  const logQ = log(tensor64([[0.5, 0.5], [0.5, 0.5]])), p = tensor64([[1, 0], [0.5, 0.5]]);
  assertEquals(toList(klDivergence(logQ, p, { reduction: "none" })), [Math.LN2, 0]);
  assertEquals(toNumber(klDivergence(logQ, p)), Math.LN2 / 2);
  assertEquals(toNumber(klDivergence(logQ, p, { reduction: "sum" })), Math.LN2);
  assertEquals(klDivergence(logQ, p, { axis: 0, reduction: "none" }).shape, [2]);
});

Deno.test("a class impossible in both distributions costs nothing, and has slopes of 0", () => {
  const logQ = tensor64([0, -Infinity]), p = tensor64([1, 0]);
  assertEquals(toNumber(klDivergence(logQ, p)), 0);
  assertEquals(toList(gradient((x: Tensor<"float64">) => klDivergence(x, p))(logQ)).map((x) => x + 0), [-1, 0]);
  assertEquals(toList(gradient((x: Tensor<"float64">) => klDivergence(logQ, x))(p)), [1, 0]);
});

Deno.test("klDivergence() refuses shapes that differ, and numbers, which have no axis", () => {
  assertThrows(() => klDivergence(zeros([2]), zeros([3])), ShapeError, "Cannot apply klDivergence to pred [2]");
  assertThrows(() => klDivergence(zeros([]), zeros([])), ShapeError, "a 0-d tensor has no axes");
  assertThrows(() => klDivergence(zeros([2]), zeros([2]), { axis: 1 }), ShapeError, "Cannot apply klDivergence");
});
