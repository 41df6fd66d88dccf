import { assertEquals, assertThrows } from "@std/assert";
import type { Distribution } from "../../../../blas/distribution.ts";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { KEY_NUMBERS } from "../../../../blas/program/operations/check_indices.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import type { Shape } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";

const SHAPES: readonly Shape[] = [[], [0], [1], [31], [3, 33], [2, 1, 1025], [5000]];
const DISTRIBUTIONS: readonly Distribution[] = [
  { kind: "uniform", low: 0, range: 1 },
  { kind: "uniform", low: -2, range: 3.5 },
  { kind: "normal", mean: 0, std: 1 },
  { kind: "normal", mean: -1, std: 3 },
  { kind: "integer", min: -3, span: 10 },
  { kind: "integer", min: 0, span: 100_000 },
];
const KEY = { dtype: "float64", shape: [2] } as const;
const NUMBER = { dtype: "float64", shape: [] } as const;

/** Runs a program whole and in shares, and compares the results with the interpreter's. */
function check(program: Program, given: readonly ReturnType<typeof view<"float64">>[]): void {
  const wanted = interpret(program, given, reference).map(elementsOf);
  for (const shares of [undefined, 1, 2, 3]) {
    for (const relaxed of [true, false]) {
      const executable = compileProgram(program, engines.simd, { relaxed, ...shares !== undefined && { shares } });
      given.forEach((x, k) => executable.write(k, x));
      executable.run();
      executable.run();
      assertEquals(program.results.map((_, k) => elementsOf(executable.read(k))), wanted, `${shares} ${relaxed}`);
    }
  }
}

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`draws in ${dtype} from a key that is data are the interpreter's to the last bit, whole and in shares`, () => {
    for (const shape of SHAPES) {
      const instructions = DISTRIBUTIONS.map((distribution): Instruction => ({
        results: [{ dtype, shape }],
        operation: { kind: "draw", distribution, shape, key: plainOperand(0, [2]) },
      }));
      const program: Program = {
        parameters: [KEY],
        constants: [],
        instructions,
        results: instructions.map((_, k) => 1 + k),
      };
      for (const words of [[0, 42], [0xffffffff, 0x80000000]]) check(program, [view(Float64Array.from(words))]);
    }
  });
}

Deno.test("keys made inside a program, and those made of them, are the interpreter's", () => {
  const fold = (key: number, number: number): Instruction => ({
    results: [KEY],
    operation: { kind: "foldIn", key: plainOperand(key, [2]), number: plainOperand(number, []) },
  });
  const program: Program = {
    parameters: [KEY, NUMBER],
    constants: [view(Float64Array.of(7), [])],
    instructions: [fold(0, 1), fold(3, 2), fold(4, 1)],
    results: [3, 4, 5],
  };
  for (const number of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
    check(program, [view(Float64Array.of(0xdeadbeef, 0x12345678)), view(Float64Array.of(number), [])]);
  }
});

Deno.test("a number that cannot be folded into a key is refused when the program runs", () => {
  const program: Program = {
    parameters: [NUMBER],
    constants: [],
    instructions: [{
      results: [NUMBER],
      operation: { kind: "checkIndices", operand: plainOperand(0, []), range: KEY_NUMBERS },
    }],
    results: [1],
  };
  const executable = compileProgram(program, engines.simd);
  for (const number of [0.5, -1, 2 ** 32, NaN]) {
    executable.write(0, view(Float64Array.of(number), []));
    assertThrows(() => executable.run(), RangeError, `Cannot fold ${number} into a key`);
  }
});
