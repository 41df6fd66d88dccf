import { assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { adadelta } from "../../../optim/adadelta.ts";
import { adafactor } from "../../../optim/adafactor.ts";
import { adagrad } from "../../../optim/adagrad.ts";
import { adam } from "../../../optim/adam.ts";
import { adamw } from "../../../optim/adamw.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { descend } from "../../../optim/descend.ts";
import { amsgrad } from "../../../optim/amsgrad.ts";
import { lamb } from "../../../optim/lamb.ts";
import { nadam } from "../../../optim/nadam.ts";
import { radam } from "../../../optim/radam.ts";
import { lion } from "../../../optim/lion.ts";
import { exceptBiasesAndNorms } from "../../../optim/transforms/masked.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { rmsprop } from "../../../optim/rmsprop.ts";
import { scaleByAdam } from "../../../optim/transforms/scale_by_adam.ts";
import { sgd } from "../../../optim/sgd.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { weightDecay } from "../../../optim/transforms/weight_decay.ts";
import { contextOf, numbersOf } from "./transforms.ts";

const params = { weight: tensor64([[1, -2]]), bias: tensor64([3]) };
const gradients = [0.5, -1, 2].map((g) => ({ weight: tensor64([[g, 1]]), bias: tensor64([g]) }));
const run = (optimizer: Optimizer) =>
  numbersOf(gradients.reduce(optimizer.step<typeof params>, optimizer.init(params)).params);

Deno.test("the position of weightDecay() decides its effect: before the scaling Adam's, after it AdamW's", () => {
  const learningRate = 0.1, decay = 0.2;
  assertEquals(
    run(chain(weightDecay(decay), scaleByAdam(), descend({ learningRate }))),
    run(adam({ learningRate, weightDecay: decay })),
  );
  assertEquals(
    run(chain(scaleByAdam(), weightDecay(decay), descend({ learningRate }))),
    run(adamw({ learningRate, weightDecay: decay })),
  );
  assertEquals(run(chain(weightDecay(decay), adam({ learningRate }))), run(adam({ learningRate, weightDecay: decay })));
});

for (const make of [sgd, adam, adamw, rmsprop, adagrad, lion, adadelta, adafactor, amsgrad, lamb, nadam, radam]) {
  Deno.test(`${make.name}: decays spares those parameters that it does not choose, and is in the config`, () => {
    const plain = make({ weightDecay: 0 }), all = make({ weightDecay: 0.2 });
    const some = make({ weightDecay: 0.2, decays: exceptBiasesAndNorms });
    const [weight, bias] = [0, 1] as const;
    assertEquals(run(some)[weight], run(all)[weight]);
    assertEquals(run(some)[bias], run(plain)[bias]);
    assertEquals(some.config.decays, exceptBiasesAndNorms);
    assertEquals("decays" in all.config, false);
  });
}

Deno.test("weightDecay() adds a share of the parameter to its gradient", () => {
  const context = contextOf(tensor64([2, -4])), transform = weightDecay(0.5);
  const [update] = transform.update(tensor64([1, 1]), transform.init(context.params), context);
  assertEquals(toList(update as Tensor), [2, -1]);
});

Deno.test("weightDecay() refuses an invalid decay", () => {
  for (const decay of [NaN, Infinity, -0.1]) {
    assertThrows(
      () => weightDecay(decay),
      RangeError,
      `Cannot build weightDecay with decay ${decay}: decay must be a finite`,
    );
  }
});
