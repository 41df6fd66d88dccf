import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { logSigmoid, mish, sigmoid, sigmoidStable, silu, softplus, tanh } from "../../../autograd/ops/sigmoid.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";

type T = Tensor<"float64">;
const slopes = (f: (x: T) => T, ...at: number[]): number[] => {
  const x = tensor64(at);
  return toList(backward(f(x)).get(x)!);
};

// PyTorch 1.13: softplus(tensor([1e308, -1e308], dtype=float64), beta=3) is [1e308, 0].
Deno.test("softplus() does not overflow where beta * x does, nor do its slopes", () => {
  const far = tensor64([1e308, -1e308]), beta = 3;
  assertEquals(toList(softplus(far, { beta })), [1e308, 0]);
  assertEquals(slopes((x) => softplus(x, { beta }), 1e308, -1e308), [1, 0]);
  assertEquals(toList(softplus(tensor32([3e38, -3e38]), { beta })), [Math.fround(3e38), 0]);
});

Deno.test("none of them overflows, in value or slope", () => {
  const far = [-1e4, -800, 800, 1e4];
  assertEquals([sigmoid, sigmoidStable].map((f) => toList(f(tensor64(far)))), [[0, 0, 1, 1], [0, 0, 1, 1]]);
  assertEquals(toList(softplus(tensor64(far))), [0, 0, 800, 1e4]);
  assertEquals(toList(logSigmoid(tensor64(far))), [-1e4, -800, -0, -0].map((x) => x + 0));
  assertEquals(toList(silu(tensor64(far))).map((x) => x + 0), [0, 0, 800, 1e4]);
  assertEquals(toList(mish(tensor64(far))).map((x) => x + 0), [0, 0, 800, 1e4]);
  assertEquals(slopes((x) => softplus(x), ...far), [0, 0, 1, 1]);
  assertEquals(slopes(logSigmoid, ...far), [1, 1, 0, 0]);
  assertEquals(slopes(tanh, ...far), [0, 0, 0, 0]);
  assertEquals(slopes(silu, ...far).map((x) => x + 0), [0, 0, 1, 1]);
  assertEquals(slopes(mish, ...far).map((x) => x + 0), [0, 0, 1, 1]);
});

Deno.test("identities between them", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -30, max: 30, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (v, beta) => {
        const x = tensor64(v),
          value = (t: T): number => toNumber(t),
          near = (a: number, b: number) => assertAlmostEquals(a, b, 1e-12);
        near(value(sigmoid(x)) + value(sigmoid(tensor64(-v))), 1);
        near(value(tanh(x)), 2 * value(sigmoid(tensor64(2 * v))) - 1);
        near(value(logSigmoid(x)), -value(softplus(tensor64(-v))));
        near(value(silu(x)), v * value(sigmoid(x)));
        near(value(mish(x)), v * Math.tanh(value(softplus(x))));
        near(value(softplus(x, { beta })), value(softplus(tensor64(beta * v))) / beta);
        near(slopes((t) => softplus(t, { beta }), v)[0]!, value(sigmoid(tensor64(beta * v))));
      },
    ),
  );
});

Deno.test("slopes at 0, which separate derivatives of max and abs would lose", () => {
  assertEquals(slopes((x) => softplus(x), 0), [0.5]);
  assertEquals(slopes(logSigmoid, 0), [0.5]);
  assertEquals(slopes(silu, 0), [0.5]);
  assertAlmostEquals(slopes(mish, 0)[0]!, Math.tanh(Math.LN2), 1e-15);
});

Deno.test("softplus() keeps the digits of its tail", () => {
  // python3 -c "import math; print(math.log1p(math.exp(-40)))"  ->  4.248354255291589e-18
  assertAlmostEquals(toNumber(softplus(tensor64(-40))) / 4.248354255291589e-18, 1, 1e-14);
});

Deno.test("softplus() is never below max(x, 0)", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e3, max: 1e3, noNaN: true }),
      (v) => toNumber(softplus(tensor64(v))) >= Math.max(v, 0),
    ),
  );
});

Deno.test("softplus() refuses a beta that is not above 0", () => {
  for (const beta of [0, -1, NaN, Infinity]) {
    assertThrows(
      () => softplus(tensor64(1), { beta }),
      RangeError,
      `Cannot apply softplus with beta ${beta}: beta must be a finite number above 0; 1 is usual`,
    );
  }
});
