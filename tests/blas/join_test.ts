import { assertEquals } from "@std/assert";
import { isCovered, joinBy } from "../../blas/join.ts";
import { reference } from "../../blas/reference/mod.ts";
import { allocate, type View, view } from "../../blas/view.ts";

const row = (start: number, count: number) => [{ start: 0, step: 1, count: 2 }, { start, step: 1, count }];

Deno.test("an engine that copies joins by copies, and fills what is left", () => {
  const y = allocate("float64", [2, 4]), a = view(new Float64Array([1, 2, 3, 4]), [2, 2]);
  joinBy(reference.copy)({ inputs: [a], places: [row(1, 2)], fill: -1, y });
  assertEquals([...(y as View).data.slice(y.offset, y.offset + 8)], [-1, 1, 2, -1, -1, 3, 4, -1]);
});

Deno.test("places cover a shape if they have as many elements", () => {
  assertEquals(isCovered([2, 4], [row(0, 1), row(1, 3)]), true);
  assertEquals(isCovered([2, 4], [row(0, 1), row(2, 2)]), false);
});
