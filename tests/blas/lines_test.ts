import { assertEquals } from "@std/assert";
import { forEachLine } from "../../blas/lines.ts";

const startsOf = (axis: number, ...views: Parameters<typeof forEachLine>[1]): number[][] => {
  const starts: number[][] = [];
  forEachLine(axis, views, (at) => starts.push([...at]));
  return starts;
};

Deno.test("forEachLine() visits the first element of every line, in all views at once", () => {
  const a = { shape: [2, 3, 2], stride: [6, 2, 1], offset: 0 }, b = { shape: [2, 3, 2], stride: [1, 4, 2], offset: 10 };
  assertEquals(startsOf(1, a, b), [[0, 10], [1, 12], [6, 11], [7, 13]]);
  assertEquals(startsOf(0, { shape: [4], stride: [2], offset: 5 }), [[5]]);
});

Deno.test("forEachLine() visits nothing where there are no elements", () => {
  assertEquals(startsOf(0, { shape: [0, 3], stride: [3, 1], offset: 0 }), []);
  assertEquals(startsOf(1, { shape: [0, 3], stride: [3, 1], offset: 0 }), []);
});
