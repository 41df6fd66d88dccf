/**
 * Rows as an operation of programs: what is known of them without running them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { formatProgram } from "../../../../blas/program/format/format_program.ts";
import { rowsOf } from "../../../../blas/program/operations/rows.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { stageValue } from "../../../../blas/rows.ts";
import { argument, mul, sub } from "../../../../blas/scalar/scalar.ts";
import { removeDeadCode } from "../passes/on_programs.ts";

const TYPE = { dtype: "float32", shape: [2, 3] } as const, ROW = { dtype: "float32", shape: [2, 1] } as const;

/** Distances from the mean, their squares' sum, and the largest element of each row. */
const program = (...results: number[]): Program => {
  const x = argument(0), distance = sub(x, mul(stageValue(0), 1 / 4)), types = [TYPE, ROW, ROW];
  const operator = rowsOf({
    axes: [1],
    stages: [
      { reduction: "sum", expression: x },
      { reduction: "max", expression: x },
      { reduction: "sum", expression: mul(distance, distance) },
    ],
    outputs: [
      { perRow: false, expression: distance },
      { perRow: true, expression: stageValue(1) },
      { perRow: true, expression: stageValue(2) },
    ],
  });
  const operation = operator.place([{ ...TYPE, value: 0 }], types);
  return { parameters: [TYPE], constants: [], instructions: [{ results: types, operation }], results };
};

Deno.test("rows without an output have the stages alone that are still needed, and those before them", () => {
  const stages = (one: Program) => {
    const { operation } = removeDeadCode(one).instructions[0]!;
    return operation.kind === "rows" ? operation.reductions : [];
  };
  assertEquals(stages(program(1, 2, 3)), ["sum", "max", "sum"]);
  assertEquals(stages(program(3)), ["sum", "sum"]);
  assertEquals(stages(program(2)), ["max"]);
});

Deno.test("a listing shows each stage and each output", () => {
  assertEquals(formatProgram(program(1, 2, 3)).split("\n").map((line) => line.trim()), [
    "%0  float32[2, 3]  24 B  parameter",
    "%1  float32[2, 3]  24 B  rows over axis 1 of [2, 3]",
    "%2  float32[2, 1]   8 B",
    "%3  float32[2, 1]   8 B",
    "row 0 = sum %0",
    "row 1 = max %0",
    "row 2 = sum t0 * t0 where t0 = %0 - row 0 * 0.25",
    "elements: %0 - row 0 * 0.25",
    "each row: row 1",
    "each row: row 2",
    "results %1 %2 %3",
  ]);
});
