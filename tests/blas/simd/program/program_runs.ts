/**
 * Running programs and comparing what they compute to the last bit.
 *
 * @module
 */
import { engines } from "../../../../blas/engines.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { compileProgram, type CompileProgramOptions } from "../../../../blas/simd/program/compile.ts";
import type { View } from "../../../../blas/view.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";

/** The bytes of a view's elements, so that NaN equals itself and -0 is not 0. */
export function bytesOf({ data, offset, size }: View): readonly number[] {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = data as Float64Array;
  return [...new Uint8Array(buffer, byteOffset + offset * BYTES_PER_ELEMENT, size * BYTES_PER_ELEMENT)];
}

/** Runs a program several times, twice by default, with values carried over, and returns the bytes of all results. */
export function resultsOf(
  program: Program,
  given: readonly View[],
  options: CompileProgramOptions,
  runs = 2,
): readonly (readonly number[])[] {
  const executable = compileProgram(program, engines.simd, options), seen: (readonly number[])[] = [];
  given.forEach((x, k) => executable.write(k, x));
  for (let run = 0; run < runs; run++) {
    executable.run();
    program.results.forEach((_, k) => seen.push(bytesOf(executable.read(k))));
    executable.advance();
  }
  return seen;
}

/** Returns the program with host operations that return the same numbers each time. */
export const withNumbers = (program: Program): Program => ({
  ...program,
  instructions: program.instructions.map(({ operation, results }) => ({
    results,
    operation: operation.kind === "host"
      ? { ...operation, run: () => [numbersOf(randomOf(1), results[0]!)] }
      : operation,
  })),
});
