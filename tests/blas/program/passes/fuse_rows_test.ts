/**
 * Loops after rows, computed with them.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { interpret } from "../../../../blas/program/interpret.ts";
import { rowsOf } from "../../../../blas/program/operations/rows.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { stageValue } from "../../../../blas/rows.ts";
import { add, argument, max, mul, sub } from "../../../../blas/scalar/scalar.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { map, type, whole } from "../../simd/program/small_programs.ts";
import { fuseRows } from "./on_programs.ts";

const SHAPE = [2, 3], MATRIX = type(SHAPE), COLUMN = type([2, 1]);

/** Distances from a third of the sum (value 1), and that (value 2), of the parameter. */
const distances = (): Instruction => {
  const third = mul(stageValue(0), 1 / 3), results = [MATRIX, COLUMN];
  const operator = rowsOf({
    axes: [1],
    stages: [{ reduction: "sum", expression: argument(0) }],
    outputs: [{ perRow: false, expression: sub(argument(0), third) }, { perRow: true, expression: third }],
  });
  return { results, operation: operator.place([{ ...MATRIX, value: 0 }], results) };
};

const programOf = (instructions: readonly Instruction[], ...results: number[]): Program => ({
  parameters: [MATRIX],
  constants: [],
  instructions: [distances(), ...instructions],
  results,
});

function check(program: Program, instructions: number): void {
  const x = view(Float32Array.of(1, 5, -3, 2, 8, 2), SHAPE), fused = fuseRows(program);
  assertEquals(fused.instructions.length, instructions);
  const [found, wanted] = [fused, program].map((one) => interpret(one, [x], reference).map((y) => elementsOf(y)));
  assertEquals(found, wanted);
}

const relu = (value: number) => map(SHAPE, max(argument(0), 0), value);

Deno.test("a loop over the elements of rows is an output of theirs, and so is one that reads it", () => {
  check(programOf([relu(1)], 3), 1);
  check(programOf([relu(1), map(SHAPE, add(argument(0), argument(1)), 3, 0)], 4), 1);
});

Deno.test("what is needed besides stays an output", () => {
  check(programOf([relu(1)], 1, 2, 3), 1);
});

Deno.test("loops that read other elements, or one number for each row, stay where they are", () => {
  const turned: Instruction = {
    results: [type([3, 2])],
    operation: {
      kind: "map",
      loop: {
        shape: [3, 2],
        operands: [{ value: 1, shape: [3, 2], stride: [1, 3], offset: 0 }],
        expressions: [mul(argument(0), 2)],
      },
    },
  };
  check(programOf([turned], 3), 2);
  check(programOf([map([1, 3], max(argument(0), 0), 1)], 3), 2); // the first row
  const perRow: Instruction = {
    results: [MATRIX],
    operation: {
      kind: "map",
      loop: {
        shape: SHAPE,
        operands: [whole(1, SHAPE), { value: 2, shape: SHAPE, stride: [1, 0], offset: 0 }],
        expressions: [mul(argument(0), argument(1))],
      },
    },
  };
  check(programOf([perRow], 3), 2);
});

Deno.test("a program without a loop to join is the same object", () => {
  for (const program of [programOf([], 1, 2), { ...programOf([]), instructions: [], results: [0] }]) {
    assert(fuseRows(program) === program);
  }
});
