import { assertEquals } from "@std/assert";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import type { Operand, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { argument } from "../../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { lowerTranspose } from "../../../../blas/simd/program/transpose_function.ts";
import { elementsOf } from "../../layouts.ts";
import { filled } from "../../program/random_programs.ts";

/** Shape, strides and offset of what is read, and of how many elements. */
const CASES: readonly (readonly [string, Shape, readonly number[], number, number])[] = [
  ["a matrix", [32, 16], [1, 32], 0, 512],
  ["a matrix with edges", [37, 23], [1, 37], 0, 37 * 23],
  ["the middle of a matrix", [18, 9], [1, 40], 5, 400],
  ["a matrix backwards", [21, 10], [1, -30], 290, 320],
  ["matrices", [3, 19, 14], [266, 1, 19], 0, 798],
  ["matrices between which others lie", [17, 3, 11], [1, 200, 18], 0, 700],
  ["a row repeated", [16, 8], [1, 0], 0, 16],
];

for (const [name, shape, stride, offset, size] of CASES) {
  Deno.test(`${name} is turned by a copy, whole and in shares`, () => {
    for (const dtype of ["float32", "float64"] as const) {
      const operand: Operand = { value: 0, shape, stride, offset };
      const loop = { shape, operands: [operand], expressions: [argument(0)] };
      const program: Program = {
        parameters: [{ dtype, shape: [size] }],
        constants: [],
        instructions: [{ results: [{ dtype, shape }], operation: { kind: "map", loop } }],
        results: [1],
      };
      const x = filled(dtype, [size], (k) => k), wanted = elementsOf(interpret(program, [x], reference)[0]!);
      assertEquals(lowerTranspose(loop, dtype) !== undefined, true);
      for (const shares of [undefined, 1, 2, 3, 7]) {
        const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
        executable.write(0, x);
        executable.run();
        assertEquals(elementsOf(executable.read(0)), wanted, `${dtype} in ${shares}`);
      }
    }
  });
}

Deno.test("copies that turn nothing, or little, are loops", () => {
  const turn = (shape: Shape, stride: readonly number[]) =>
    lowerTranspose(
      { shape, operands: [{ value: 0, shape, stride, offset: 0 }], expressions: [argument(0)] },
      "float32",
    );
  assertEquals([turn([20, 20], [20, 1]), turn([15, 20], [1, 15]), turn([20, 7], [1, 20]), turn([0, 20], [1, 0])], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
