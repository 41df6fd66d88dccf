import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { formatProgram } from "../../../../blas/program/format_program.ts";
import { optimize, passes, type PassName } from "../../../../blas/program/passes/mod.ts";
import { difference, programArbitrary } from "../random_programs.ts";

const NAMES = Object.keys(passes) as PassName[];

for (const dtype of ["float64", "float32"] as const) {
  for (const name of NAMES) {
    Deno.test(`${name}() keeps what random programs compute, in ${dtype}`, () => {
      fc.assert(
        fc.property(programArbitrary(dtype), (program) => {
          assertEquals(difference(program, passes[name](program)), undefined);
        }),
        { numRuns: 100 },
      );
    });
  }

  Deno.test(`optimize() keeps what random programs compute, with any passes left out, in ${dtype}`, () => {
    fc.assert(
      fc.property(programArbitrary(dtype), fc.subarray(NAMES), (program, without) => {
        const optimized = optimize(program, { without });
        const found = difference(program, optimized);
        assertEquals(found && `${found}\n${formatProgram(program)}\n${formatProgram(optimized)}`, undefined);
      }),
      { numRuns: 500 },
    );
  });
}
