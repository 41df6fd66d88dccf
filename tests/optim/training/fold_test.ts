import { assertEquals, assertThrows } from "@std/assert";
import { foldOf } from "../../../optim/training/fold.ts";

Deno.test("foldOf() makes a reducer with an initial state, for reduce() and for loops", () => {
  const longest = foldOf("", (soFar: string, word: string) => word.length > soFar.length ? word : soFar);
  const words = ["a", "fold", "is", "read"];
  assertEquals(words.reduce(longest, longest.initial), "fold");
  let soFar = longest.initial;
  for (const word of words) soFar = longest(soFar, word);
  assertEquals(soFar, "fold");
});

Deno.test("foldOf() does not change its step, so one step serves two folds", () => {
  const add = (a: number, b: number): number => a + b;
  const [from0, from10] = [foldOf(0, add), foldOf(10, add)];
  assertEquals([from0.initial, from10.initial, [1, 2].reduce(from10, from10.initial)], [0, 10, 13]);
  assertThrows(() => Object.assign(from0, { initial: 5 }), TypeError);
});
