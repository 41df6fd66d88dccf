/**
 * Covers blas/simd/program/order_function.ts and blas/simd/program/sort_code.ts.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import "../../program/all_kinds.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Operand, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

/** Shape, axis, how many are wanted. */
const CASES: readonly (readonly [Shape, number, number])[] = [
  [[5], 0, 5],
  [[1], 0, 1],
  [[3, 31], 1, 31],
  [[3, 40], 1, 40],
  [[300, 3], 0, 300],
  [[3, 300], 1, 70],
  [[3, 90], 1, 1],
  [[4, 200], 1, 7],
  [[200, 4], 0, 3],
  [[2, 3, 50, 2], 2, 50],
  [[5000], 0, 5000],
  [[2, 0], 1, 0],
  [[0, 4], 1, 4],
  [[3, 4], 1, 0],
];

/** Many equal numbers, negative ones, zeros of both signs, infinities and NaN. */
const numberAt = (k: number): number =>
  [NaN, Infinity, -Infinity, -0, 0][k % 61] ??
    (k % 7 === 0 ? Math.floor(k / 9) % 5 : Math.sin(k * 12.9898) * 43758.5453 % 9);

for (const [shape, axis, count] of CASES) {
  Deno.test(`the first ${count} along axis ${axis} of [${shape}] in order are the interpreter's, whole and in shares`, () => {
    const { stride } = plainOperand(0, shape), turned = plainOperand(0, shape.toReversed()).stride.toReversed();
    const operands: readonly Operand[] = [
      { value: 0, shape, stride, offset: 0 },
      { value: 0, shape, stride: turned, offset: 0 },
      { value: 0, shape, stride: stride.map((step) => -step), offset: Math.max(0, sizeOf(shape) - 1) },
    ];
    for (const dtype of ["float32", "float64"] as const) {
      const numbers = Array.from({ length: sizeOf(shape) }, (_, k) => numberAt(k));
      const x = view(dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers), shape);
      for (const operand of operands) {
        for (const descending of [false, true]) {
          const result = { dtype, shape: shape.with(axis, count) };
          const program: Program = {
            parameters: [{ dtype, shape }],
            constants: [],
            instructions: [{ results: [result], operation: { kind: "order", axis, descending, count, operand } }],
            results: [1],
          };
          const wanted = elementsOf(interpret(program, [x], reference)[0]!);
          for (const shares of [undefined, 2, 5]) {
            const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
            assertEquals(executable.outside, [false]);
            executable.write(0, x);
            executable.run();
            assertEquals(elementsOf(executable.read(0)), wanted, `${dtype} ${descending} in ${shares}`);
          }
        }
      }
    }
  });
}
