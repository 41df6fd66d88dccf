/**
 * The order of instructions.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { planMemory } from "../../../../blas/program/memory/memory_plan.ts";
import { operandsOf } from "../../../../blas/program/operands.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { scheduleForCarried } from "../../../../blas/program/memory/schedule.ts";
import { halfAndOne } from "../exchanges.ts";
import { add, argument, mul } from "../../../../blas/scalar/scalar.ts";

const shape = [64], types = [{ dtype: "float32", shape }] as const;
const operand = (value: number) => ({ value, shape, stride: [1], offset: 0 });
const map = (...values: readonly number[]) => ({
  results: types,
  operation: {
    kind: "map",
    loop: {
      shape,
      operands: values.map(operand),
      expressions: [values.map((_, k) => mul(2, argument(k))).reduce(add)],
    },
  },
} as const);

Deno.test("scheduleForCarried() updates a parameter after it was read for the last time", () => {
  const program: Program = {
    parameters: types,
    constants: [],
    instructions: [map(0), map(0, 0), map(2)], // value 1 is carried to 0, which is read again for value 2
    results: [1, 3],
  };
  const scheduled = scheduleForCarried(program, [[0, 0]]);
  assertEquals(scheduled.results, [2, 3]);
  assertEquals(operandsOf(scheduled.instructions[0]!.operation).map(({ value }) => value), [0, 0]);
  const needs = program.instructions.map(() => ({ workspace: 0, inPlace: true }));
  assertEquals(planMemory(program, needs, [[0, 0]]).moves.length, 1);
  assertEquals(planMemory(scheduled, needs, [[0, 0]]).moves.length, 0);
});

Deno.test("scheduleForCarried() keeps the order if the last reader needs the carried result", () => {
  const program: Program = { parameters: types, constants: [], instructions: [map(0), map(0, 1)], results: [1, 2] };
  assertStrictEquals(scheduleForCarried(program, [[0, 0]]), program);
});

Deno.test("scheduleForCarried() orders what it can of two results that each overwrite what the other reads", () => {
  const two = [...types, ...types];
  const program: Program = { parameters: two, constants: [], instructions: [map(1), map(0)], results: [2, 3] };
  const scheduled = scheduleForCarried(program, [[0, 0], [1, 1]]); // value 2 is carried to 0, value 3 to 1
  assertEquals(scheduled.instructions.length, 2);
  const needs = program.instructions.map(() => ({ workspace: 0, inPlace: true }));
  assertEquals(planMemory(scheduled, needs, [[0, 0], [1, 1]]).moves.length, 1);
});

Deno.test("scheduleForCarried() keeps exchanges in their order, so that all processes make them in the same one", () => {
  const exchange = (value: number) => ({
    results: types,
    operation: { kind: "exchange", name: "halve", operands: [operand(value)], run: halfAndOne },
  } as const);
  // Value 2 is carried to 0, which is read again for value 4: the first exchange would have to come last.
  const instructions = [exchange(0), exchange(1), map(0, 3)],
    program: Program = {
      parameters: [...types, ...types],
      constants: [],
      instructions,
      results: [2, 4],
    };
  const { instructions: scheduled } = scheduleForCarried(program, [[0, 0]]);
  assertEquals(scheduled.map(({ operation }) => operation.kind), ["exchange", "exchange", "map"]);
});

Deno.test("scheduleForCarried() moves 2,000 updates behind what reads their parameters, in a moment", () => {
  const count = 2000, updates = Array.from({ length: count }, (_, k) => map(k));
  const program: Program = {
    parameters: updates.map(() => types[0]),
    constants: [],
    instructions: [...updates, ...updates.map((_, k) => map(k, (k + 1) % count))],
    results: updates.map((_, k) => count + k),
  };
  const began = performance.now();
  const scheduled = scheduleForCarried(program, updates.map((_, k) => [k, k]));
  assert(performance.now() - began < 2000); // 0.05 s alone
  const needs = program.instructions.map(() => ({ workspace: 0, inPlace: true }));
  assertEquals(planMemory(scheduled, needs, updates.map((_, k) => [k, k])).moves, []);
});
