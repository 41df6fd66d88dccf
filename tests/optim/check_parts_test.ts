import { assertEquals, assertThrows } from "@std/assert";
import * as optim from "../../optim/mod.ts";
import { adam, clipNorm } from "../../optim/mod.ts";
import { tensor64 } from "../../autograd/mod.ts";
import type { Optimizer } from "../../optim/mod.ts";
import { checkFlag, checkMemory, checkOptimizer, checkPart, checkTransform } from "../../optim/check_parts.ts";

Deno.test("truth values, optimizers and transforms are accepted where they belong", () => {
  checkFlag("sgd", "nesterov", false);
  checkOptimizer("accumulate", adam());
  checkTransform("masked", clipNorm(1));
  for (const part of [adam(), clipNorm(1)]) checkPart("chain", part);
});

Deno.test("other values are refused by name", () => {
  assertThrows(() => checkFlag("sgd", "nesterov", 1), TypeError, "Cannot build sgd with 1 for nesterov");
  assertThrows(() => checkOptimizer("accumulate", clipNorm(1)), TypeError, "as its optimizer");
  assertThrows(() => checkTransform("masked", adam()), TypeError, "as its transform");
  assertThrows(() => checkPart("chain", null), TypeError, "Cannot build chain with null as a part");
});

Deno.test("a memory that lacks a field, or has a list of another length there, is refused by the field's name", () => {
  checkMemory("chain", { transforms: [0, 0], optimizer: {} }, { transforms: 2, optimizer: undefined });
  assertThrows(
    () => checkMemory("chain", { transforms: [0] }, { transforms: 2 }),
    TypeError,
    "Cannot step chain with an array of 1 for transforms in the state's memory: the state must be one of this optimizer; " +
      "begin with its init",
  );
  for (const memory of [{}, [], 0]) {
    assertThrows(() => checkMemory("lbfgs", memory, { scale: undefined }), TypeError, "with undefined for scale in");
  }
});

Deno.test("no optimizer steps another's state with an error of the language", () => {
  const { accumulate, averageParameters, chain, lbfgs, masked, partitioned, rowwise, sgd, weightDecay } = optim;
  const optimizers: readonly Optimizer[] = [
    ...[optim.adadelta, optim.adafactor, optim.adagrad, adam, optim.adamw, optim.amsgrad, lbfgs].map((make) => make()),
    ...[optim.lamb, optim.lion, optim.nadam, optim.radam, optim.rmsprop, optim.sparseAdam, sgd].map((make) => make()),
    sgd({ momentum: 0.9 }),
    rowwise(adam()),
    chain(clipNorm(1), adam()),
    chain(clipNorm(1), masked(() => true, weightDecay(1)), adam()),
    accumulate({ steps: 2 }, adam()),
    averageParameters({}, adam()),
    partitioned({ a: sgd(), b: adam() }, () => "b"),
  ];
  const strange: string[] = [];
  for (const [k, own] of optimizers.entries()) {
    for (const [j, other] of optimizers.entries()) {
      const state = own.init({ w: tensor64([1, 2]) });
      try {
        other.step(state, { w: tensor64([1, 1]) });
      } catch (error) {
        const { message } = error as Error; // all errors are
        if (!/^Cannot step \w/.test(message) || j === k && !message.includes("rows")) strange.push(message);
      }
    }
  }
  assertEquals(strange, []);
});
