import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as ng from "../../../autograd/mod.ts";

const { avgPool2d, toArray, toList } = ng;

Deno.test("avgPool2d() is the mean of every window, padding counted or not", () => {
  const settings = fc.record({
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.nat(1),
  })
    .filter(({ size, padding }) => padding < size);
  fc.assert(
    fc.property(settings, fc.boolean(), fc.boolean(), fc.nat(1000), (options, ceilMode, countIncludePad, seed) => {
      const { size, stride, padding } = options, [height, width] = [5, 6];
      const x = ng.randomNormal(ng.key(seed), [2, height, width], { dtype: "float64" }),
        values = toArray(x) as number[][][];
      const pooled = toArray(avgPool2d(x, { ...options, ceilMode, countIncludePad })) as number[][][];
      pooled.forEach((plane, c) =>
        plane.forEach((line, i) =>
          line.forEach((value, j) => {
            let sum = 0, count = 0;
            for (let row = i * stride - padding; row < i * stride - padding + size; row++) {
              for (let column = j * stride - padding; column < j * stride - padding + size; column++) {
                const inside = row >= 0 && row < height && column >= 0 && column < width;
                // What ceilMode reaches beyond the padding never counts.
                const padded = row < height + padding && column < width + padding;
                if (inside) sum += values[c]![row]![column]!;
                if (inside || (countIncludePad && padded)) count++;
              }
            }
            assertAlmostEquals(value, sum / count, 1e-12);
          })
        )
      );
    }),
  );
});

Deno.test("avgPool2d() with NaN in one window is NaN only for that window", () => {
  assertEquals(toList(avgPool2d(ng.tensor64([[[1, 2, NaN, 4]]]), { size: [1, 2] })), [1.5, NaN]);
});

Deno.test("avgPool2d() spreads gradients, also where windows overlap, and can be differentiated twice", () => {
  const x = ng.randomNormal(ng.key(1), [1, 2, 4, 5], { dtype: "float64" });
  const f = (t: ng.Tensor) =>
    ng.sum(ng.pow(avgPool2d(t, { size: 3, stride: 1, padding: 1, countIncludePad: false }), 3));
  ng.checkGradient(f, x);
  ng.checkGradient((t) => ng.gradient(f)(t), x);
});

Deno.test("avgPool2d() counts padding on the side where it is", () => {
  const mean = (padding: readonly [number, number, number, number]) =>
    toList(avgPool2d(ng.ones([1, 2, 2]), { size: 2, stride: 1, padding }));
  assertEquals([mean([0, 0, 1, 1]), mean([1, 1, 0, 0])], [[1, 0.5, 0.5, 0.25], [0.25, 0.5, 0.5, 1]]);
});

Deno.test("globalAvgPool2d() is the mean of every channel", () => {
  assertEquals(toArray(ng.globalAvgPool2d(ng.tensor64([[[[1, 3]], [[5, 5]]]]))), [[2, 5]]);
  assertEquals(toList(ng.globalAvgPool2d(ng.zeros([1, 0, 3]))), [NaN]);
});

Deno.test("pooling without images or channels returns an empty result", () => {
  assertEquals(avgPool2d(ng.zeros([0, 3, 4, 4]), { size: 2 }).shape, [0, 3, 2, 2]);
  assertEquals(avgPool2d(ng.zeros([2, 0, 4, 4]), { size: 2 }).shape, [2, 0, 2, 2]);
  assertEquals(ng.maxPool2d(ng.zeros([2, 0, 4, 4]), { size: 2 }).shape, [2, 0, 2, 2]);
  assertEquals(ng.globalMaxPool2d(ng.zeros([0, 3, 4, 4])).shape, [0, 3]);
});
