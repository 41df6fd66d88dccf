import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { earlyStopping, type EarlyStoppingOptions } from "../../../optim/training/early_stopping.ts";

/** What early stopping knows after these losses; each keeps its own place as value. */
function after(losses: readonly number[], options: EarlyStoppingOptions) {
  const stop = earlyStopping<number>(options);
  return losses.map((loss, value) => ({ loss, value })).reduce((soFar, check) => stop(soFar, check), stop.initial);
}

const bestOf = ({ best }: ReturnType<typeof after>) => best._tag === "Some" ? best.value : undefined;

Deno.test("earlyStopping() stops after patience checks without improvement, keeping the best", () => {
  const losses = [1, 0.5, 0.6, 0.4, 0.4, 0.7, 0.9, 0.1];
  assertEquals([3, 5, 6].map((n) => after(losses.slice(0, n), { patience: 3 }).stopped), [false, false, false]);
  const end = after(losses, { patience: 3 });
  assertEquals([end.stopped, end.checks, bestOf(end)], [true, 7, { loss: 0.4, value: 3, check: 3 }]);
  assertEquals(bestOf(after(losses, { patience: 4 }))?.value, 7);
});

Deno.test("earlyStopping() does not change after it has stopped", () => {
  const stop = earlyStopping<string>({ patience: 1 });
  const stopped = stop(stop(stop.initial, { loss: 1, value: "a" }), { loss: 2, value: "b" });
  assert(stopped.stopped);
  assertStrictEquals(stop(stopped, { loss: 0, value: "c" }), stopped);
});

Deno.test("earlyStopping() counts small improvements together, and keeps the lowest loss all the same", () => {
  const options = { patience: 3, minimumImprovement: 0.1 };
  // 0.06 each: the second of every two makes up for the waiting.
  assertEquals(after([1, 0.94, 0.88, 0.82, 0.76, 0.7], options).stopped, false);
  const slow = after([1, 0.97, 0.95, 0.92, 0.5], options);
  assertEquals([slow.stopped, slow.waited, bestOf(slow)?.loss], [true, 3, 0.92]);
});

Deno.test("earlyStopping() does not count losses that are not finite as improvements", () => {
  const diverged = after([NaN, Infinity, -Infinity], { patience: 3 });
  assertEquals([diverged.stopped, bestOf(diverged)], [true, undefined]);
  assertEquals(bestOf(after([2, NaN, 1, Infinity], { patience: 2 }))?.loss, 1);
});

Deno.test("earlyStopping() keeps the lowest loss of all it has seen, the first of equals", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }), fc.integer({ min: 1, max: 4 }), (
    losses,
    patience,
  ) => {
    const end = after(losses, { patience }), seen = losses.slice(0, end.checks), lowest = Math.min(...seen);
    assertEquals(bestOf(end), { loss: lowest, value: seen.indexOf(lowest), check: seen.indexOf(lowest) });
    assertEquals(end.stopped, end.waited >= patience);
    assert(end.stopped || end.checks === losses.length);
  }));
});

Deno.test("earlyStopping() refuses settings that mean nothing", () => {
  for (const patience of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => earlyStopping({ patience }), RangeError, `Cannot build earlyStopping with patience ${patience}`);
  }
  for (const minimumImprovement of [-0.1, NaN, Infinity]) {
    assertThrows(() => earlyStopping({ patience: 1, minimumImprovement }), RangeError, "minimumImprovement");
  }
});
