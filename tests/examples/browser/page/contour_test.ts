import { assert, assertEquals } from "@std/assert";
import { contour } from "../../../../examples/browser/page/contour.ts";

const grid = (side: number, f: (x: number, y: number) => number): Float32Array =>
  Float32Array.from({ length: side * side }, (_, k) => f(k % side, Math.floor(k / side)));

Deno.test("contour() of a slope is a straight line where it crosses the level", () => {
  assertEquals(contour(grid(3, (x) => x), 3, 0.25), [0.25, 0, 0.25, 1, 0.25, 1, 0.25, 2]);
});

Deno.test("contour() of a distance is a circle", () => {
  const pieces = contour(grid(41, (x, y) => Math.hypot(x - 20, y - 20)), 41, 12);
  assert(pieces.length > 100);
  for (let k = 0; k < pieces.length; k += 2) {
    assert(Math.abs(Math.hypot(pieces[k]! - 20, pieces[k + 1]! - 20) - 12) < 0.05);
  }
});

Deno.test("contour() of a saddle has two pieces, and whole pieces always", () => {
  assertEquals(contour(Float32Array.of(1, -1, -1, 1), 2, 0).length, 8);
  assertEquals(contour(Float32Array.of(1, 1, 1, 1), 2, 0), []);
});
