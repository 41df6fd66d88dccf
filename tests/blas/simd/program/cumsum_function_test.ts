import { assertEquals } from "@std/assert";
import "../../program/all_kinds.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Operand, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";

const CASES: readonly (readonly [Shape, number])[] = [
  [[1000], 0],
  [[7, 33], 1],
  [[8, 4], 1],
  [[5, 1], 1],
  [[33, 7], 0],
  [[3, 600], 0],
  [[9, 512], 0],
  [[4, 5, 6], 1],
  [[3, 2, 5, 7], 2],
  [[2, 3, 0], 1],
  [[0], 0],
];

for (const [shape, axis] of CASES) {
  Deno.test(`running sums of [${shape}] along axis ${axis} are the interpreter's to the last bit, whole and in shares`, () => {
    const backwards = shape.toReversed(), rowMajor = plainOperand(0, backwards).stride.toReversed();
    const operands: readonly Operand[] = [
      plainOperand(0, shape),
      { value: 0, shape, stride: rowMajor, offset: 0 },
      {
        value: 0,
        shape,
        stride: plainOperand(0, shape).stride.map((step) => -step),
        offset: Math.max(0, sizeOf(shape) - 1),
      },
    ];
    for (const dtype of ["float32", "float64"] as const) {
      for (const [k, operand] of operands.entries()) {
        for (const reverse of [false, true]) {
          const program: Program = {
            parameters: [{ dtype, shape }],
            constants: [],
            instructions: [{ results: [{ dtype, shape }], operation: { kind: "cumsum", axis, reverse, operand } }],
            results: [1],
          };
          const x = numbersOf(randomOf(k), { dtype, shape }),
            wanted = elementsOf(interpret(program, [x], reference)[0]!);
          for (const shares of [undefined, 1, 2, 5]) {
            const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
            executable.write(0, x);
            executable.run();
            assertEquals(elementsOf(executable.read(0)), wanted, `${dtype} operand ${k} ${reverse} in ${shares}`);
          }
        }
      }
    }
  });
}
