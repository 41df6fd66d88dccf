import { assertEquals } from "@std/assert";
import { type Contraction, contractionOf } from "../../../../blas/program/passes/contractions.ts";
import { type Product, programOfProduct } from "./random_products.ts";

/** The contraction of a sum over the axes of `masks`: bit `axis` of `masks[k]` says whether factor `k` changes along it. */
function found(lengths: readonly number[], axes: readonly number[], masks: readonly number[]): Contraction | undefined {
  const product: Product = { dtype: "float64", lengths, axes, masks, divides: false };
  const [{ operation }] = programOfProduct(product, "sum", (x) => x).instructions as readonly [
    ReturnType<typeof programOfProduct>["instructions"][number],
  ];
  return operation.kind === "reduce" ? contractionOf(operation, masks.map((_, k) => k)) : undefined;
}

Deno.test("contractionOf() finds the rows, columns and summed axes of two factors", () => {
  assertEquals(found([64, 12, 50], [0], [5, 3]), {
    left: [1],
    right: [0],
    stack: [],
    rows: [1],
    columns: [2],
    summed: [0],
  });
});

Deno.test("contractionOf() numbers matrices by the axes that both factors have and that stay", () => {
  const { stack, rows, columns, summed } = found([6, 16, 18, 20], [2], [7, 13])!;
  assertEquals({ stack, rows, columns, summed }, { stack: [0], rows: [1], columns: [3], summed: [2] });
});

Deno.test("contractionOf() puts a weight to the smaller factor", () => {
  assertEquals(found([64, 12, 50], [0], [5, 3, 1])!.left, [1, 2]);
  assertEquals(found([64, 50, 12], [0], [5, 3, 1])!.right, [0, 2]);
});

Deno.test("contractionOf() leaves out factors that do not change along the summed axes if not all axes can be summed at once", () => {
  const { left, right, summed } = found([64, 32, 40], [1, 2], [6, 3, 5])!; // sum_ij w[i, j] x[b, i] y[b, j]
  assertEquals([[left, right].flat().length, summed.length], [2, 1]);
});

Deno.test("contractionOf() finds nothing without two sides of some length, or in small stacks", () => {
  assertEquals(found([64, 3, 50], [0], [5, 3]), undefined);
  assertEquals(found([64, 12, 50], [0], [7, 3]), undefined);
  assertEquals(found([64, 12, 50], [0], [1, 2]), undefined);
  assertEquals(found([600, 4, 5, 6], [2], [7, 13]), undefined);
});
