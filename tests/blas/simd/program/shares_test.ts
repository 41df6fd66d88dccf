/**
 * Programs whose instructions run in shares, against the same programs run as wholes: equal to the last bit.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Instruction, Loop, Program } from "../../../../blas/program/program.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { lowerInstruction } from "../../../../blas/simd/program/compile.ts";
import { numbersOf, programOf, randomOf } from "../../program/programs.ts";
import { cnnStep, mlpStep } from "../../program/training_steps.ts";
import { resultsOf, withNumbers } from "./program_runs.ts";
import { carriedOf, DTYPES, map, seeds, type, whole } from "./small_programs.ts";

const counts = fc.constantFrom(1, 2, 3, 7);

Deno.test("a random program in shares gives the same bits as a whole", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 12 }), counts, fc.boolean(), (seed, count, shares, carry) => {
      const random = randomOf(seed), program = programOf(random, count, random.pick(DTYPES));
      const carried = carry ? carriedOf(random, program) : [];
      const given = program.parameters.map((one) => numbersOf(random, one));
      assertEquals(resultsOf(program, given, { carried, shares }), resultsOf(program, given, { carried }));
    }),
    { numRuns: 200, endOnFailure: true },
  );
});

const reduce = (shape: Shape, axes: readonly number[], reduction: "sum" | "max", epilogue?: Loop): Instruction => ({
  results: [type(shape.map((length, axis) => axes.includes(axis) ? 1 : length))],
  operation: {
    kind: "reduce",
    reduction,
    axes,
    loop: { shape, operands: [whole(0, shape)], expressions: [scalar.argument(0)] },
    ...epilogue && { epilogue },
  },
});

const unitsOf = (instruction: Instruction) => lowerInstruction(instruction)!.shares.phases.map(({ units }) => units);

Deno.test("every instruction has a number of units", () => {
  const x = scalar.argument(0), rows = { value: 0, shape: [6, 100], stride: [1, 6], offset: 0 };
  const cases: readonly (readonly [string, Instruction, readonly number[]])[] = [
    ["a vector: pieces of 256", map([1000], scalar.neg(x), 0), [4]],
    ["a small vector", map([100], scalar.neg(x), 0), [1]],
    ["a transposed matrix: its rows", {
      results: [type([6, 100])],
      operation: { kind: "map", loop: { shape: [6, 100], operands: [rows], expressions: [scalar.neg(x)] } },
    }, [6]],
    ["nothing", map([0], scalar.neg(x), 0), [1]],
    ["a copy: its outermost level", {
      results: [type([6, 100])],
      operation: { kind: "view", change: { kind: "transpose", axes: [1, 0] }, operand: whole(0, [100, 6]) },
    }, [6]],
    ["a cast", { results: [type([1000])], operation: { kind: "cast", operand: whole(0, [1000]) } }, [4]],
    ["sums of rows: the rows", reduce([50, 100], [1], "sum"), [50]],
    ["sums of columns: vectors of them", reduce([100, 50], [0], "sum"), [4]],
    ["a sum of everything: indivisible", reduce([100, 50], [0, 1], "sum"), [1]],
    ["an epilogue: a phase of its own", {
      ...reduce([50, 100], [1], "max", { shape: [50, 1], operands: [whole(-1, [50, 1])], expressions: [x] }),
    }, [50, 1]],
  ];
  for (const [what, instruction, units] of cases) assertEquals(unitsOf(instruction), units, what);
});

const SHAPES: readonly Shape[] = [[1000], [3, 700], [40, 30], [7, 5, 33], [257], [1, 2000], [64, 1, 9]];

Deno.test("maps, reductions and casts of any shape divide anywhere", () => {
  const random = randomOf(3), x = scalar.argument(0), f = scalar.mul(scalar.tanh(x), scalar.sin(x));
  for (const dtype of ["float32", "float64"] as const) {
    for (const shape of SHAPES) {
      const axes = shape.map((_, axis) => axis), backwards = axes.toReversed();
      const kept = shape.map((length, axis) => axis === 0 ? length : 1), columns = shape.map((n, axis) => axis ? n : 1);
      const loop = { shape, operands: [whole(0, shape)], expressions: [f] },
        other = dtype === "float32" ? "float64" : "float32";
      const reduction = { kind: "reduce", loop } as const;
      const program: Program = {
        parameters: [type(shape, dtype)],
        constants: [],
        instructions: [
          { results: [type(shape, dtype)], operation: { kind: "map", loop } },
          { results: [type(shape, other)], operation: { kind: "cast", operand: whole(0, shape) } },
          {
            results: [type(shape.toReversed(), dtype)],
            operation: { kind: "view", change: { kind: "transpose", axes: backwards }, operand: whole(0, shape) },
          },
          { results: [type(kept, dtype)], operation: { ...reduction, reduction: "sum", axes: axes.slice(1) } },
          { results: [type(columns, dtype)], operation: { ...reduction, reduction: "sum", axes: [0] } },
          { results: [type(columns, dtype)], operation: { ...reduction, reduction: "max", axes: [0] } },
          { results: [type(kept, dtype)], operation: { ...reduction, reduction: "product", axes: axes.slice(1) } },
        ],
        results: [1, 2, 3, 4, 5, 6, 7],
      };
      const given = program.parameters.map((one) => numbersOf(random, one)), wanted = resultsOf(program, given, {});
      for (const shares of [2, 3, 5]) {
        assertEquals(resultsOf(program, given, { shares }), wanted, `[${shape}] in ${shares}`);
      }
    }
  }
});

Deno.test("every share has its own memory, so that concurrent shares do not interfere", () => {
  const shape = [100, 100],
    gemm: Instruction = {
      results: [type(shape)],
      operation: {
        kind: "gemm",
        a: whole(0, shape),
        b: whole(0, shape),
        epilogue: { shape, operands: [whole(-1, shape)], expressions: [scalar.neg(scalar.argument(0))] },
      },
    };
  const { workspace, scratch, phases } = lowerInstruction(gemm)!.shares;
  assert(scratch >= 6 * 100 * 4, "what waits for its epilogue is in scratch");
  assert(workspace >= 100 * 100 * 4 && phases.length === 2, "the packed matrix is shared, and packed before");
});

Deno.test("training steps in shares give the same bits as whole steps", () => {
  const random = randomOf(8);
  for (const traced of [mlpStep(33, [40, 50, 10]), cnnStep(5, 12, [4, 8, 9])]) {
    const program = withNumbers(optimize(traced)), given = program.parameters.map((one) => numbersOf(random, one));
    const wanted = resultsOf(program, given, {});
    for (const shares of [2, 4]) assertEquals(resultsOf(program, given, { shares }), wanted);
  }
});
