import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { scan } from "../../../autograd/transforms/scan.ts";

/** Runs a generator to its end. */
function finish<Y, C>(generator: Generator<Y, C>): readonly [readonly Y[], C] {
  const ys: Y[] = [];
  for (;;) {
    const { done, value } = generator.next();
    if (done) return [ys, value];
    ys.push(value);
  }
}

Deno.test("scan() is a reduce() that can be watched: the last carry is the fold, with one y for each x", () => {
  fc.assert(fc.property(fc.array(fc.integer()), fc.integer(), (xs, start) => {
    const step = (carry: number, x: number): number => (31 * carry + x) | 0;
    const [ys, last] = finish(scan((carry, x: number) => [step(carry, x), [carry, x]], start, xs));
    assertEquals(last, xs.reduce(step, start));
    assertEquals(ys.map(([, x]) => x), xs);
    assertEquals(ys.map(([carry]) => carry), xs.map((_, i) => xs.slice(0, i).reduce(step, start)));
  }));
});

Deno.test("scan() of no items returns the given carry", () => {
  assertEquals(finish(scan((c: string, _: number) => [c + "!", c], "as it was", [])), [[], "as it was"]);
});

Deno.test("scan() refuses a step that does not return a carry and a value, as compiled ones do", () => {
  for (
    const [returned, shown] of [[undefined, "undefined"], [3, "3"], [[1], "an array of 1"], ["ab", '"ab"']] as const
  ) {
    const step = (() => returned) as unknown as (carry: number, x: number) => readonly [number, number];
    assertThrows(
      () => scan(step, 0, [1]).next(),
      TypeError,
      `Cannot scan with a function that returned ${shown}: it must`,
    );
  }
});

Deno.test("scan() pulls an item only when the next result is asked for, and closes the iterator if it is left early", () => {
  const pulled: string[] = [];
  function* endless(): Generator<number, void> {
    try {
      for (let i = 0;; i++) {
        pulled.push(`pull ${i}`);
        yield i;
      }
    } finally {
      pulled.push("closed");
    }
  }
  const totals = scan((sum, x: number) => [sum + x, sum + x], 0, endless());
  assertEquals(pulled, []);
  for (const total of totals) {
    pulled.push(`total ${total}`);
    if (total >= 3) break;
  }
  assertEquals(pulled, ["pull 0", "total 0", "pull 1", "total 1", "pull 2", "total 3", "closed"]);
});
