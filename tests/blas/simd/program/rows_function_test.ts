/**
 * Rows as WebAssembly, whole and in shares, against rows computed stage by stage.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { FIRST_STAGE_INPUT, type Instruction, type Program } from "../../../../blas/program/program.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { rowsPlan } from "../../../../blas/simd/program/rows_plan.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { expressionOf, numbersOf, operandOf, randomOf, rowsOver, shapeOf } from "../../program/programs.ts";
import { difference, map, seeds, whole } from "./small_programs.ts";

Deno.test("rows of any axes, strides and stages are what their stages give one after the other", () => {
  fc.assert(
    fc.property(
      seeds,
      fc.constantFrom("float32", "float64"),
      fc.constantFrom(undefined, 1, 3),
      (seed, dtype, shares) => {
        const random = randomOf(seed), shape = shapeOf(random), sizes = [sizeOf(shape), 70, 1];
        const operands = sizes.map((size, value) => operandOf(random, value, size, shape)).filter((x) =>
          x !== undefined
        );
        const axes = shape.flatMap((_, axis) => random.below(2) === 0 ? [axis] : []);
        const loop = { shape, operands, expressions: [expressionOf(random, Math.max(1, operands.length))] };
        const operation = rowsOver(random, axes, loop);
        const reduced = shape.map((length, axis) => axes.includes(axis) ? 1 : length);
        const program: Program = {
          parameters: sizes.map((size) => ({ dtype, shape: [size] })),
          constants: [],
          instructions: [{
            results: operation.perRow.map((one) => ({ dtype, shape: one ? reduced : shape })),
            operation,
          }],
          results: operation.perRow.map((_, k) => sizes.length + k),
        };
        const given = program.parameters.map((type) => numbersOf(random, type));
        const executable = compileProgram(program, engines.simd, shares === undefined ? {} : { shares });
        given.forEach((x, k) => executable.write(k, x));
        executable.run();
        interpret(program, given, reference).forEach((wanted, k) => {
          assertEquals(difference(executable.read(k), wanted, dtype), undefined);
        });
      },
    ),
    { numRuns: 400, endOnFailure: true },
  );
});

/** Softmax of the parameter, or of what instructions make of it. */
const softmax = (shape: readonly number[], axis: number, before: readonly Instruction[] = []): Program => {
  const stage = (k: number) => ({ value: FIRST_STAGE_INPUT - k, shape, stride: shape.map(() => 0), offset: 0 });
  const x = scalar.argument(0), power = scalar.exp(scalar.sub(x, scalar.argument(1)));
  return {
    parameters: [{ dtype: "float32", shape }],
    constants: [],
    instructions: [...before, {
      results: [{ dtype: "float32", shape }],
      operation: {
        kind: "rows",
        axes: [axis],
        reductions: ["max", "sum"],
        perRow: [false],
        loop: {
          shape,
          operands: [whole(before.length, shape), stage(0), stage(1)],
          expressions: [x, power, scalar.div(power, scalar.argument(2))],
        },
      },
    }],
    results: [before.length + 1],
  };
};

Deno.test("an exponential that two passes need is computed once, and kept in the place of the output between", () => {
  const { operation } = softmax([5, 100], 1).instructions[0]!;
  assert(operation.kind === "rows");
  const { passes } = rowsPlan(operation, "float32");
  assertEquals(passes.map(({ stages, outputs }) => [stages.length, outputs.length]), [[1, 0], [1, 0], [0, 1]]);
  assertEquals(passes.map(({ stages: [stage] }) => stage?.keptIn), [undefined, 0, undefined]);
  const last = scalar.subexpressions(passes[2]!.outputs[0]!.expression);
  assert(!last.some((part) => part.kind === "unary" && part.name === "exp"));
});

Deno.test("an expression of an operand is computed with the rows that read it, and not stored", () => {
  const shape = [6, 20], scaled = softmax(shape, 1, [map(shape, scalar.mul(scalar.argument(0), 3), 0)]);
  const optimized = optimize(scaled);
  assertEquals(optimized.instructions.length, 1);
  const x = view(Float32Array.from({ length: 120 }, (_, k) => Math.sin(k)), [6, 20]);
  const [wanted] = interpret(scaled, [x], reference), [found] = interpret(optimized, [x], reference);
  assertEquals(difference(found!, wanted!, "float32"), undefined);
});

Deno.test("rows of infinities and NaN are what the stages give", () => {
  const program = softmax([3, 9], 1), inf = Infinity;
  const x = view(Float32Array.from({ length: 27 }, (_, k) => k < 9 ? -inf : k === 12 ? NaN : k === 20 ? inf : k), [
    3,
    9,
  ]);
  const executable = compileProgram(program, engines.simd), [wanted] = interpret(program, [x], reference);
  executable.write(0, x);
  executable.run();
  assertEquals(elementsOf(executable.read(0)), elementsOf(wanted!));
});
