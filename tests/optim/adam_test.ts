import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { toList, toNumber } from "../../autograd/values/read.ts";
import { adam, type AdamOptions } from "../../optim/adam.ts";

Deno.test("adam follows algorithm 1 of its paper, in both dtypes", () => {
  const settings = fc.record({
    learningRate: fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
    beta1: fc.double({ min: 0, max: 0.99, noNaN: true }),
    beta2: fc.double({ min: 0, max: 0.999, noNaN: true }),
    epsilon: fc.constantFrom(1e-8, 1e-3),
    weightDecay: fc.constantFrom(0, 0.01),
  });
  fc.assert(
    fc.property(
      settings,
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 }),
      (options, gradients) => {
        const { learningRate, beta1, beta2, epsilon, weightDecay } = options, optimizer = adam(options);
        let state = optimizer.init(tensor64(0.5)), state32 = optimizer.init(tensor32(0.5));
        let p = 0.5, m = 0, v = 0;
        gradients.forEach((gradient, k) => {
          const g = gradient / 10 + weightDecay * p, t = k + 1;
          m = beta1 * m + (1 - beta1) * g;
          v = beta2 * v + (1 - beta2) * g * g;
          p -= learningRate * (m / (1 - beta1 ** t)) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
          state = optimizer.step(state, tensor64(gradient / 10));
          state32 = optimizer.step(state32, tensor32(gradient / 10));
          const size = Math.max(1, Math.abs(p)); // a beta2 of 0 and a gradient of 0 make steps of 1e5
          assertAlmostEquals(toNumber(state.params), p, 1e-10 * size);
          if (gradients.every((x) => x !== 0)) assertAlmostEquals(toNumber(state32.params), p, 1e-3 * size);
        });
      },
    ),
  );
});

Deno.test("adam's first step is the learning rate, whatever the scale of the gradient", () => {
  for (const scale of [1e-3, 1, 1e6]) {
    const optimizer = adam({ learningRate: 0.1 }),
      { params } = optimizer.step(optimizer.init(tensor64([0, 0])), tensor64([scale, -scale]));
    toList(params).forEach((x, i) => assertAlmostEquals(x, i === 0 ? -0.1 : 0.1, 2e-6));
  }
});

Deno.test("adam stays where the gradient is 0", () => {
  const optimizer = adam(), start = optimizer.init(tensor64([1, 2]));
  const { params } = optimizer.step(optimizer.step(start, tensor64([0, 0])), tensor64([0, 0]));
  assertEquals(toList(params), [1, 2]);
});

Deno.test("adam remembers two moments, of the structure of the params", () => {
  const { memory } = adam().init({ weight: tensor32([[1, 2]]) });
  assertEquals(Object.keys(memory), ["firstMoment", "secondMoment"]);
  assert("weight" in memory.firstMoment);
});

Deno.test("adam refuses invalid settings, and names them", () => {
  const cases: readonly (readonly [AdamOptions, string])[] = [
    [{ learningRate: NaN }, "learningRate NaN: learningRate must be a finite number of 0 or more; correct it"],
    [{ learningRate: -1e-3 }, "learningRate -0.001"],
    [{ beta1: 1 }, "beta1 1: beta1 must be in [0, 1)"],
    [{ beta1: NaN }, "beta1 NaN"],
    [{ beta2: -0.1 }, "beta2 -0.1"],
    [{ beta2: 1.5 }, "beta2 1.5"],
    [{ epsilon: -1 }, "epsilon -1"],
    [{ epsilon: NaN }, "epsilon NaN"],
    [{ weightDecay: Infinity }, "weightDecay Infinity"],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => adam(options), RangeError, `Cannot build adam with ${message}`);
  }
});
