/**
 * Rates from step to step: `optim/schedules/rates.ts`, and those that are left open by `optim/schedules/next_rate.ts`.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { compile, constant, type Tensor, tensor64, toList, toNumber } from "../../../autograd/mod.ts";
import { decodeTree, encodeTree } from "../../../layers/mod.ts";
import {
  accumulate,
  averageParameters,
  chain,
  clipNorm,
  lbfgs,
  learningRate,
  type Optimizer,
  type OptimizerState,
  partitioned,
  scaleBy,
  type Schedule,
  sgd,
  type Transform,
} from "../../../optim/mod.ts";
import { ratesOf } from "../../../optim/schedules/rates.ts";

const number = (value: number) => constant(value, { dtype: "float64" });
const stateAt = (step: number, rate: number, scheduled = true) => ({
  step: number(step),
  learningRate: number(rate),
  scheduled,
});

/** A schedule of two steps. */
const short = (step: number): number => {
  if (step > 1) throw new RangeError("the schedule has ended");
  return [0.1, 0.2][step]!;
};

Deno.test("a fixed rate stays that of the state", () => {
  const rates = ratesOf("sgd", 0.1);
  assertEquals(toNumber(rates.held), 0.1);
  assertEquals(toNumber(rates.rateOf(stateAt(3, 0.5))), 0.5);
  assertEquals(toNumber(rates.heldAfter(stateAt(3, 0.5))), 0.5);
});

Deno.test("a schedule that has ended throws when the rate is needed, and is not asked for a step that is not taken", () => {
  const rates = ratesOf("sgd", short), at = (step: number) => stateAt(step, toNumber(rates.held));
  assertEquals([0, 1].map((step) => toNumber(rates.rateOf(at(step)))), [0.1, 0.2]);
  assertThrows(() => rates.rateOf(at(2)), RangeError, "the schedule has ended");
  assertEquals(toNumber(rates.rateOf(at(2), number(0))), NaN);
  assertEquals(toNumber(rates.rateOf(at(1), number(1))), 0.2);
});

Deno.test("a rate that was set replaces the schedule's", () => {
  assertEquals(toNumber(ratesOf("sgd", short).rateOf(stateAt(5, 0.7, false))), 0.7);
});

/** A schedule of three steps that writes down what it is asked for; the step after them has no rate, which is refused. */
function recorded(): { readonly asked: number[]; readonly schedule: (step: number) => number } {
  const asked: number[] = [];
  return { asked, schedule: (step) => [0.5, 0.25, 0.125][asked.push(step) && step]! };
}

const slopes = { w: tensor64([1]) }, params = { w: tensor64([1]) };
type State = OptimizerState<typeof params>;

/** Optimizers around one with a schedule; each takes a step with every `calls` gradients. */
const AROUND: Readonly<Record<string, readonly [calls: number, (schedule: Schedule) => Optimizer]>> = {
  sgd: [1, (learningRate) => sgd({ learningRate })],
  lbfgs: [1, (learningRate) => lbfgs({ learningRate, history: 2 })],
  chain: [1, (learningRate) => chain(clipNorm(9), sgd({ learningRate }))],
  "a transform that reads the rate": [1, (learningRate) => chain(readsRate, sgd({ learningRate }))],
  partitioned: [1, (learningRate) => partitioned({ all: sgd({ learningRate }) }, () => "all")],
  "a chain before groups": [
    1,
    (learningRate) => chain(readsRate, partitioned({ all: sgd({ learningRate }), none: sgd() }, () => "all")),
  ],
  averageParameters: [1, (learningRate) => averageParameters({ decay: 0.5 }, sgd({ learningRate }))],
  accumulate: [2, (learningRate) => accumulate({ steps: 2 }, sgd({ learningRate }))],
  "accumulate in accumulate": [
    4,
    (learningRate) => accumulate({ steps: 2 }, accumulate({ steps: 2 }, chain(clipNorm(9), sgd({ learningRate })))),
  ],
  "scaleBy in accumulate": [2, (factor) => accumulate({ steps: 2 }, chain(scaleBy(factor), sgd({ learningRate: 1 })))],
};

const readsRate: Transform = {
  name: "reads the rate",
  config: {},
  init: () => [],
  update: (gradients, state, { learningRate }) => {
    assertEquals(learningRate.shape, []);
    return [gradients, state];
  },
};

for (const [name, [calls, make]] of Object.entries(AROUND)) {
  for (const how of ["plain", "compiled", "scanned"] as const) {
    Deno.test(`a schedule is asked exactly once for each step, when it is taken: ${name}, ${how}`, () => {
      const { asked, schedule } = recorded(), optimizer = make(schedule), start: State = optimizer.init(params);
      const one = (state: State): State => optimizer.step(state, slopes), step = how === "plain" ? one : compile(one);
      assertEquals(asked, [], "nothing is asked before the first step");
      if (how === "scanned") {
        const scanned = compile((s: State, g: typeof slopes): [State, Tensor] => [optimizer.step(s, g), g.w]);
        assertEquals([...scanned.scan(start, Array(2 * calls + 1).fill(slopes))].length, 2 * calls + 1);
        assertEquals(asked, calls === 1 ? [0, 1, 2] : [0, 1]);
        return;
      }
      let state = start;
      for (let k = 0; k < 3; k++) {
        for (let call = 0; call < calls; call++) {
          assertEquals(asked, [0, 1, 2].slice(0, k), "a step that is not due does not ask");
          state = step(state);
        }
      }
      assertEquals([asked, toNumber(state.step)], [[0, 1, 2], 3]);
      for (let call = 1; call < calls; call++) state = step(state);
      const before = toList(state.params.w);
      assertThrows(() => step(state), RangeError, "(3)");
      assertEquals([toList(state.params.w), asked], [before, [0, 1, 2, 3]]);
    });
  }
}

Deno.test("learningRate() asks for the next rate, whether the state comes from a step, a scan or a file", () => {
  const { asked, schedule } = recorded(), optimizer: Optimizer = sgd({ learningRate: schedule });
  const start = optimizer.init(params);
  const step = compile((state: State): State => optimizer.step(state, slopes));
  const scan = compile((s: State, g: typeof slopes): [State, Tensor] => [optimizer.step(s, g), g.w])
    .scan(start, [slopes, slopes]);
  assertEquals([...scan].length, 2);
  asked.length = 0;
  assertEquals([start, optimizer.step(start, slopes), step(start), scan.carry].map((s) => learningRate(s)), [
    0.5,
    0.25,
    0.25,
    0.125,
  ]);
  assertEquals(asked, [0, 0, 0, 1, 1, 2]);
  const bytes = encodeTree(step(start)), back = decodeTree(bytes, start), alone = decodeTree(bytes) as typeof back;
  assert(back._tag === "Right" && alone._tag === "Right");
  assertEquals([back, alone].map(({ right }) => learningRate(right)), [0.25, NaN]);
  for (const { right } of [back, alone]) {
    const next = optimizer.step(right, slopes);
    assertEquals([toList(next.params.w), learningRate(next)], [[1 - 0.75], 0.125]);
  }
});

Deno.test("a state that was written when states held the next rate of a schedule goes on", () => {
  const optimizer: Optimizer = sgd({ learningRate: recorded().schedule }), start = optimizer.init(params);
  const old: State = { ...start, learningRate: number(0.5) };
  assertEquals(learningRate(old), 0.5);
  const next = optimizer.step(old, slopes);
  assertEquals([toList(next.params.w), learningRate(next)], [[0.5], 0.25]);
});

Deno.test("partitioned() knows the next rate of a first group that counts its own steps", () => {
  const { schedule } = recorded(), group = accumulate({ steps: 2 }, sgd({ learningRate: schedule }));
  const optimizer: Optimizer = partitioned({ all: group }, () => "all"), start: State = optimizer.init(params);
  const states = [1, 2, 3].reduce<State[]>((all) => [...all, optimizer.step(all.at(-1)!, slopes)], [start]);
  assertEquals(states.map((state) => learningRate(state)), [0.5, 0.5, 0.25, 0.25]);
});
