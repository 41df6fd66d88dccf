/**
 * Covers blas/simd/program/running_function.ts, blas/simd/program/running_code.ts and blas/running.ts.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import "../../program/all_kinds.ts";
import type { DType } from "../../../../blas/dtype.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { RunningForm } from "../../../../blas/program/operations/running.ts";
import type { Operand, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import type { View } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";

const SHAPES: readonly (readonly [Shape, number])[] = [
  [[70], 0],
  [[7, 33], 1],
  [[33, 7], 0],
  [[5, 1], 1],
  [[3, 2, 5, 7], 2],
  [[20, 6], 1],
  [[2, 3, 0], 1],
  [[0], 0],
];
const FORMS: readonly RunningForm[] = ["product", "recurrence", "max", "min", "argmax", "argmin", "logSumExp"];
const ODD = [NaN, Infinity, -Infinity, -0, 0];

/** Every operand plain, through turned strides, and backwards. */
const layoutsOf = (shape: Shape): readonly Omit<Operand, "value">[] => {
  const { stride } = plainOperand(0, shape), turned = plainOperand(0, shape.toReversed()).stride.toReversed();
  return [
    { shape, stride, offset: 0 },
    { shape, stride: turned, offset: 0 },
    { shape, stride: stride.map((step) => -step), offset: Math.max(0, sizeOf(shape) - 1) },
  ];
};

function resultsOf(program: Program, given: readonly View[], shares: number | undefined): readonly number[] {
  const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
  assertEquals(executable.outside, [false]);
  given.forEach((x, k) => executable.write(k, x));
  executable.run();
  return elementsOf(executable.read(0));
}

function assertSame(form: RunningForm, dtype: DType, found: readonly number[], wanted: readonly number[]): void {
  if (form !== "logSumExp") return assertEquals(found.map((x) => x + 0), wanted.map((x) => x + 0)); // -0 or 0
  found.forEach((x, k) => {
    if (!Object.is(x, wanted[k])) assertAlmostEquals(x, wanted[k]!, dtype === "float32" ? 1e-6 : 1e-14);
  });
}

for (const form of FORMS) {
  Deno.test(`running ${form} is the interpreter's, whole and in shares, along any axis through any strides`, () => {
    for (const [shape, axis] of SHAPES) {
      for (const [k, layout] of layoutsOf(shape).entries()) {
        for (const dtype of ["float32", "float64"] as const) {
          const operands = (form === "recurrence" ? [0, 1] : [0]).map((value) => ({ ...layout, value }));
          const program: Program = {
            parameters: [{ dtype, shape }, { dtype, shape }],
            constants: [],
            instructions: [{
              results: [{ dtype, shape }],
              operation: { kind: "running", form, axis, reverse: form === "recurrence" && k > 0, operands },
            }],
            results: [2],
          };
          const given = [0, 1].map((seed) => numbersOf(randomOf(seed), { dtype, shape }));
          if (k === 0 && form !== "product") {
            ODD.forEach((x, i) => given[0]!.data.length > 9 && write(given[0]!, 2 * i, x));
          }
          const wanted = elementsOf(interpret(program, given, reference)[0]!);
          for (const shares of k === 0 ? [undefined, 1, 3] : [undefined]) {
            assertSame(form, dtype, resultsOf(program, given, shares), wanted);
          }
        }
      }
    }
  });
}

function write({ data }: View, at: number, x: number): void {
  (data as Float32Array)[at] = x; // the test has just made it
}
