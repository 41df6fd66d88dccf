import { assertAlmostEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { lion } from "../../optim/lion.ts";

Deno.test("lion follows algorithm 2 of its paper", () => {
  const optimizer = lion({ learningRate: 0.1, beta1: 0.5, beta2: 0.8, weightDecay: 0.2 });
  let state = optimizer.init(tensor64(1)), p = 1, m = 0;
  for (const g of [1, -0.4, -3, 0.5, 0]) {
    p -= 0.1 * (Math.sign(0.5 * m + 0.5 * g) + 0.2 * p);
    m = 0.8 * m + 0.2 * g;
    state = optimizer.step(state, tensor64(g));
    assertAlmostEquals(toNumber(state.params), p, 1e-14);
  }
});

Deno.test("lion refuses invalid settings, and names them", () => {
  for (const name of ["learningRate", "beta1", "beta2", "weightDecay"] as const) {
    for (const bad of [NaN, Infinity, -1]) {
      assertThrows(() => lion({ [name]: bad }), RangeError, `Cannot build lion with ${name} ${bad}: ${name} must be`);
    }
  }
});
