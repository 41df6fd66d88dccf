import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { adadelta, adam, lion, type Optimizer, radam, rmsprop, sgd } from "../../../optim/mod.ts";
import { type Tensor, tensor32, tensor64, toList, toNumber, tree } from "../../../autograd/mod.ts";

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  adam: adam({ beta2: 0.9 }),
  rmsprop: rmsprop({ momentum: 0.9 }),
  "sgd with momentum": sgd({ momentum: 0.9 }),
  lion: lion(),
  "centered rmsprop": rmsprop({ alpha: 0.9, centered: true }),
  adadelta: adadelta(),
  radam: radam({ beta2: 0.9 }),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  Deno.test(`the memory of ${name} for a gradient that stays 0 ends at 0, and is never subnormal`, () => {
    let state = optimizer.step(optimizer.init(tensor32([1, 2])), tensor32([1e-10, -3]));
    for (let k = 0; k < 9000; k++) {
      state = optimizer.step(state, tensor32([0, 0]));
      if (k % 100 !== 0) continue;
      const remembered = tree.leaves<Tensor>(state.memory as tree.Tree<Tensor>).flatMap(toList);
      assert(remembered.every((v) => v === 0 || Math.abs(v) > 1.2e-38), `${remembered} after ${k}`);
    }
    assertEquals(tree.leaves<Tensor>(state.memory as tree.Tree<Tensor>).flatMap(toList).filter((v) => v !== 0), []);
  });
}

Deno.test("where epsilon is 0, mean squares are exact however small the gradient", () => {
  const optimizer = adam({ learningRate: 0.5, epsilon: 0 });
  const { params } = optimizer.step(optimizer.init(tensor64(1)), tensor64(1e-25));
  assertAlmostEquals(toNumber(params), 0.5, 1e-9);
});

Deno.test("a NaN gradient is remembered", () => {
  const optimizer = adam(), state = optimizer.step(optimizer.init(tensor32(1)), tensor32(NaN));
  assert(tree.leaves<Tensor>(state.memory as tree.Tree<Tensor>).every((t) => Number.isNaN(toNumber(t))));
});
