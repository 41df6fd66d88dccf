import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { addGradients } from "../../../autograd/gradients.ts";
import { mul, scale, sum } from "../../../autograd/ops/mod.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import { accumulate } from "../../../optim/transforms/accumulate.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm } from "../../../optim/transforms/clip_transforms.ts";
import { learningRate } from "../../../optim/optimizer.ts";
import { sgd } from "../../../optim/sgd.ts";
import { anyOptimizer, numbersOf } from "./transforms.ts";

const whole = fc.integer({ min: -8, max: 8 });

Deno.test("accumulate() agrees with its optimizer on the means, at the last call of each group", () => {
  const groups = fc.integer({ min: 1, max: 4 }).chain((steps) =>
    fc.array(fc.array(whole, { minLength: steps, maxLength: steps }), { minLength: 1, maxLength: 3 })
  );
  fc.assert(fc.property(groups, anyOptimizer, (groups, optimizer) => {
    const steps = groups[0]!.length, accumulating = accumulate({ steps }, optimizer);
    let state = accumulating.init(tensor64([1, 2])), plain = optimizer.init(tensor64([1, 2]));
    for (const group of groups) {
      group.forEach((g, k) => {
        const before = state.params;
        state = accumulating.step(state, tensor64([g, -g]));
        if (k < steps - 1) assertStrictEquals(state.params, before);
      });
      const mean = group.reduce((a, b) => a + b) / steps;
      plain = optimizer.step(plain, tensor64([mean, 0 - mean]));
      const { params, step, memory } = state;
      assertEquals(numbersOf([params, step]), numbersOf([plain.params, plain.step]));
      assertEquals(numbersOf(memory.optimizer), numbersOf(plain.memory));
      assertEquals([toNumber(memory.count), numbersOf(memory.sum)], [0, [["", [0, 0]]]]);
    }
  }));
});

Deno.test("accumulate() agrees with adding gradients by hand", () => {
  const a = { w: tensor64([1, 2]) }, b = { w: tensor64([3, -6]) }, params = { w: tensor64([0, 0]) };
  const optimizer = accumulate({ steps: 2 }, sgd({ learningRate: 1 })), plain = sgd({ learningRate: 1 });
  const byHand = plain.step(plain.init(params), { w: scale(addGradients(a, b).w, 0.5) });
  assertEquals(numbersOf([a, b].reduce(optimizer.step, optimizer.init(params)).params), numbersOf(byHand.params));
});

Deno.test("accumulate() takes the result of backward(), and between steps the params stay the same objects", () => {
  const optimizer = accumulate({ steps: 2 }, sgd({ learningRate: 1 }));
  let state = optimizer.init({ x: tensor64([1, 1]) });
  for (let k = 0; k < 2; k++) state = optimizer.step(state, backward(sum(mul(state.params.x, 3))));
  assertEquals(toList(state.params.x), [-2, -2]);
});

Deno.test("transforms before accumulate() see every gradient, schedules count steps", () => {
  const schedule = (step: number): number => step + 1;
  const optimizer = chain(clipNorm(1), accumulate({ steps: 2 }, sgd({ learningRate: schedule })));
  let state = optimizer.init(tensor64(0));
  const seen = [1000, 0, 0, 0.5].map((g) => {
    state = optimizer.step(state, tensor64(g));
    return [Math.round(toNumber(state.params) * 1e4) / 1e4, toNumber(state.step), learningRate(state)];
  });
  assertEquals(seen, [[0, 0, 1], [-0.5, 1, 2], [-0.5, 1, 2], [-1, 2, 3]]);
});

Deno.test("accumulate() keeps its optimizer's settings, and refuses invalid steps", () => {
  const { name, config } = accumulate({ steps: 4 }, sgd({ momentum: 0.5 }));
  assertEquals([name, config.steps, config.momentum], ["accumulate(sgd)", 4, 0.5]);
  assert(Object.isFrozen(config));
  for (const steps of [NaN, Infinity, 0, -1, 1.5]) {
    assertThrows(
      () => accumulate({ steps }, sgd()),
      RangeError,
      `Cannot build accumulate with steps ${steps}: steps must be`,
    );
  }
});
