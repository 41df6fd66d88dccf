/**
 * What only looks like rows of a table: values must stay what they are.
 *
 * @module
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { epilogueInput, plainOperand } from "../../../../blas/program/operand.ts";
import type { Instruction, Loop, Operand, Operation, Program } from "../../../../blas/program/program.ts";
import { add, argument, exp, neg, type Scalar } from "../../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { view } from "../../../../blas/view.ts";
import "../all_kinds.ts";
import { difference } from "../random_programs.ts";
import { multiplyTables } from "./on_programs.ts";

const type = (...shape: number[]) => ({ dtype: "float64", shape } as const);

/** Values 0 to 3: a table, a weight, an array, and the numbers of the rows. */
const PARAMETERS = [type(3, 2), type(2, 2), type(10, 2)];
const NUMBERS = view(new Float64Array([0, 2, 1, 1, 0, 2, 2, 1]));

const TABLE = plainOperand(0, [3, 2]), WEIGHT = plainOperand(1, [2, 2]), ROWS = plainOperand(4, [8, 2]);
const INDICES: Operand = { value: 3, shape: [8, 2], stride: [1, 0], offset: 0 };

const of = (shape: Shape, operation: Operation, count = 1): Instruction => ({
  results: Array.from({ length: count }, () => ({ dtype: "float64", shape })),
  operation,
});

/** Value 4: the rows that are picked. */
const PICKED = of([8, 2], { kind: "gather", axis: 0, operand: TABLE, indices: INDICES });
/** Value 4: so many rows of the array times the weight. */
const productOf = (rows: number): Instruction =>
  of([rows, 2], { kind: "gemm", a: plainOperand(2, [rows, 2]), b: WEIGHT });
const PRODUCT = productOf(8);

const map = (shape: Shape, operands: readonly Operand[], ...expressions: readonly Scalar[]): Instruction =>
  of(shape, { kind: "map", loop: { shape, operands, expressions } }, expressions.length);

const added = (operand: Operand, more: Partial<Extract<Operation, { kind: "scatter" }>> = {}): Instruction =>
  of([3, 2], { kind: "scatter", axis: 0, shape: [3, 2], operand, indices: INDICES, ...more });

const program = (...instructions: readonly Instruction[]): Program => ({
  parameters: PARAMETERS,
  constants: [NUMBERS],
  instructions,
  results: instructions.flatMap(({ results }) => results).map((_, k) => 4 + k),
});

/** Checks that a program stays as it is. */
const stays = (...instructions: readonly Instruction[]): void => {
  const one = program(...instructions);
  assertStrictEquals(multiplyTables(one), one);
};

/** Checks that a program becomes another one that computes the same. */
const changes = (...instructions: readonly Instruction[]): void => {
  const one = program(...instructions), other = multiplyTables(one);
  assertEquals(difference(one, other), undefined);
  assertEquals(other === one, false);
};

Deno.test("rows of a table are multiplied, changed and added up by way of the table", () => {
  changes(PICKED, of([8, 2], { kind: "gemm", a: ROWS, b: WEIGHT }));
  changes(PICKED, map([8, 2], [ROWS], exp(argument(0))));
  changes(PICKED, map([4, 2, 2], [{ value: 4, shape: [4, 2, 2], stride: [2, 8, 1], offset: 0 }], argument(0)));
  changes(PRODUCT, added(ROWS));
  const turned: Operand = { value: 4, shape: [2, 4, 2], stride: [2, 4, 1], offset: 0 };
  changes(PRODUCT, map([2, 4, 2], [turned], argument(0)), added(plainOperand(5, [8, 2])));
});

Deno.test("products with a loop after them, and rows that are combined with what is there, stay", () => {
  const epilogue: Loop = { shape: [8, 2], operands: [epilogueInput([8, 2])], expressions: [neg(argument(0))] };
  stays(PICKED, of([8, 2], { kind: "gemm", a: ROWS, b: WEIGHT, epilogue }));
  stays(PRODUCT, added(ROWS, { onto: TABLE, combine: "max" }));
  stays(PRODUCT, added({ value: 4, shape: [8, 2], stride: [-2, 1], offset: 14 }));
  const later: Operand = { value: 4, shape: [2, 4, 2], stride: [2, 4, 1], offset: 4 };
  stays(productOf(10), map([2, 4, 2], [later], argument(0)), added(plainOperand(5, [8, 2])));
  const twice: Operand = { value: 2, shape: [2, 4, 2], stride: [0, 2, 1], offset: 0 };
  stays(map([2, 4, 2], [twice], argument(0)), added(ROWS));
});

Deno.test("loops over rows in another order, of several results, or beside what changes from row to row stay", () => {
  stays(PICKED, map([8, 2], [{ value: 4, shape: [8, 2], stride: [-2, 1], offset: 14 }], exp(argument(0))));
  stays(PICKED, map([8, 2], [ROWS], exp(argument(0)), neg(argument(0))));
  const beside: Operand = { value: 2, shape: [2, 4, 2], stride: [0, 2, 1], offset: 0 };
  stays(PICKED, map([2, 4, 2], [plainOperand(4, [2, 4, 2]), beside], add(argument(0), argument(1))));
});

Deno.test("copies of parts of rows, and numbers that pick columns, stay", () => {
  stays(PICKED, map([3, 2], [{ value: 4, shape: [3, 2], stride: [4, 1], offset: 1 }], argument(0)));
  stays(PICKED, map([4, 2], [{ value: 4, shape: [4, 2], stride: [3, 1], offset: 0 }], argument(0)));
  const columns: Operation = {
    kind: "gather",
    axis: 1,
    operand: plainOperand(2, [4, 2]),
    indices: {
      ...INDICES,
      shape: [4, 2],
      stride: [0, 0],
    },
  };
  stays(of([4, 2], columns), map([4, 2], [{ value: 4, shape: [4, 2], stride: [-2, 1], offset: 6 }], argument(0)));
  stays(of([4, 2], columns), of([4, 2], { kind: "gemm", a: plainOperand(4, [4, 2]), b: WEIGHT }));
});
