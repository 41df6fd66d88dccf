import { assertEquals } from "@std/assert";
import { draftOf } from "../../../../blas/program/passes/draft.ts";
import { readerCounts } from "../../../../blas/program/passes/reader_counts.ts";
import { add, mul } from "../../../../blas/scalar/scalar.ts";
import { pairs, x, y } from "../held_programs.ts";

Deno.test("each operand and each result that is a value counts", () => {
  const { steps, results } = draftOf(pairs(3, [[mul(x, y), 0, 0], [add(x, y), 0, 3], [mul(x, 2), 3]], [4, 3, 4]));
  assertEquals([...readerCounts(steps, results)].sort(), [[0, 3], [3, 3], [4, 2]]);
});
