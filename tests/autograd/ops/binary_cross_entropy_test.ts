import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  compile,
  gradient,
  ShapeError,
  sigmoid,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";

// python3 -c "import math; print(-(.9*math.log(.2)+.1*math.log(.8)))"  ->  1.4708084763221112
Deno.test("binaryCrossEntropy() is -(y log p + (1 - y) log(1 - p))", () => {
  assertAlmostEquals(toNumber(binaryCrossEntropy(tensor64(0.2), tensor64(0.9))), 1.4708084763221112, 1e-15);
});

Deno.test("with logits it is that of their sigmoid, and that of two classes", () => {
  const logit = fc.double({ min: -8, max: 8, noNaN: true }), prob = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(logit, prob, (z, y) => {
    const direct = toNumber(binaryCrossEntropyWithLogits(tensor64(z), tensor64(y)));
    assertAlmostEquals(direct, toNumber(binaryCrossEntropy(sigmoid(tensor64(z)), tensor64(y))), 1e-11);
    assertAlmostEquals(direct, toNumber(softmaxCrossEntropy(tensor64([0, z]), tensor64([1 - y, y]))), 1e-12);
  }));
});

Deno.test("probabilities of 0 and 1 cost nothing where they are right, and Infinity where they are wrong", () => {
  const losses = binaryCrossEntropy(tensor64([0, 1, 0, 1]), tensor64([0, 1, 1, 0]), { reduction: "none" });
  assertEquals(toList(losses).map(Math.abs), [0, 0, Infinity, Infinity]);
  const slope = gradient((p: Tensor) => binaryCrossEntropy(p, tensor64([0, 1]), { reduction: "sum" }));
  assertEquals(toList(slope(tensor64([0, 1]))), [1, -1]);
});

Deno.test("with logits neither value nor gradient overflows, and the slope at 0 is right", () => {
  const target = tensor64([0, 1, 1, 0, 1]), logits = tensor64([-1e3, 1e3, -1e3, 1e3, 0]);
  const loss = (z: Tensor) => binaryCrossEntropyWithLogits(z, target, { reduction: "sum" });
  assertEquals(toNumber(loss(logits)), 2000 + Math.LN2);
  assertEquals(toList(gradient(loss)(logits)), [0, 0, -1, 1, -0.5]);
});

Deno.test("both refuse shapes that differ and unknown reductions", () => {
  for (const loss of [binaryCrossEntropy, binaryCrossEntropyWithLogits]) {
    assertThrows(
      () => loss(zeros([2]), zeros([1])),
      ShapeError,
      `Cannot apply ${loss.name} to pred [2] and target [1]`,
    );
    assertThrows(() => loss(zeros([2]), zeros([2]), { reduction: "all" as "sum" }), RangeError, loss.name);
  }
});

Deno.test("binaryCrossEntropyWithLogits() of infinite logits is 0 where the target agrees, else Infinity", () => {
  const logits = tensor64([Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity, NaN, NaN]);
  const target = tensor64([1, 0.5, 0, 0, 0.5, 1, 0, 1]),
    loss = (x: Tensor<"float64">) => binaryCrossEntropyWithLogits(x, target, { reduction: "none" });
  for (const f of [loss, compile(loss)]) {
    assertEquals(toList(f(logits)), [0, Infinity, Infinity, 0, Infinity, Infinity, NaN, NaN]);
  }
  assertEquals(toList(gradient((x: Tensor<"float64">) => sum(loss(x)))(logits)), [0, 0.5, 1, 0, -0.5, -1, NaN, NaN]);
});
