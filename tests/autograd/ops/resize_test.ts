import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  flatten,
  full,
  key,
  ones,
  randomNormal,
  resize,
  ShapeError,
  tensor64,
  toArray,
  toList,
  zeros,
} from "../../../autograd/mod.ts";
import { resizeTaps } from "../../../autograd/ops/resize_taps.ts";
import { testOperation } from "../differentiable_twice.ts";

for (const mode of ["nearest", "linear", "cubic"] as const) {
  testOperation({
    name: `resize, ${mode}`,
    call: (t) => resize(t!, [5, 2], { mode }),
    inputs: (dtype) => [randomNormal(key(3), [2, 3, 4], { dtype })],
  });

  Deno.test(`resize, ${mode}: weights add up to 1, and an image of ones stays one`, () => {
    for (const [from, to] of [[1, 5], [4, 9], [9, 4], [3, 1]] as const) {
      for (const alignCorners of mode === "nearest" ? [false] : [false, true]) {
        const taps = resizeTaps(from, to, mode, alignCorners);
        for (let k = 0; k < to; k++) assertAlmostEquals(taps.reduce((sum, tap) => sum + tap.weights[k]!, 0), 1, 1e-14);
        assertEquals(taps.every(({ indices }) => indices.every((i) => i >= 0 && i < from)), true);
      }
    }
    toList(resize(ones([3, 3], { dtype: "float64" }), [7, 2], { mode })).forEach((x) =>
      assertAlmostEquals(x, 1, 1e-14)
    );
  });

  Deno.test(`resize, ${mode}: to the same size is the same image`, () => {
    const image = randomNormal(key(0), [4, 3], { dtype: "float64" });
    assertEquals(toArray(resize(image, [4, 3], { mode })), toArray(image));
  });
}

Deno.test("aligned corners stay as they are", () => {
  const image = tensor64([[1, 7, 2], [4, 5, 3]]),
    large = toArray(resize(image, [5, 8], { alignCorners: true })) as number[][];
  [[0, 0, 1], [0, 7, 2], [4, 0, 4], [4, 7, 3]].forEach(([i, j, x]) => assertAlmostEquals(large[i!]![j!]!, x!, 1e-14));
});

Deno.test("what cannot be resized is said", () => {
  assertThrows(
    () => resize(zeros([2, 2]), [2.5, 1]),
    ShapeError,
    "Cannot apply resize to t [2, 2] and size 2.5,1: size must be [height, width], whole numbers of 1 or more",
  );
  assertThrows(() => resize(zeros([2]), [2, 2]), ShapeError, "t must be [..., height, width]");
  assertThrows(() => resize(zeros([2, 0]), [2, 2]), ShapeError, "at least one row and one column");
  assertThrows(
    () => resize(zeros([2, 2]), [2, 2], { mode: "nearest", alignCorners: true }),
    RangeError,
    "no element is",
  );
  assertThrows(() => resize(zeros([2, 2]), [2, 2], { mode: "area" as "linear" }), RangeError, 'with "area" for mode');
});

Deno.test("resize() leaves equal float32 elements as they are, though weights between them may not add up to 1", () => {
  for (const [from, to] of [[71, 3], [14, 3], [7, 50], [5, 200]] as const) {
    const resized = toList(flatten(resize(full([1, from], 0.1, { dtype: "float32" }), [1, to])));
    assertEquals(resized, Array.from({ length: to }, () => Math.fround(0.1)));
  }
});
