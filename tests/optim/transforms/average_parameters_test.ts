import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { accumulate } from "../../../optim/transforms/accumulate.ts";
import { adam } from "../../../optim/adam.ts";
import { averagedParameters, averageParameters } from "../../../optim/transforms/average_parameters.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm } from "../../../optim/transforms/clip_transforms.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { sgd } from "../../../optim/sgd.ts";
import { anyOptimizer, numbersOf } from "./transforms.ts";

const gradients = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 5 });

Deno.test("averageParameters() trains as its optimizer does, and keeps the average of where that leads", () => {
  fc.assert(fc.property(gradients, anyOptimizer, fc.constantFrom(0, 0.5, 0.999), (gs, optimizer, decay) => {
    const averaging = averageParameters({ decay }, optimizer);
    let state = averaging.init(tensor64([1, -1])), plain = optimizer.init(tensor64([1, -1])), mean = [1, -1];
    for (const g of gs) {
      state = averaging.step(state, tensor64([g, 1]));
      plain = optimizer.step(plain, tensor64([g, 1]));
      const at = toList(plain.params);
      mean = mean.map((m, i) => decay * m + (1 - decay) * at[i]!);
      assertEquals(numbersOf(state.params), numbersOf(plain.params));
      toList(averagedParameters(state)).forEach((m, i) => assertAlmostEquals(m, mean[i]!, 1e-12));
    }
    assertEquals(numbersOf([state.step, state.learningRate]), numbersOf([plain.step, plain.learningRate]));
  }));
});

Deno.test("averagedParameters() is like the params, and is found inside chains and accumulate()", () => {
  const averaging = averageParameters({ decay: 0.5 }, sgd({ learningRate: 1 }));
  const params = { w: tensor32([8]), b: [tensor64(8)] as const },
    g = { w: tensor32([0.5]), b: [tensor64(0.5)] as const };
  const optimizers: readonly Optimizer[] = [
    averaging,
    chain(clipNorm(9), averaging),
    accumulate({ steps: 1 }, chain(clipNorm(9), averaging)),
  ];
  for (const optimizer of optimizers) {
    const average = averagedParameters(optimizer.step(optimizer.init(params), g));
    assertEquals(numbersOf(average), [["w", [7.75]], ["b.0", [7.75]]]);
    assertEquals([average.w.tag, average.w.dtype, average.b[0].dtype], ["variable", "float32", "float64"]);
  }
});

Deno.test("averagedParameters() says when there is no average, and an invalid decay is refused", () => {
  assertThrows(
    () => averagedParameters(chain(clipNorm(1), adam()).init(tensor64(1))),
    TypeError,
    "Cannot read averaged parameters from a state without them: its optimizer must keep an average; make it with",
  );
  for (const decay of [NaN, Infinity, -1, 1]) {
    assertThrows(
      () => averageParameters({ decay }, sgd()),
      RangeError,
      `Cannot build averageParameters with decay ${decay}: decay must be in [0, 1)`,
    );
  }
  assert(averageParameters({}, sgd()).config.averageDecay === 0.999);
});
