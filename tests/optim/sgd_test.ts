import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { sgd, type SgdOptions } from "../../optim/sgd.ts";

/** Parameters after gradients of 1, 2 and 3, from 1. */
function run(options: SgdOptions): number[] {
  const optimizer = sgd(options);
  let state = optimizer.init(tensor64(1));
  return [1, 2, 3].map((g) => {
    state = optimizer.step(state, tensor64(g));
    return toNumber(state.params);
  });
}

const assertClose = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((x, i) => assertAlmostEquals(x, expected[i]!, 1e-14));

Deno.test("sgd follows the gradient", () => {
  assertClose(run({ learningRate: 0.1 }), [0.9, 0.7, 0.4]);
  assertClose(run({}), [0.99, 0.97, 0.94]);
});

Deno.test("sgd with momentum, decay and Nesterov's acceleration follows its equations", () => {
  const rate = 0.1, momentum = 0.9, decay = 0.01;
  for (const nesterov of [false, true]) {
    let p = 1, v = 0;
    const expected = [1, 2, 3].map((gradient) => {
      const g = gradient + decay * p;
      v = momentum * v + g;
      return p -= rate * (nesterov ? g + momentum * v : v);
    });
    assertClose(run({ learningRate: rate, momentum, weightDecay: decay, nesterov }), expected);
  }
});

Deno.test("weight decay shrinks parameters without a gradient", () => {
  const optimizer = sgd({ learningRate: 0.5, weightDecay: 0.5 });
  assertEquals(toNumber(optimizer.step(optimizer.init(tensor64(4)), tensor64(0)).params), 3);
});

Deno.test("sgd without momentum remembers nothing", () => {
  assertEquals(Object.keys(sgd().init(tensor64(1)).memory), []);
  assertEquals(Object.keys(sgd({ momentum: 0.5 }).init(tensor64(1)).memory), ["velocity"]);
});

Deno.test("sgd refuses invalid settings, and names them", () => {
  const cases: readonly (readonly [SgdOptions, string])[] = [
    [{ learningRate: NaN }, "learningRate NaN: learningRate must be a finite number of 0 or more"],
    [{ learningRate: -1 }, "learningRate -1"],
    [{ learningRate: Infinity }, "learningRate Infinity"],
    [{ momentum: 1 }, "momentum 1: momentum must be in [0, 1)"],
    [{ momentum: NaN }, "momentum NaN"],
    [{ weightDecay: -0.1 }, "weightDecay -0.1"],
    [{ weightDecay: NaN }, "weightDecay NaN"],
    [{ nesterov: true }, "nesterov and momentum 0: it looks ahead along the momentum; pass 0.9"],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => sgd(options), RangeError, `Cannot build sgd with ${message}`);
  }
});
