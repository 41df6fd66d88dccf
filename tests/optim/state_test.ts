/**
 * Optimizer states: their counters are tensors, schedules may end with the training, and states are frozen.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  accumulate,
  chain,
  clipNorm,
  compile,
  constant,
  cosineAnnealing,
  decodeTree,
  encodeTree,
  foldIn,
  isTensor64,
  key,
  learningRate,
  mul,
  type Optimizer,
  type OptimizerState,
  randomNormal,
  scaleBy,
  sgd,
  square,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  tree,
  valueAndGradient,
  withLearningRate,
} from "../../mod.ts";
import { OPTIMIZERS } from "./transforms/transforms.ts";

const params = () => ({ a: tensor64([[1, -2], [3, 0.5]]), b: [tensor64(2)] as const });
const gradients = (x: number) => ({ a: tensor64([[x, -x], [0.1, 1]]), b: [tensor64(-x)] as const });

for (const [k, optimizer] of OPTIMIZERS.entries()) {
  const title = `${optimizer.name} (${k})`;

  Deno.test(`${title}: step and rate are 0-d float64 constants, in plain and compiled steps, and counters are tensors`, () => {
    const step = compile((s: OptimizerState<ReturnType<typeof params>>, g: ReturnType<typeof params>) =>
      optimizer.step(s, g)
    );
    let plain = optimizer.init(params()), compiled = plain;
    for (const x of [1, -0.3, 7]) {
      plain = optimizer.step(plain, gradients(x));
      compiled = step(compiled, gradients(x));
      for (const state of [plain, compiled]) {
        for (const t of [state.step, state.learningRate]) {
          assert(isTensor64(t) && t.shape.length === 0 && !t.requiresGrad);
        }
      }
      assertEquals(toNumber(compiled.step), toNumber(plain.step));
      assertEquals(learningRate(compiled), learningRate(plain));
      for (const leaf of tree.leaves<unknown>(plain.memory)) assert(typeof leaf === "object");
    }
  });

  Deno.test(`${title}: a step is compiled once, whatever its schedule says`, () => {
    let traces = 0;
    const step = compile((s: OptimizerState<Tensor>, g: Tensor) => {
      traces++;
      return optimizer.step(s, g);
    });
    let state: OptimizerState<Tensor> = optimizer.init(tensor64([1, 2]) as Tensor);
    for (let i = 0; i < 8; i++) state = step(state, tensor64([0.1 * i, 1]));
    state = step(withLearningRate(state, 0.125), tensor64([1, 1])); // scheduled is no longer true
    state = step(withLearningRate(state, 0.25), tensor64([1, 1]));
    assert(traces <= 2, `${traces} traces`);
  });

  Deno.test(`${title}: states, optimizers and settings are frozen, and the params of the caller are not`, () => {
    const given = { a: tensor64([1, 2]), b: [tensor64(3)] };
    const state = optimizer.step(optimizer.init(given), given);
    assert(!Object.isFrozen(given) && !Object.isFrozen(given.b));
    for (const frozen of [optimizer, optimizer.config, optimizer.init(given)]) assertFrozen(frozen);
    assertFrozen(state);
    assertFrozen(withLearningRate(state, 1));
    assertThrows(() => (state as { step: unknown }).step = 0, TypeError, "read only");
    assertThrows(() => (state.params.b as unknown[]).push(1), TypeError);
  });

  Deno.test(`${title}: a state comes back from a file, the bits of step and rate included`, () => {
    const state = [1, 2].reduce((s, x) => optimizer.step(s, gradients(x)), optimizer.init(params()));
    const back = decodeTree(encodeTree(state), optimizer.init(params()));
    assert(back._tag === "Right");
    assertEquals(
      [back.right.step, back.right.learningRate].map(toNumber),
      [state.step, state.learningRate].map(toNumber),
    );
    const [next, uninterrupted] = [back.right, state].map((s) => optimizer.step(s, gradients(3)).params.a);
    assertEquals(toList(next!), toList(uninterrupted!));
  });
}

function assertFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  assert(Object.isFrozen(value));
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    Object.values(value).forEach(assertFrozen);
  }
}

/** A schedule for three steps: there is no rate for a fourth. */
const rates = [0.5, 0.25, 0.125];
const asked: number[] = [];
const threeSteps = (step: number): number => {
  asked.push(step);
  if (rates[step] === undefined) throw new RangeError(`no rate for step ${step}`);
  return rates[step];
};

const WITH_SCHEDULE: readonly (readonly [name: string, optimizer: Optimizer])[] = [
  ["sgd", sgd({ learningRate: threeSteps })],
  ["chain", chain(clipNorm(100), sgd({ learningRate: threeSteps }))],
  ["undefined beyond the end", sgd({ learningRate: (step) => rates[step]! })],
];

for (const [name, optimizer] of WITH_SCHEDULE) {
  for (const compiled of [false, true]) {
    Deno.test(`${name}, ${compiled ? "compiled" : "plain"}: a schedule that ends with the training loses no step`, () => {
      const one = (s: OptimizerState<Tensor>) => optimizer.step(s, tensor64([1])), step = compiled ? compile(one) : one;
      const start: OptimizerState<Tensor> = optimizer.init(tensor64([2]) as Tensor);
      assertEquals(learningRate(start), 0.5);
      const last = [1, 2, 3].reduce((s) => step(s), start);
      assertEquals([toList(last.params), toNumber(last.step)], [[2 - 0.875], 3]);
      assertEquals(learningRate(last), NaN);
      // The step that needs the rate is the one that throws, and the state is as it was.
      assertThrows(
        () => step(last),
        RangeError,
        name === "undefined beyond the end" ? "learningRate(3) undefined" : "step 3",
      );
      assertEquals(toList(step(withLearningRate(last, 1)).params), [2 - 1.875]);
    });
  }
}

Deno.test("scan() of a compiled step loses no step to a schedule that ends with the training", () => {
  const optimizer = sgd({ learningRate: threeSteps });
  type State = ReturnType<typeof optimizer.init<Tensor>>;
  const step = compile((s: State, g: Tensor): [State, Tensor] => [optimizer.step(s, g), g]);
  const steps = step.scan(optimizer.init(tensor64([2]) as Tensor), [1, 1, 1].map((g) => tensor64([g])));
  assertEquals([...steps].length, 3);
  assertEquals([toList(steps.carry.params), learningRate(steps.carry)], [[2 - 0.875], NaN]);
});

Deno.test("a schedule is asked once for each step", () => {
  asked.length = 0;
  const optimizer = sgd({ learningRate: threeSteps });
  [1, 2].reduce((s) => optimizer.step(s, tensor64([1])), optimizer.init(tensor64([2])));
  assertEquals(asked, [0, 1]);
});

Deno.test("accumulate() asks a schedule for the steps taken, not for the calls", () => {
  const optimizer = accumulate({ steps: 2 }, sgd({ learningRate: threeSteps }));
  type State = ReturnType<typeof optimizer.init<Tensor>>;
  const step = (s: State): State => optimizer.step(s, tensor64([1]));
  const last = Array.from({ length: 6 }).reduce<State>((s) => step(s), optimizer.init(tensor64([2]) as Tensor));
  assertEquals(toList(last.params), [2 - 0.875]);
  assertThrows(() => step(step(last)), RangeError, "step 3");
});

Deno.test("scaleBy() asks its schedule for the step that is taken", () => {
  const optimizer = chain(scaleBy(threeSteps), sgd({ learningRate: 1 }));
  const last = [1, 2, 3].reduce((s) => optimizer.step(s, tensor64([1])), optimizer.init(tensor64([2])));
  assertEquals(toList(last.params), [2 - 0.875]);
});

Deno.test("a key folded with the step draws anew in every compiled step, like a plain one", () => {
  const optimizer = sgd({ learningRate: cosineAnnealing({ initial: 0.1, steps: 4 }) });
  const loss = valueAndGradient((p: Tensor<"float64">, noise: Tensor<"float64">) => sum(square(mul(p, noise))));
  type State = ReturnType<typeof optimizer.init<Tensor<"float64">>>;
  let traces = 0;
  const plain = (s: State): State => {
    traces++;
    const noise = randomNormal(foldIn(key(3), s.step), [2], { dtype: "float64" });
    return optimizer.step(s, loss(s.params, noise).gradients);
  };
  const step = compile(plain);
  let compiled = optimizer.init(tensor64([1, 2])), wanted = compiled;
  for (let k = 0; k < 4; k++) compiled = step(compiled);
  assertEquals(traces, 1);
  for (let k = 0; k < 4; k++) wanted = plain(wanted);
  toList(compiled.params).forEach((v, k) => assert(Math.abs(v - toList(wanted.params)[k]!) < 1e-12));
});

Deno.test("withLearningRate() stays in force for all further steps, whatever the schedule says", () => {
  for (const optimizer of [sgd({ learningRate: (step) => 1 / (1 + step) }), sgd({ learningRate: 3 })]) {
    const set = withLearningRate(optimizer.init(tensor64([8])), 0.125);
    const last = [1, 2, 3].reduce((s) => optimizer.step(s, tensor64([1])), set);
    assertEquals([learningRate(last), toList(last.params)], [0.125, [8 - 0.375]]);
  }
});

Deno.test("withLearningRate() takes a tensor, which compiled code can compute", () => {
  const optimizer = sgd({ learningRate: 1 });
  const slower = compile((s: ReturnType<typeof optimizer.init<Tensor<"float64">>>, factor: Tensor<"float64">) =>
    withLearningRate(s, mul(s.learningRate, factor))
  );
  const state = slower(optimizer.init(tensor64(1)), constant(0.25, { dtype: "float64" }));
  assertEquals([learningRate(state), state.scheduled], [0.25, false]);
  assertEquals(toNumber(optimizer.step(state, tensor64(2)).params), 0.5);
  const rate = constant(0.5, { dtype: "float64" });
  assertStrictEquals(withLearningRate(state, rate).learningRate, rate);
});
