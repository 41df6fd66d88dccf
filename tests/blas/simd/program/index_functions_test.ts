/**
 * Gathers, scatters and checks of indices, compiled, whole and in shares, against the interpreter:
 * `blas/simd/program/gather_function.ts`, `blas/simd/program/scatter_function.ts` and
 * `blas/simd/program/check_indices_function.ts`.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import type { DType } from "../../../../blas/dtype.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Operation, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import type { View } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { filled } from "../../program/random_programs.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";

const DTYPES = ["float32", "float64"] as const;

/** A program of two parameters and one instruction. */
const programOf = (dtype: DType, shapes: readonly [Shape, Shape], shape: Shape, operation: Operation): Program => ({
  parameters: shapes.map((shape) => ({ dtype, shape })),
  constants: [],
  instructions: [{ results: [{ dtype, shape }], operation }],
  results: [2],
});

function assertSame(program: Program, given: readonly View[]): void {
  const [wanted] = interpret(program, given, reference);
  for (const shares of [undefined, 1, 3, 8]) {
    const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
    given.forEach((x, k) => executable.write(k, x));
    executable.run();
    assertEquals(elementsOf(executable.read(0)), elementsOf(wanted!), `in ${shares} shares`);
  }
}

/** What is indexed, its axis, how many indices along it, and the axes behind it for which one index serves. */
const CASES: readonly (readonly [string, Shape, number, number, boolean])[] = [
  ["rows", [9, 70], 0, 30, true],
  ["long rows", [5, 600], 0, 7, true],
  ["short rows of stacks", [3, 6, 2, 5], 1, 9, true],
  ["elements of columns", [7, 50], 0, 11, false],
  ["elements of rows", [40, 9], 1, 13, false],
  ["elements in the middle", [4, 5, 6], 1, 7, false],
  ["elements of a vector", [50], 0, 700, false],
  ["nothing", [4, 3], 0, 0, true],
];

for (const [name, shape, axis, count, rows] of CASES) {
  Deno.test(`${name} are picked and added up by index, checked or not`, () => {
    const picked = shape.map((length, k) => k === axis ? count : length);
    const own = rows ? picked.map((length, k) => k > axis ? 1 : length) : picked;
    const stride = plainOperand(1, own).stride.map((step, k) => own[k] === picked[k] ? step : 0);
    const indices = { value: 1, shape: picked, stride, offset: 0 };
    for (const dtype of DTYPES) {
      const random = randomOf(7), at = filled(dtype, own, () => random.below(shape[axis]!));
      const wild = filled(dtype, own, () => random.below(80) / 4 - 8);
      const whole = numbersOf(random, { dtype, shape }), parts = numbersOf(random, { dtype, shape: picked });
      for (const [checked, given] of [[true, at], [false, at], [false, wild]] as const) {
        const gather = { kind: "gather", axis, operand: plainOperand(0, shape), indices, checked } as const;
        assertSame(programOf(dtype, [shape, own], picked, gather), [whole, given]);
        const scatter = { kind: "scatter", axis, shape, operand: plainOperand(0, picked), indices, checked } as const;
        assertSame(programOf(dtype, [picked, own], shape, scatter), [parts, given]);
      }
    }
  });
}

Deno.test("indices are checked and converted, and the first that is none is named, whole and in shares", () => {
  const size = 1000;
  for (const [from, to] of [["float32", "float32"], ["float64", "float32"], ["float32", "float64"]] as const) {
    const range = { op: "take", count: 10, negative: true, exception: -100 };
    const turned = { value: 0, shape: [20, 50], stride: [1, 20], offset: 0 };
    const program: Program = {
      parameters: [{ dtype: from, shape: [50, 20] }],
      constants: [],
      instructions: [{
        results: [{ dtype: to, shape: [20, 50] }],
        operation: { kind: "checkIndices", operand: turned, range },
      }],
      results: [1],
    };
    const good = filled(from, [50, 20], (k) => k % 7 === 0 ? -100 : k % 20 - 10);
    for (const shares of [undefined, 1, 3]) {
      const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
      const run = (x: View) => {
        executable.write(0, x);
        executable.run();
        return elementsOf(executable.read(0));
      };
      assertEquals(run(good), elementsOf(interpret(program, [good], reference)[0]!));
      for (const bad of [10, -11, 0.5, NaN, -Infinity]) {
        // Element [i, j] of what is read is element [j, i] of what is given.
        const wrong = filled(from, [50, 20], (k) => k === 3 || k === 20 * 49 + 19 ? bad : good.data[k]!);
        const { message } = assertThrows(() => run(wrong), RangeError);
        assertEquals(message, assertThrows(() => interpret(program, [wrong], reference), RangeError).message);
        assertEquals(message.includes(`index ${bad} at position ${3 * 50}:`), true, message);
      }
      assertEquals(run(good).length, size);
    }
  }
});
