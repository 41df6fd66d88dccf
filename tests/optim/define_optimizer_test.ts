import { assert, assertEquals, assertThrows } from "@std/assert";
import { constant, mul, sub, tensor64, toList, toNumber } from "../../autograd/mod.ts";
import { type Optimizer, sgd } from "../../optim/mod.ts";
import { deferredStepOf, nextParams } from "../../optim/define_optimizer.ts";
import { deferredElementwise } from "../../optim/transforms/deferred.ts";
import { add } from "../../blas/scalar/scalar.ts";

const optimizer = sgd({ learningRate: 0.5 });

Deno.test("an optimizer and its states are frozen, and the caller's params are not", () => {
  const params = { w: tensor64([4]) }, state = optimizer.step(optimizer.init(params), { w: tensor64([2]) });
  assert([optimizer, optimizer.config, state, state.params].every(Object.isFrozen));
  assertEquals([Object.isFrozen(params), toList(state.params.w)], [false, [3]]);
});

Deno.test("a step refuses states that no optimizer made, and params that are not tensors", () => {
  assertThrows(() => optimizer.step({} as never, tensor64(1)), TypeError, "step sgd from");
  assertThrows(() => optimizer.init(3 as never), TypeError, "Cannot begin sgd with number");
});

Deno.test("an optimizer without a deferred step gets computed gradients", () => {
  const state = optimizer.init(tensor64(4)), twice = deferredElementwise((g) => add(g, g));
  const custom: Optimizer = {
    ...optimizer,
    step: (before, gradients) => ({ ...before, params: sub(before.params as never, gradients as never) as never }),
  };
  const next = deferredStepOf(custom)(state, [twice(tensor64(1))], [tensor64(4)]);
  assertEquals(toNumber(next.params as never), 2);
});

Deno.test("nextParams() keeps variables variables and constants constants", () => {
  const params = [tensor64(1), constant(2, { dtype: "float64" })] as const;
  const next = nextParams(params, params.map((t) => mul(constant(t.view.data[0]!, { dtype: "float64" }), 3)));
  assertEquals(next.map((t) => [t.tag, toNumber(t)]), [["variable", 3], ["constant", 6]]);
});
