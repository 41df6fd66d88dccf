import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import {
  addingUp,
  copiedOperand,
  isMatrix,
  picking,
  type Picks,
  picksOf,
  reorderedPicks,
} from "../../../../blas/program/passes/table_rows.ts";
import * as s from "../../../../blas/scalar/scalar.ts";

const picks: Picks = { value: 3, offset: 2, step: 2, rows: 4, checked: true };

Deno.test("what picks rows, and what adds rows up, says by which numbers", () => {
  const picked = picking(picks, plainOperand(0, [5, 7])), added = addingUp(picks, plainOperand(1, [4, 7]), 5);
  for (const operation of [picked, added]) {
    assertEquals(operation.kind === "gather" || operation.kind === "scatter" ? picksOf(operation) : undefined, picks);
  }
  const elementwise = {
    kind: "gather",
    axis: 0,
    operand: plainOperand(0, [5, 7]),
    indices: plainOperand(3, [4, 7]),
  } as const;
  assertEquals([picksOf(elementwise), picksOf({ ...elementwise, axis: 1 })], [undefined, undefined]);
});

Deno.test("numbers are put in another order by a copy", () => {
  const order = { shape: [2, 2], stride: [1, 2], offset: 1 };
  const { operation, results } = reorderedPicks(picks, order, { dtype: "float32", shape: [10] });
  assertEquals(copiedOperand(operation), { value: 3, shape: [2, 2], stride: [2, 4], offset: 4 });
  assertEquals(results, [{ dtype: "float32", shape: [4] }]);
});

Deno.test("a copy is a loop of one argument, and a matrix is shown whole", () => {
  const operand = plainOperand(0, [2, 3]),
    loop = { shape: [2, 3], operands: [operand], expressions: [s.neg(s.argument(0))] };
  assertEquals(copiedOperand({ kind: "map", loop }), undefined);
  assertEquals(
    [isMatrix(operand, [2, 3]), isMatrix(operand, [3, 2]), isMatrix({ ...operand, stride: [1, 2] }, [2, 3])],
    [
      true,
      false,
      false,
    ],
  );
});
