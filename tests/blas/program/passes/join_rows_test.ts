/**
 * Rows over the same elements, computed together.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { interpret } from "../../../../blas/program/interpret.ts";
import { rowsOf, type RowsOperation } from "../../../../blas/program/operations/rows.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { type Rows, stageValue } from "../../../../blas/rows.ts";
import { add, argument, div, exp, mul, type Scalar, sub } from "../../../../blas/scalar/scalar.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { map, type } from "../../simd/program/small_programs.ts";
import { joinRows } from "./on_programs.ts";

const SHAPE = [2, 3], MATRIX = type(SHAPE), COLUMN = type([2, 1]);

const x = argument(0), peak = { reduction: "max", expression: x } as const;
const total = { reduction: "sum", expression: exp(sub(x, stageValue(0))) } as const;

/** Rows of values, with one output for each element and, if `other` is given, one for each row. */
function rows(
  values: readonly number[],
  stages: Rows["stages"],
  output: Scalar,
  other?: Scalar,
  axes = [1],
): Instruction {
  const results = other === undefined ? [MATRIX] : [MATRIX, COLUMN];
  const outputs = [{ perRow: false, expression: output }, ...other ? [{ perRow: true, expression: other }] : []];
  const operator = rowsOf({ axes, stages, outputs });
  return { results, operation: operator.place(values.map((value) => ({ ...MATRIX, value })), results) };
}

const programOf = (instructions: readonly Instruction[], ...results: number[]): Program => ({
  parameters: [MATRIX, MATRIX],
  constants: [],
  instructions,
  results,
});

/** Checks that a program has so many instructions when its rows are joined, and returns it. */
function joined(program: Program, instructions: number): Program {
  const a = view(Float32Array.of(1, 5, -3, 2, 8, 2), SHAPE), b = view(Float32Array.of(2, 0.5, 1, -1, 3, 4), SHAPE);
  const after = joinRows(program);
  assertEquals(after.instructions.length, instructions);
  const [found, wanted] = [after, program].map((one) => interpret(one, [a, b], reference).map((y) => elementsOf(y)));
  assertEquals(found, wanted);
  return after;
}

const exponentials = () => rows([0], [peak, total], mul(exp(sub(x, stageValue(0))), 2), stageValue(1));
const shares = (value = 0) => rows([value, 1], [peak, total], mul(argument(1), stageValue(1)));

Deno.test("rows of one array are joined, and what both reduce is reduced once", () => {
  const { instructions: [both] } = joined(programOf([exponentials(), shares()], 2, 3, 4), 1);
  const { reductions, perRow } = both!.operation as RowsOperation;
  assertEquals(reductions, ["max", "sum"]);
  assertEquals(perRow, [false, true, false]);
});

Deno.test("stages that differ stay apart, and each output reads its own", () => {
  const squares = rows([0], [{ reduction: "sum", expression: mul(x, x) }], sub(x, stageValue(0)));
  const { instructions: [both] } = joined(programOf([exponentials(), squares, shares()], 2, 3, 4, 5), 1);
  assertEquals((both!.operation as RowsOperation).reductions, ["max", "sum", "sum"]);
  const totals = rows([0], [{ reduction: "sum", expression: x }], sub(x, stageValue(0)));
  joined(programOf([exponentials(), totals], 2, 3, 4), 1); // the sum of what the first rows take the maximum of
});

Deno.test("one sum divided by different numbers is two stages, divided by the same number one", () => {
  const share = (by?: number) => rows([0], [{ reduction: "sum", expression: x }], sub(x, part(by)));
  const part = (by?: number) => by === undefined ? stageValue(0) : div(stageValue(0), by);
  const stages = (...divisors: (number | undefined)[]) => {
    const results = divisors.map((_, k) => 2 + k), before = programOf(divisors.map(share), ...results);
    return (joined(before, 1).instructions[0]!.operation as RowsOperation).reductions.length;
  };
  assertEquals([stages(3, 3), stages(3, 2), stages(3, undefined), stages(undefined, undefined)], [1, 2, 2, 1]);
  assertEquals([stages(3, 2, 3, 2), stages(3, undefined, 2, undefined, 3)], [2, 3]);
});

Deno.test("what reads the first rows moves behind the joined ones", () => {
  joined(programOf([exponentials(), map(SHAPE, add(x, 1), 2), shares()], 3, 4, 5), 2);
});

Deno.test("rows that depend on each other, over other axes, or of other arrays stay apart", () => {
  joined(programOf([exponentials(), map(SHAPE, add(x, 1), 2), rows([0, 4], [peak], add(x, argument(1)))], 5), 3);
  joined(programOf([exponentials(), rows([0, 2], [peak], add(x, argument(1)))], 4), 2);
  joined(programOf([exponentials(), shares(), rows([0, 2], [peak], add(x, argument(1)))], 4, 5), 2);
  const down: Instruction = rows([0], [peak], sub(x, stageValue(0)), undefined, [0]);
  joined(programOf([exponentials(), down], 2, 4), 2);
  const other: Instruction = rows([1], [peak], sub(x, stageValue(0)));
  joined(programOf([exponentials(), other], 2, 4), 2);
});

Deno.test("rows that read one array twice are not joined with themselves", () => {
  joined(programOf([shares(), rows([0, 0], [peak], mul(x, argument(1)))], 2, 3), 1);
  const twice = programOf([rows([0, 0], [peak], mul(x, sub(argument(1), stageValue(0))))], 2);
  assert(joined(twice, 1) === twice);
});

Deno.test("a program without rows to join is the same object", () => {
  for (const program of [programOf([exponentials()], 2), programOf([map(SHAPE, add(x, 1), 0)], 2)]) {
    assert(joinRows(program) === program);
  }
});
