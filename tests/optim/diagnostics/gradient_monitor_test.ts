import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { mul, square, sum } from "../../../autograd/ops/mod.ts";
import { gradientMonitor } from "../../../optim/diagnostics/gradient_monitor.ts";
import { gradientStats } from "../../../optim/diagnostics/gradient_stats.ts";

Deno.test("gradientMonitor() is a reducer: a fold at once and a loop step by step see the same", () => {
  const record = gradientMonitor({ window: 3 });
  const gradients = [1, 2, 3, 4, 5].map((g) => ({ w: [tensor64([g, -g])], b: tensor32([g]) }));
  const folded = gradients.reduce(record, record.initial);
  let looped = record.initial;
  for (const g of gradients) looped = record(looped, g);
  assertEquals(looped, folded);
  assertEquals([folded.steps, folded.window, folded.history.map(({ step }) => step)], [5, 3, [3, 4, 5]]);
  assertEquals(folded.history.map(({ stats }) => stats), gradients.slice(2).map((g) => gradientStats(g)));
});

Deno.test("gradientMonitor() leaves the monitor that it was given alone", () => {
  const record = gradientMonitor(), one = record(record.initial, tensor64([1]));
  const before = JSON.stringify(one);
  record(one, tensor64([NaN]));
  assertEquals(JSON.stringify(one), before);
  assertEquals([record.initial.steps, record.initial.history], [0, []]);
});

Deno.test("gradientMonitor() measures the angle from one gradient to the next, if it exists", () => {
  const record = gradientMonitor();
  const steps = [[1, 0], [0, 2], [0, -5], [3, -3], [0, 0], [NaN, 1], [1, 1], [1e300, 1e300]];
  const { history } = steps.map((g) => ({ w: tensor64(g) })).reduce(record, record.initial);
  const cosines = history.map(({ cosines }) => cosines.w);
  assertEquals([cosines[0], cosines[1], cosines[2]], [undefined, 0, -1]);
  assertAlmostEquals(cosines[3]!, Math.SQRT1_2, 1e-15);
  assertEquals(cosines.slice(4), [undefined, undefined, undefined, undefined]);
});

Deno.test("gradientMonitor() takes what backward() returned, numbered, from one step to the next", () => {
  const record = gradientMonitor();
  const step = (x: number) => {
    const [a, b] = [tensor64([x]), tensor64([2 * x])];
    return backward(sum(square(mul(a, b))));
  };
  const { history } = [step(1), step(2)].reduce(record, record.initial);
  assertEquals(Object.keys(history[1]!.stats.byPath), ["0", "1"]);
  assertEquals(history[1]!.cosines, { 0: 1, 1: 1 });
});

Deno.test("gradientMonitor() bears parameters that come, go and change their size", () => {
  const record = gradientMonitor();
  const { history } = [{ a: tensor64([1]) }, { a: tensor64([1, 1]), b: zeros([0]) }].reduce(record, record.initial);
  assertEquals(history.map(({ cosines }) => cosines), [{}, {}]);
  assert(history[1]!.stats.byPath.b?.size === 0);
});

Deno.test("gradientMonitor() refuses an invalid window", () => {
  for (const window of [0, -3, 2.5, NaN, Infinity]) {
    assertThrows(() => gradientMonitor({ window }), RangeError, `Cannot build gradientMonitor with window ${window}`);
  }
});

Deno.test("a missing monitor is replaced by the initial one", () => {
  const record = gradientMonitor({ window: 3 }), gradients = { weight: tensor64([1]) };
  assertEquals(record(undefined, gradients), record(record.initial, gradients));
});
