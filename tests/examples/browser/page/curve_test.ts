import { assert, assertEquals } from "@std/assert";
import { decades, EMPTY_CURVE, extend } from "../../../../examples/browser/page/curve.ts";

const curveOf = (count: number, stride = 1) =>
  Array.from({ length: count }, (_, k) => ({ step: k * stride, loss: 1 / (k + 1), testLoss: 2 / (k + 1) }))
    .reduce(extend, EMPTY_CURVE);

Deno.test("a curve stays short however long the training is, and keeps its beginning", () => {
  for (const stride of [1, 5]) {
    const { points } = curveOf(20_000, stride), last = points.at(-1)!.step;
    assert(points.length > 150 && points.length <= 400);
    assertEquals(points[0]!.step, 0);
    assert(last > 0.99 * 20_000 * stride);
    const gaps = new Set(points.slice(1).map(({ step }, k) => step - points[k]!.step));
    assertEquals(gaps.size, 1);
  }
});

Deno.test("decades() holds all losses between powers of ten, within limits", () => {
  const of = (...losses: readonly number[]) =>
    decades(losses.map((loss, step) => ({ step, loss, testLoss: loss })).reduce(extend, EMPTY_CURVE))
      .map((exponent) => exponent + 0); // 0 or -0
  assertEquals(of(0.7, 0.02), [-2, 0]);
  assertEquals(of(3, 0.5), [-1, 1]);
  assertEquals(of(), [-1, 0]);
  assertEquals(of(NaN, Infinity, 0.3), [-1, 0]);
  assertEquals(of(1e9, 1e-12), [-4, 1]);
});
