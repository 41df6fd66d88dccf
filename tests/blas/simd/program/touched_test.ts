/**
 * What shares are said to read and write; `team/epochs_test.ts` shows that it is enough.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { lowerLoop, touchedByLoop } from "../../../../blas/simd/program/loop_function.ts";
import { ALL_BYTES, elementsAlong, readAlongAxis0, rowsOfResult } from "../../../../blas/simd/program/touched.ts";
import { whole } from "./small_programs.ts";

const x = scalar.argument(0);

Deno.test("elements along an axis reach from the lowest to the highest address, whatever the strides", () => {
  const operand = { value: 7, shape: [4, 5], stride: [10, 1], offset: 3 };
  assertEquals(elementsAlong(operand, 0, 1, 3), { of: 7, from: 13, to: 28 });
  assertEquals(elementsAlong(operand, 1, 2, 3), { of: 7, from: 5, to: 36 });
  assertEquals(elementsAlong({ ...operand, stride: [-10, 1], offset: 30 }, 0, 1, 3), { of: 7, from: 10, to: 25 });
  assertEquals(rowsOfResult(2, [6, 4, 5], 1, 3), { of: 2, from: 20, to: 60 });
});

Deno.test("a loop reads and writes its rows, or pieces of 256 elements; what it computes on is in the workspace", () => {
  const rows = { shape: [6, 10], operands: [{ ...whole(4, [6, 10]), stride: [1, 6] }], expressions: [x] };
  assertEquals(touchedByLoop(rows)(2, 4), {
    reads: [{ of: 4, from: 2, to: 58 }],
    writes: [{ of: 0, from: 20, to: 40 }],
    workspace: undefined,
  });
  const flat = { shape: [1000], operands: [whole(-1, [1000])], expressions: [x, x] };
  assertEquals(touchedByLoop(flat)(3, 4), {
    reads: [],
    writes: [{ of: 0, from: 768, to: 1000 }, { of: 1, from: 768, to: 1000 }],
    workspace: ALL_BYTES,
  });
  assertEquals(readAlongAxis0({ ...rows, operands: [...rows.operands, ...flat.operands] }, 0, 6), [
    { of: 4, from: 0, to: 60 },
  ]);
  assertEquals(lowerLoop(rows, "float32", true).shares.phases[0]!.touched!(0, 6).writes, [{ of: 0, from: 0, to: 60 }]);
});
