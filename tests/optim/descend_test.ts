import { assertEquals } from "@std/assert";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { adagrad } from "../../optim/adagrad.ts";
import { adam } from "../../optim/adam.ts";
import { chain } from "../../optim/transforms/chain.ts";
import { descend } from "../../optim/descend.ts";
import { lion } from "../../optim/lion.ts";
import { momentum } from "../../optim/transforms/momentum.ts";
import type { Optimizer } from "../../optim/optimizer.ts";
import { rmsprop } from "../../optim/rmsprop.ts";
import { scaleByAdam } from "../../optim/transforms/scale_by_adam.ts";
import { scaleByLion } from "../../optim/transforms/scale_by_lion.ts";
import { scaleByAdagrad, scaleByRms } from "../../optim/transforms/scale_by_rms.ts";
import { sgd } from "../../optim/sgd.ts";
import { numbersOf } from "./transforms/transforms.ts";

const learningRate = 0.1, last = descend({ learningRate });

/** Optimizers, and the chains that they are. */
const PAIRS: readonly (readonly [Optimizer, Optimizer])[] = [
  [sgd({ learningRate }), last],
  [sgd({ learningRate, momentum: 0.5, nesterov: true }), chain(momentum({ decay: 0.5, nesterov: true }), last)],
  [adam({ learningRate, beta1: 0.8 }), chain(scaleByAdam({ beta1: 0.8 }), last)],
  [rmsprop({ learningRate, momentum: 0.5 }), chain(scaleByRms(), momentum({ decay: 0.5 }), last)],
  [adagrad({ learningRate }), chain(scaleByAdagrad(), last)],
  [lion({ learningRate }), chain(scaleByLion(), last)],
];

for (const [named, chained] of PAIRS) {
  Deno.test(`${named.name} is ${chained.name}, to the last bit`, () => {
    const gradients = [1, -3, 0.1].map((g) => tensor64([g, 2 * g, 0]));
    const run = (optimizer: Optimizer) =>
      numbersOf(
        gradients.reduce(optimizer.step<ReturnType<typeof tensor64>>, optimizer.init(tensor64([1, 2, 3]))).params,
      );
    assertEquals(run(named), run(chained));
  });
}

Deno.test("descend() remembers nothing, and has the default rate of sgd", () => {
  assertEquals([descend().name, descend().config, descend().init(tensor64(1)).memory], [
    "descend",
    { learningRate: 0.01 },
    {},
  ]);
});
