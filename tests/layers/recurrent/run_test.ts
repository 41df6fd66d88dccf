import { assertEquals } from "@std/assert";
import { add, concat, constant, type Tensor, tensor64, toArray, toList, zeros } from "../../../mod.ts";
import { maskOf, runBoth, runCell } from "../../../layers/recurrent/run.ts";

/** A cell that adds up what comes in. */
const summing = {
  inputSize: 1,
  hiddenSize: 1,
  init: () => ({}),
  start: (batch: readonly number[]) => zeros([...batch, 1], { dtype: "float64" }),
  step: (_: object, carry: unknown, x: Tensor) => {
    const next = add(carry as Tensor, x);
    return [next, next] as const;
  },
};
const x = tensor64([[[1], [2], [3]], [[4], [5], [6]]]), mask = maskOf(x, constant([3, 2]));

Deno.test("the mask is 1 up to each length", () => assertEquals(toArray(mask), [[[1], [1], [1]], [[1], [1], [0]]]));

Deno.test("a cell runs from either end; all outputs in order, or the last one", () => {
  const run = (reverse: boolean, returnSequences: boolean, masked = false) =>
    toList(runCell(summing, {}, masked ? { x, mask } : { x }, { reverse, returnSequences }));
  assertEquals([run(false, true), run(true, true)], [[1, 3, 6, 4, 9, 15], [6, 5, 3, 15, 11, 6]]);
  assertEquals([run(false, false), run(true, false)], [[6, 15], [6, 15]]);
  assertEquals([run(false, true, true), run(true, true, true)], [[1, 3, 6, 4, 9, 0], [6, 5, 3, 9, 5, 0]]);
  assertEquals([run(false, false, true), run(true, false, true)], [[6, 9], [6, 9]]);
});

Deno.test("two cells run both ways, and their outputs are joined", () => {
  const directions = { forward: {}, backward: {} };
  const apart = [false, true].map((reverse) => runCell(summing, {}, { x }, { reverse, returnSequences: true }));
  assertEquals(toList(runBoth(summing, directions, { x }, true)), toList(concat(apart, 2)));
});
