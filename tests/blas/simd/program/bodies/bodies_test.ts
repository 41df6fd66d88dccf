import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import "../../../program/all_kinds.ts";
import { engines } from "../../../../../blas/engines.ts";
import { interpret } from "../../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../../blas/program/operand.ts";
import { valueTypes } from "../../../../../blas/program/operands.ts";
import { optimize } from "../../../../../blas/program/passes/mod.ts";
import type { Operation, Program, ValueType } from "../../../../../blas/program/program.ts";
import { compileProgram } from "../../../../../blas/simd/program/compile.ts";
import { type View, view } from "../../../../../blas/view.ts";
import { numbersOf, programOf, randomOf } from "../../../program/programs.ts";

/** A program of one instruction, whose operands are the whole parameters. */
function around(parameters: readonly ValueType[], results: readonly ValueType[], operation: Operation): Program {
  const count = parameters.length;
  return {
    parameters,
    constants: [],
    instructions: [{ results, operation }],
    results: results.map((_, k) => count + k),
  };
}

const operandsOf = (types: readonly ValueType[]) => types.map(({ shape }, k) => plainOperand(k, shape));
const resultTypes = (program: Program) => program.results.map((value) => valueTypes(program)[value]!);

function run(program: Program, given: readonly View[]): readonly (readonly number[])[] {
  const executable = compileProgram(program, engines.simd);
  given.forEach((x, k) => executable.write(k, x));
  executable.run();
  return program.results.map((_, k) => elements(executable.read(k)));
}

const elements = ({ data, offset, size }: View): number[] => Array.from({ length: size }, (_, k) => data[offset + k]!);

function assertClose(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): void {
  assertEquals(found.map((xs) => xs.length), wanted.map((xs) => xs.length));
  found.forEach((xs, k) =>
    xs.forEach((x, i) => {
      const y = wanted[k]![i]!;
      assert(
        Object.is(x, y) || Math.abs(x - y) <= 1e-3 * (1 + Math.abs(y)) || (Number.isNaN(x) && Number.isNaN(y)),
        `${x} ${y}`,
      );
    })
  );
}

/** Random programs with a result that is not a parameter, and numbers for them. */
const programs = fc.tuple(fc.nat(2 ** 31), fc.integer({ min: 1, max: 6 })).map(([seed, count]) => {
  const random = randomOf(seed), program = programOf(random, count, ["float32", "float64"]);
  return { random, program, given: program.parameters.map((type) => numbersOf(random, type)) };
});

Deno.test("a program run as a branch of its own gives what it gives by itself", () => {
  fc.assert(
    fc.property(programs, ({ program, given }) => {
      const wanted = interpret(program, given, engines.reference).map(elements);
      const operation: Operation = { kind: "branch", branches: [program], operands: operandsOf(program.parameters) };
      const whole = around(program.parameters, resultTypes(program), operation);
      assertClose(run(optimize(whole), given), wanted);
      assertClose(run(whole, given), wanted);
      assertClose(interpret(whole, given, engines.reference).map(elements), wanted);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a program run for each slice gives what it gives for each of them, from either end", () => {
  const length = 3;
  fc.assert(
    fc.property(programs, fc.boolean(), ({ random, program }, reverse) => {
      const stacked = ({ dtype, shape }: ValueType): ValueType => ({ dtype, shape: [length, ...shape] });
      const sequences = program.parameters.map(stacked), given = sequences.map((type) => numbersOf(random, type));
      const slice = (x: View, at: number, { shape }: ValueType): View => {
        const all = elements(x), size = all.length / length, part = all.slice(at * size, (at + 1) * size);
        return view(x.dtype === "float32" ? Float32Array.from(part) : Float64Array.from(part), shape);
      };
      const each = Array.from(
        { length },
        (_, at) =>
          interpret(program, given.map((x, k) => slice(x, at, program.parameters[k]!)), engines.reference).map(
            elements,
          ),
      );
      const wanted = program.results.map((_, k) => each.flatMap((results) => results[k]!));
      const operation: Operation = {
        kind: "scan",
        body: program,
        carries: 0,
        finals: [],
        sequences: sequences.length,
        length,
        reverse,
        operands: operandsOf(sequences),
      };
      const whole = around(sequences, resultTypes(program).map(stacked), operation);
      assertClose(run(optimize(whole), given), wanted);
      assertClose(run(whole, given), wanted);
    }),
    { numRuns: 60 },
  );
});
