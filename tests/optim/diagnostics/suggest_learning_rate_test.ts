import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { suggestLearningRate } from "../../../optim/diagnostics/suggest_learning_rate.ts";

Deno.test("suggestLearningRate() follows NanoGrad 1.2's rule, by the norm of all gradients together", () => {
  const cases = [[1e-7, 10], [1e-6, 2], [9e-5, 2], [1e-4, 1], [1, 1], [5, 1], [6, 0.5], [10, 0.5], [11, 0.1]] as const;
  for (const [norm, factor] of cases) {
    const gradients = { a: tensor64([0.6 * norm]), b: [tensor64([0.8 * norm])] };
    assertAlmostEquals(suggestLearningRate(gradients, 0.02), 0.02 * factor, 1e-12, `norm ${norm}`);
  }
});

Deno.test("suggestLearningRate() lowers the rate where gradients are not finite", () => {
  assertEquals([NaN, Infinity].map((g) => suggestLearningRate(tensor64([g, 1e-9]), 1)), [0.1, 0.1]);
});

Deno.test("suggestLearningRate() refuses an invalid rate", () => {
  for (const current of [0, -1, NaN, Infinity]) {
    assertThrows(() => suggestLearningRate(tensor64([1]), current), RangeError, `with current ${current}`);
  }
});
