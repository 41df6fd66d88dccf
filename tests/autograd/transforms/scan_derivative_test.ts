import { assertEquals } from "@std/assert";
import { add, mul, tensor64, toNumber } from "../../../autograd/mod.ts";
import { record, replay } from "../../../autograd/transforms/recorded_function.ts";
import { differentiateStep, withoutInputs } from "../../../autograd/transforms/scan_derivative.ts";

const NUMBER = { dtype: "float64", shape: [] } as const;
const w = tensor64(3);
/** The next carry is `c w + x`; what is yielded, `c x`. */
const { recorded: step } = record("scanAlong", [NUMBER, NUMBER], ([c, x]) => [add(mul(c!, w), x!), mul(c!, x!)]);

Deno.test("a step differentiated yields what the step back needs, and nothing that it can compute", () => {
  const { forward, backward } = differentiateStep({ step, carries: 1, sequences: 1 }, [true, true, true]);
  const results = replay(forward, [2, 5, 3].map((x) => tensor64(x)));
  assertEquals(results.slice(0, 2).map(toNumber), [11, 10]);
  // Only the carry: slices of sequences and captured tensors are there anyway.
  assertEquals([backward.residuals, results.slice(2).map(toNumber)], [1, [2]]);
  assertEquals([backward.sliced, backward.captured, backward.tracked, backward.accumulated], [[0], [0], [0], [0]]);
});

Deno.test("the step back gives cotangents of carry and slice, and adds that of what is captured to its sum", () => {
  const { backward } = differentiateStep({ step, carries: 1, sequences: 1 }, [true, true, true]);
  // Cotangents 7 of the next carry and 11 of what was yielded; a sum of 100 so far; x = 5, c = 2, w = 3.
  const found = replay(backward.step, [7, 100, 11, 5, 2, 3].map((x) => tensor64(x))).map(toNumber);
  assertEquals(found, [7 * 3 + 11 * 5, 100 + 7 * 2, 7 + 11 * 2]);
});

Deno.test("cotangents that nobody wants are not computed", () => {
  const { backward } = differentiateStep({ step, carries: 1, sequences: 1 }, [true, false, false]);
  assertEquals([backward.tracked, backward.accumulated, backward.residuals], [[], [], 0]);
});

Deno.test("a function without some inputs has zeros in their places", () => {
  const [first, second] = [[1], [0]].map((absent) => withoutInputs(step, absent));
  assertEquals(replay(first!, [2, 3].map((x) => tensor64(x))).map(toNumber), [6, 0]);
  assertEquals(replay(second!, [5, 3].map((x) => tensor64(x))).map(toNumber), [5, 0]);
});
