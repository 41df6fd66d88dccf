/**
 * Groups of parameters: optim/partitioned.ts, optim/frozen.ts, and the parts of trees in optim/transforms/part_of.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  accumulate,
  adam,
  chain,
  clipNorm,
  compile,
  type DType,
  frozen,
  learningRate,
  type OptimizerState,
  partitioned,
  sgd,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  tree,
  withLearningRate,
} from "../../mod.ts";
import type { Optimizer } from "../../optim/optimizer.ts";

type Params = { readonly body: readonly Tensor[]; readonly head: { readonly weight: Tensor; readonly bias: Tensor } };
const paramsOf = (dtype: DType): Params => {
  const make = dtype === "float32" ? tensor32 : tensor64;
  return { body: [make([1, 2]), make([[3]])], head: { weight: make([[4, 5]]), bias: make([6]) } };
};
const gradientsOf = (dtype: DType, k: number): Params => {
  const make = dtype === "float32" ? tensor32 : tensor64;
  return { body: [make([k, 1]), make([[-2]])], head: { weight: make([[k - 2, 5]]), bias: make([1]) } };
};
const labelOf = (path: string): "head" | "body" => path.startsWith("head") ? "head" : "body";
const numbers = (params: unknown): readonly number[] =>
  tree.leaves<Tensor>(params as tree.Tree<Tensor>).flatMap(toList);

/** Runs five steps. */
function run<P>(optimizer: Optimizer, params: P, gradients: (k: number) => P): OptimizerState<P> {
  let state = optimizer.init(params as never) as OptimizerState<P>;
  for (let k = 0; k < 5; k++) state = optimizer.step(state, gradients(k) as never);
  return state;
}

for (const dtype of ["float64", "float32"] as const) {
  Deno.test(`groups take the steps that their optimizers would take alone, in ${dtype}, plain and compiled`, () => {
    const head = adam({ learningRate: (step) => 0.1 / (1 + step) }), body = chain(clipNorm(1), sgd({ momentum: 0.9 }));
    const optimizer: Optimizer = partitioned({ head, body }, labelOf);
    const whole = run(optimizer, paramsOf(dtype), (k) => gradientsOf(dtype, k));
    const heads = run(head, paramsOf(dtype).head, (k) => gradientsOf(dtype, k).head);
    const bodies = run(body, paramsOf(dtype).body, (k) => gradientsOf(dtype, k).body);
    assertEquals(numbers(whole.params.head), numbers(heads.params));
    assertEquals(numbers(whole.params.body), numbers(bodies.params));
    assertEquals([toNumber(whole.step), learningRate(whole)], [5, learningRate(heads)]);

    const step = compile((s: OptimizerState<Params>, g: Params): OptimizerState<Params> => optimizer.step(s, g));
    let compiled: OptimizerState<Params> = optimizer.init(paramsOf(dtype));
    for (let k = 0; k < 5; k++) compiled = step(compiled, gradientsOf(dtype, k));
    numbers(compiled.params).forEach((x, k) =>
      assertAlmostEquals(x, numbers(whole.params)[k]!, dtype === "float64" ? 1e-12 : 1e-5)
    );
  });
}

Deno.test("what is labelled frozen stays, and so does a group whose optimizer is frozen", () => {
  const byLabel: Optimizer = partitioned({ head: sgd() }, (path) => path.startsWith("head") ? "head" : "frozen");
  const byOptimizer: Optimizer = partitioned({ head: sgd(), body: frozen }, labelOf);
  for (const optimizer of [byLabel, byOptimizer]) {
    const { params } = run(optimizer, paramsOf("float64"), (k) => gradientsOf("float64", k));
    assertEquals(numbers(params.body), numbers(paramsOf("float64").body));
    assert(numbers(params.head).every((x, k) => x !== numbers(paramsOf("float64").head)[k]));
  }
});

Deno.test("frozen counts its steps, and keeps params that are tracked tracked", () => {
  const state = frozen.step(frozen.init(tensor64([1])), tensor64([9]));
  assertEquals([toNumber(state.step), toList(state.params), state.params.requiresGrad], [1, [1], true]);
});

Deno.test("withLearningRate() sets the rate of every group", () => {
  const optimizer: Optimizer = partitioned(
    { head: sgd({ learningRate: 0.5 }), body: sgd({ learningRate: 2 }) },
    labelOf,
  );
  const start = withLearningRate(optimizer.init(paramsOf("float64")), 1);
  const { params } = optimizer.step(start, gradientsOf("float64", 0));
  assertEquals(numbers(params), [1, 1, 5, 6, 0, 5]);
});

Deno.test("a group may count its own steps", () => {
  const optimizer = partitioned({
    slow: accumulate({ steps: 2 }, sgd({ learningRate: 1 })),
    fast: sgd({ learningRate: 1 }),
  }, (path) => path === "a" ? "slow" : "fast");
  let state = optimizer.init({ a: tensor64(0), b: tensor64(0) });
  for (let k = 0; k < 3; k++) state = optimizer.step(state, { a: tensor64(1), b: tensor64(1) });
  assertEquals([toNumber(state.params.a), toNumber(state.params.b)], [-1, -3]);
  assertEquals([toNumber(state.step), toNumber(state.memory.slow!.step)], [3, 1]);
});

Deno.test("groups of no parameters do no harm", () => {
  const optimizer = partitioned({ head: adam(), body: sgd({ learningRate: 1 }) }, () => "body" as const);
  assertEquals(toNumber(optimizer.step(optimizer.init(tensor64(1)), tensor64(3)).params), -2);
});

Deno.test("partitioned names what is wrong with its groups and labels", () => {
  const anything = partitioned as unknown as (...args: readonly unknown[]) => unknown;
  assertThrows(() => anything({}, labelOf), TypeError, "Cannot build partitioned with a record of nothing as groups");
  assertThrows(() => anything(null, labelOf), TypeError, "Cannot build partitioned with null as groups");
  assertThrows(() => anything({ head: adam }, labelOf), TypeError, "partitioned's group head with a function as its");
  assertThrows(() => anything({ head: adam() }), TypeError, "Cannot build partitioned with undefined for labelOf");
  const wrong = partitioned({ head: adam(), body: sgd() }, (() => "tail") as never);
  assertThrows(
    () => wrong.init(paramsOf("float32")),
    TypeError,
    'Cannot apply partitioned(head, body) to "body.0" with the label "tail": labels must be among head, body, frozen; correct',
  );
  const optimizer: Optimizer = partitioned({ head: adam(), body: sgd() }, labelOf);
  assertThrows(
    () => optimizer.step((adam() as Optimizer).init(paramsOf("float32")), paramsOf("float32")),
    TypeError,
    "Cannot step partitioned(head, body) from a state without the group head",
  );
  // @ts-expect-error A label must be the name of a group.
  partitioned({ head: adam() }, () => "tail");
});

Deno.test("the settings of the groups are in the config, by group", () => {
  const { config, name } = partitioned({ head: sgd({ learningRate: 0.5 }), body: frozen }, labelOf);
  assertEquals([config["head.learningRate"], name], [0.5, "partitioned(head, body)"]);
});
