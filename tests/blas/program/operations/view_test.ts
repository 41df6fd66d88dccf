/**
 * Operands seen through another view.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { operandView } from "../../../../blas/program/interpret.ts";
import type { Operand } from "../../../../blas/program/program.ts";
import { changeOperand } from "../../../../blas/program/compose.ts";
import { changeView } from "../../../../blas/program/operations/view.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

const data = view(Float64Array.from({ length: 24 }, (_, i) => i));
const operands: readonly Operand[] = [
  { value: 0, shape: [2, 3, 4], stride: [12, 4, 1], offset: 0 },
  { value: 0, shape: [3, 4], stride: [1, 3], offset: 5 },
  { value: 0, shape: [2, 2], stride: [0, -1], offset: 7 },
];

Deno.test("a changed operand shows, in row-major order, what the changed view does", () => {
  for (const operand of operands) {
    const size = operand.shape.reduce((product, length) => product * length, 1);
    const changes = [
      { kind: "reshape", shape: [size] },
      { kind: "reshape", shape: operand.shape },
      { kind: "transpose", axes: operand.shape.map((_, axis) => axis).reverse() },
      { kind: "broadcast", shape: [2, ...operand.shape] },
      { kind: "slice", ranges: operand.shape.map((length) => ({ start: length - 1, step: -1, count: 2 })) },
    ] as const;
    for (const change of changes) {
      const changed = changeView(reference, operandView(data, operand), change);
      assertEquals(elementsOf(operandView(data, changeOperand(operand, change) ?? operand)), elementsOf(changed));
    }
  }
});

Deno.test("an operand cannot be changed if no strides show it in the new shape", () => {
  assertEquals(changeOperand(operands[1]!, { kind: "reshape", shape: [12] }), undefined);
});
