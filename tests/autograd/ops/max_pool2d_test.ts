import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { unsafeView } from "../../../blas/view.ts";

const { gradient, maxPool2d, sum, tensor64, toArray, toList } = ng;

Deno.test("maxPool2d() agrees with a search through every window", () => {
  const settings = fc.record({
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.nat(1),
  })
    .filter(({ size, padding }) => padding < size);
  fc.assert(fc.property(settings, fc.boolean(), fc.nat(1000), (options, ceilMode, seed) => {
    const x = ng.randomNormal(ng.key(seed), [2, 5, 6], { dtype: "float64" }), values = toArray(x) as number[][][];
    const pooled = toArray(maxPool2d(x, { ...options, ceilMode })) as number[][][];
    pooled.forEach((plane, c) =>
      plane.forEach((row, i) =>
        row.forEach((value, j) => {
          const from = (k: number): number => k * options.stride - options.padding;
          const seen = values[c]!.slice(Math.max(0, from(i)), from(i) + options.size).flatMap((line) =>
            line.slice(Math.max(0, from(j)), from(j) + options.size)
          );
          assertEquals(value, Math.max(...seen));
        })
      )
    );
  }));
});

Deno.test("maxPool2d() gives the gradient to the first of equal elements", () => {
  const x = tensor64([[[1, 1], [1, 1]], [[0, 3], [3, 3]]]);
  const slope = gradient((t: Tensor<"float64">) => sum(maxPool2d(t, { size: 2 })))(x);
  assertEquals(toArray(slope), [[[1, 0], [0, 0]], [[0, 1], [0, 0]]]);
});

Deno.test("maxPool2d() adds gradients up where windows overlap", () => {
  const x = tensor64([[[1, 2, 1], [1, 9, 1], [1, 1, 1]]]);
  const slope = gradient((t: Tensor<"float64">) => sum(maxPool2d(t, { size: 2, stride: 1 })))(x);
  assertEquals(toArray(slope), [[[0, 0, 0], [0, 4, 0], [0, 0, 0]]]);
});

Deno.test("maxPool2d() shows NaN, and prefers -Infinity to padding", () => {
  assertEquals(toList(maxPool2d(tensor64([[[1, NaN], [5, 2]]]), { size: 2 })), [NaN]);
  assertEquals(toList(maxPool2d(tensor64([[[-Infinity]]]), { size: 2, padding: 1, stride: 2 })), [-Infinity]);
  assertEquals(toList(maxPool2d(tensor64([[[-5]]]), { size: 3, padding: 1 })), [-5]);
});

Deno.test("maxPool2d() has a second derivative", () => {
  const x = tensor64([[[1, 2], [3, -4]]]);
  const cube = (t: Tensor<"float64">) => sum(ng.pow(maxPool2d(t, { size: [1, 2] }), 3));
  assertEquals(toList(gradient((t: Tensor<"float64">) => sum(gradient(cube)(t)))(x)), [0, 12, 18, 0]);
});

Deno.test("globalMaxPool2d() is the maximum of every channel, with the gradient at the first", () => {
  const x = tensor64([[[1, 4], [4, 2]], [[-3, -5], [-6, -7]]]);
  assertEquals(toList(ng.globalMaxPool2d(x)), [4, -3]);
  assertEquals(ng.globalMaxPool2d(ng.zeros([5, 2, 3, 4])).shape, [5, 2]);
  assertEquals(toArray(gradient((t: Tensor<"float64">) => sum(ng.globalMaxPool2d(t)))(x)), [[[0, 1], [0, 0]], [[1, 0], [
    0,
    0,
  ]]]);
});

Deno.test("an image of more elements than float32 can number is refused", () => {
  const large = constantOf<"float32">(unsafeView(new Float32Array(1), [1, 4097, 4096], [0, 0, 0], 0));
  assertThrows(
    () => maxPool2d(large, { size: 2 }),
    RangeError,
    "float32 holds every whole number up to 2^24 only; use float64",
  );
});
