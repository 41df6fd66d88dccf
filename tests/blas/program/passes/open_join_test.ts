import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { JoinPart } from "../../../../blas/program/operations/join.ts";
import { openJoin } from "../../../../blas/program/passes/open_join.ts";
import type { Loop } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const loopOver = (...values: number[]): Loop => ({
  shape: [2],
  operands: values.map((value) => plainOperand(value, [2])),
  expressions: [values.map((_, k) => s.argument(k)).reduce((a, b) => s.add(a, b))],
});
const part = (start: number, ...values: number[]): JoinPart => ({
  loop: loopOver(...values),
  place: [{ start, step: 1, count: 2 }],
});

Deno.test("openJoin() knows which parts read a value, and what a replacement adds and takes away", () => {
  const given = [part(0, 7), part(2, 7, 8), part(4, 9)], join = openJoin(given);
  assertEquals([join.reading(7), join.reading(8), join.reading(1)], [[0, 1], [1], []]);
  assertEquals(join.replace(0, loopOver(8, 5)), { added: [5], gone: [] }, "another part still reads 7, and 8 is known");
  assertEquals(join.replace(1, loopOver(8)), { added: [], gone: [7] });
  assertEquals([join.reading(7), join.reading(8), join.reading(5)], [[], [1, 0], [0]]);
  assertEquals(join.parts[1], { loop: loopOver(8), place: given[1]!.place });
  assertEquals(given[1], part(2, 7, 8), "the given list stays");
});
