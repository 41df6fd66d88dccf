import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { engines } from "../../../../blas/engines.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { argument, mul } from "../../../../blas/scalar/scalar.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { lowerInstruction } from "../../../../blas/simd/program/compile.ts";
import { type Range, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";
import type { DType } from "../../../../blas/dtype.ts";

const range = (start: number, count: number, step = 1): Range => ({ start, step, count });

/** A program that writes its parameters, doubled, to these places. */
function joining(shape: Shape, places: readonly (readonly Range[])[], fill: number, dtype: DType): Program {
  const shapes = places.map((place) => place.map(({ count }) => count));
  return {
    parameters: shapes.map((shape) => ({ dtype, shape })),
    constants: [],
    instructions: [{
      results: [{ dtype, shape }],
      operation: {
        kind: "join",
        shape,
        fill,
        parts: shapes.map((shape, k) => ({
          loop: { shape, operands: [plainOperand(k, shape)], expressions: [mul(argument(0), 2)] },
          place: places[k]!,
        })),
      },
    }],
    results: [places.length],
  };
}

const CASES: readonly (readonly [string, Shape, readonly (readonly Range[])[], number, number[]])[] = [
  ["columns", [40, 33], [[range(0, 40), range(0, 17)], [range(0, 40), range(17, 16)]], 0, [80]],
  ["rows", [20, 33], [[range(13, 7), range(0, 33)], [range(0, 13), range(0, 33)]], 0, [1 + 2]],
  ["a border", [3, 5, 7, 9], [[range(0, 3), range(0, 5), range(1, 5), range(2, 6)]], -1.5, [15]],
  ["all axes padded", [9, 7], [[range(2, 5), range(1, 3)]], 0, [9]],
  ["every third column, backwards", [6, 30], [[range(0, 6), range(27, 10, -3)]], 0, [6]],
  ["every third row", [30, 6], [[range(2, 9, 3), range(0, 6)]], 7, [1, 9]],
  ["single columns", [50, 3], [0, 1, 2].map((k) => [range(0, 50), range(k, 1)]), 0, [3]],
  ["columns of two and three", [50, 5], [[range(0, 50), range(3, 2)], [range(0, 50), range(0, 3)]], 0, [100]],
  ["a wide border", [500], [[range(100, 300)]], 2, [500]],
  ["a number", [], [[]], 0, [1]],
  ["nothing", [2, 0], [[range(0, 2), range(0, 0)]], 0, [0]],
  ["nothing among numbers", [4], [[range(1, 0)]], 3, [4]],
];

for (const [name, shape, places, fill, units] of CASES) {
  Deno.test(`a join writes ${name}, whole and in shares`, () => {
    for (const dtype of ["float32", "float64"] as const) {
      const program = joining(shape, places, fill, dtype),
        given = program.parameters.map((type, k) => numbersOf(randomOf(k), type));
      const [wanted] = interpret(program, given, reference);
      assertEquals(sizeOf(wanted!.shape), sizeOf(shape));
      for (const shares of [undefined, 1, 2, 5]) {
        const executable = compileProgram(program, engines.simd, { ...shares !== undefined && { shares } });
        given.forEach((x, k) => executable.write(k, x));
        executable.run();
        assertEquals(elementsOf(executable.read(0)), elementsOf(wanted!), `${dtype} in ${shares}`);
      }
      const { phases } = lowerInstruction(program.instructions[0]!)!.shares;
      assertEquals(phases.map(({ units }) => units), units);
    }
  });
}

Deno.test("a join may have more parts than a function has room for locals: 14,000 did not compile", () => {
  const dtype = "float64";
  // With gaps between the parts, and without: these are written in shares by several functions.
  for (const [count, step, shares] of [[14_000, 3, undefined], [2100, 2, 2]] as const) {
    const shape = [step * count], { instructions: [first] } = joining(shape, [], 0, dtype);
    const parts = Array.from({ length: count }, (_, k) => ({
      loop: { shape: [2], operands: [{ value: 0, shape: [2], stride: [1], offset: k }], expressions: [argument(0)] },
      place: [range(step * k, 2)],
    }));
    const program: Program = {
      parameters: [{ dtype, shape: [count + 1] }],
      constants: [],
      instructions: [{ ...first!, operation: { kind: "join", shape, fill: 0, parts } }],
      results: [1],
    };
    const executable = compileProgram(program, engines.simd, shares === undefined ? {} : { shares });
    executable.write(0, view(Float64Array.from({ length: count + 1 }, (_, k) => k)));
    executable.run();
    const wanted = Array.from({ length: count }, (_, k) => [k, k + 1, ...step === 3 ? [0] : []]).flat();
    assertEquals(elementsOf(executable.read(0)), wanted);
  }
});
