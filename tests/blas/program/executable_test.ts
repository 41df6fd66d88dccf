/**
 * Compiled programs against programs run plainly.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { makeExecutable } from "../../../blas/program/executable.ts";
import { interpret } from "../../../blas/program/interpret.ts";
import type { Carried } from "../../../blas/program/memory_plan.ts";
import { valueTypes } from "../../../blas/program/operands.ts";
import type { Program } from "../../../blas/program/program.ts";
import { scheduleForCarried } from "../../../blas/program/schedule.ts";
import type { View } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";
import { numbersOf, programOf, type Random, randomOf } from "./programs.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** Of results between -10 and 10 or so, after a dozen instructions. */
const TOLERANCE: { readonly [D in DType]: number } = { float32: 1e-4, float64: 1e-12 };

const DTYPES: readonly (readonly DType[])[] = [["float64"], ["float32", "float64"]];

/** Tells where two arrays differ by more than rounding, if anywhere. */
function difference(value: View, wanted: View, precision: DType): string | undefined {
  assertEquals(value.shape, wanted.shape);
  assertEquals(value.dtype, wanted.dtype);
  const p = elementsOf(value), q = elementsOf(wanted), tolerance = TOLERANCE[precision];
  const at = p.findIndex((x, i) =>
    !(x === q[i] || (x !== x && q[i] !== q[i]) || Math.abs(x - q[i]!) <= tolerance * (1 + Math.abs(q[i]!)))
  );
  return at < 0 ? undefined : `element ${at} is ${p[at]}, not ${q[at]}`;
}

/** Pairs of results and parameters of one type, each parameter once. */
function carriedOf({ below }: Random, program: Program): readonly Carried[] {
  const types = valueTypes(program);
  return program.parameters.flatMap((type, parameter): Carried[] => {
    const fitting = program.results.flatMap((value, result) =>
      types[value]!.dtype === type.dtype && String(types[value]!.shape) === String(type.shape) ? [result] : []
    );
    return fitting.length === 0 || below(4) === 0 ? [] : [[fitting[below(fitting.length)]!, parameter]];
  });
}

Deno.test("an executable computes what the interpreter does, run after run", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, count) => {
      const random = randomOf(seed), dtypes = random.pick(DTYPES), program = programOf(random, count, dtypes);
      const executable = makeExecutable(program);
      for (let run = 0; run < 2; run++) {
        const given = program.parameters.map((type) => numbersOf(random, type));
        given.forEach((x, k) => executable.write(k, x));
        executable.run();
        interpret(program, given).forEach((wanted, k) => {
          const found = difference(executable.read(k), wanted, dtypes[0]!);
          assert(found === undefined, `run ${run}, result ${k} (value ${program.results[k]}): ${found}`);
        });
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("carried results are the next run's parameters, as they would be if arrays were copied", () => {
  let inPlace = 0;
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, count) => {
      const random = randomOf(seed), dtypes = random.pick(DTYPES), plain = programOf(random, count, dtypes);
      // Results of parameters' types make carrying likely.
      const types = valueTypes(plain), first = plain.parameters.length + plain.constants.length;
      const fitting = types.flatMap((type, value) =>
        value >= first && plain.parameters.some((p) => p.dtype === type.dtype && String(p.shape) === String(type.shape))
          ? [value]
          : []
      );
      const program = { ...plain, results: [...plain.results, ...fitting] };
      const carried = carriedOf(random, program), scheduled = scheduleForCarried(program, carried);
      const executable = makeExecutable(scheduled, { carried });
      inPlace += carried.length - executable.plan.moves.length;
      let given: readonly View[] = program.parameters.map((type) => numbersOf(random, type));
      given.forEach((x, k) => executable.write(k, x));
      for (let run = 0; run < 3; run++) {
        executable.run();
        const results = interpret(program, given);
        results.forEach((wanted, k) => {
          const found = difference(executable.read(k), wanted, dtypes[0]!);
          assert(found === undefined, `run ${run}, result ${k} (value ${program.results[k]}): ${found}`);
        });
        executable.advance();
        given = given.map((x, k) => results[carried.find(([, parameter]) => parameter === k)?.[0] ?? -1] ?? x);
        carried.forEach(([, k]) => {
          assertEquals(difference(executable.readParameter(k), given[k]!, dtypes[0]!), undefined);
        });
      }
    }),
    { numRuns: 3000 },
  );
  assert(inPlace > 0, "some results are computed in their parameters' rooms");
});
