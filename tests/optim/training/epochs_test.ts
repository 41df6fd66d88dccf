import { assertEquals, assertThrows } from "@std/assert";
import { epochs } from "../../../optim/training/epochs.ts";

const list = { empty: [] as readonly string[], concat: (a: readonly string[], b: readonly string[]) => [...a, ...b] };

Deno.test("epochs() carries from batch to batch and from epoch to epoch, and joins the results of each epoch", () => {
  const run = epochs((text: string, batch: string) => [text + batch, [batch.toUpperCase()]], "", {
    batches: (epoch) => epoch === 1 ? [] : [`a${epoch}`, `b${epoch}`],
    monoid: list,
    count: 3,
  });
  assertEquals([run.next().value, run.next().value, run.next().value, run.next()], [
    { epoch: 0, carry: "a0b0", result: ["A0", "B0"] },
    { epoch: 1, carry: "a0b0", result: [] },
    { epoch: 2, carry: "a0b0a2b2", result: ["A2", "B2"] },
    { value: "a0b0a2b2", done: true },
  ]);
});

Deno.test("epochs() continues without end, and runs only the epochs that are asked for", () => {
  const begun: number[] = [];
  const run = epochs((n: number, _: number) => [n + 1, []], 0, {
    batches: (epoch) => {
      begun.push(epoch);
      return [1, 2];
    },
    monoid: list,
  });
  for (const { epoch, carry } of run) {
    assertEquals(carry, 2 * (epoch + 1));
    if (epoch === 4) break;
  }
  assertEquals(begun, [0, 1, 2, 3, 4]);
});

Deno.test("epochs() refuses an invalid count before anything runs", () => {
  const run = (count: number) => epochs((c: number) => [c, []], 0, { batches: () => [1], monoid: list, count });
  for (const count of [-1, 0.5, NaN]) {
    assertThrows(() => run(count), RangeError, `Cannot build epochs with count ${count}`);
  }
  assertEquals([...run(0)], []);
});
