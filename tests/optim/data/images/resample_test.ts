import { assertAlmostEquals, assertEquals } from "@std/assert";
import { partOfShape, resample } from "../../../../optim/data/images/resample.ts";
import pictures from "../../../fixtures/pictures.json" with { type: "json" };

Deno.test("resample() gives Pillow's numbers, up to its rounding to bytes after each axis", () => {
  for (const { from, to, pixels, resized } of pictures.resized) {
    const ours = resample(Float32Array.from(pixels), from as [number, number], to as [number, number]);
    assertEquals(ours.length, resized.length);
    ours.forEach((value, k) => assertAlmostEquals(value, resized[k]!, 1.01));
  }
});

Deno.test("resample() treats planes alike, and keeps what is even", () => {
  const planes = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40), small = resample(planes, [2, 2], [1, 3]);
  assertEquals([...small.subarray(3)].map((x) => x / 10), [...small.subarray(0, 3)]);
  resample(new Float32Array(35).fill(5), [5, 7], [11, 3]).forEach((x) => assertAlmostEquals(x, 5, 1e-5));
});

Deno.test("partOfShape() is the largest part of the shape, in the middle", () => {
  assertEquals(partOfShape([100, 50], [10, 10]), { top: 25, left: 0, size: [50, 50] });
  assertEquals(partOfShape([3, 9], [1, 2]), { top: 0, left: 1, size: [3, 6] });
  assertEquals(partOfShape([1, 100], [100, 1]), { top: 0, left: 49, size: [1, 1] });
});
