/**
 * Compiled programs against programs run plainly.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { scheduleForCarried } from "../../../../blas/program/memory/schedule.ts";
import { valueTypes } from "../../../../blas/program/operands.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, programOf, randomOf } from "../../program/programs.ts";
import { carriedOf, difference, DTYPES, floats, map, seeds, SHAPE, type, whole } from "./small_programs.ts";

Deno.test("an executable computes what the interpreter does, run after run", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 12 }), (seed, count) => {
      const random = randomOf(seed), dtypes = random.pick(DTYPES), program = programOf(random, count, dtypes);
      const executable = compileProgram(program, engines.simd);
      for (let run = 0; run < 2; run++) {
        const given = program.parameters.map((type) => numbersOf(random, type));
        given.forEach((x, k) => executable.write(k, x));
        executable.run();
        interpret(program, given, reference).forEach((wanted, k) => {
          const found = difference(executable.read(k), wanted, dtypes[0]!);
          assert(found === undefined, `run ${run}, result ${k} (value ${program.results[k]}): ${found}`);
        });
      }
    }),
    { numRuns: 150, endOnFailure: true },
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
      const executable = compileProgram(scheduled, engines.simd, { carried });
      inPlace += carried.length - executable.plan.moves.length;
      let given: readonly View[] = program.parameters.map((type) => numbersOf(random, type));
      given.forEach((x, k) => executable.write(k, x));
      for (let run = 0; run < 3; run++) {
        executable.run();
        const results = interpret(program, given, reference);
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
    { numRuns: 150, endOnFailure: true },
  );
  assert(inPlace > 0, "some results are computed in their parameters' rooms");
});

Deno.test("read() returns a copy that later runs do not change", () => {
  const program: Program = {
    parameters: [type(SHAPE)],
    constants: [floats(1, 1, 1, 1)],
    instructions: [map(SHAPE, scalar.add(scalar.argument(0), scalar.argument(1)), 0, 1)],
    results: [2, 1],
  };
  const executable = compileProgram(program, engines.simd, { carried: [[0, 0]] });
  executable.write(0, floats(0, 1, 2, 3));
  const seen = Array.from({ length: 3 }, () => {
    executable.run();
    executable.advance();
    return executable.readParameter(0);
  });
  assertEquals(seen.map(elementsOf), [[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]]);
  assertNotStrictEquals(executable.read(1).data, program.constants[0]!.data);
});

Deno.test("views of any strides can be written", () => {
  const shape = [3, 40], program = { parameters: [type(shape)], constants: [], instructions: [], results: [0] };
  const executable = compileProgram(program, engines.simd), data = Float32Array.from({ length: 200 }, (_, i) => i);
  for (
    const [stride, offset] of [[[40, 1], 0], [[1, 3], 5], [[0, 1], 7], [[-50, 1], 110], [[40, -1], 99], [
      [0, 0],
      9,
    ]] as const
  ) {
    const x = view(data, shape, stride, offset);
    executable.write(0, x);
    executable.run();
    assertEquals(elementsOf(executable.read(0)), elementsOf(x));
  }
});

Deno.test("write() says which type was given and which was wanted", () => {
  const program: Program = { parameters: [type(SHAPE)], constants: [], instructions: [], results: [] };
  const executable = compileProgram(program, engines.simd);
  assertThrows(
    () => executable.write(0, floats(1, 2)),
    TypeError,
    "shape [2] to parameter 0: it must be float32 of shape [4]",
  );
  assertThrows(() => executable.write(0, view(new Float64Array(4))), TypeError, "a float64 view");
});

Deno.test("compileProgram() rejects carrying a value that does not exist, and two results to one parameter", () => {
  const program = { parameters: [type(SHAPE)], constants: [], instructions: [], results: [0, 0] };
  for (const carried of [[[2, 0]], [[0, 1]], [[0, 0], [1, 0]]] as const) {
    assertThrows(() => compileProgram(program, engines.simd, { carried }), TypeError, "must name a result");
  }
});

Deno.test("compileProgram() says so if a program needs more memory than WebAssembly has", () => {
  const shape = [2 ** 30], program = { parameters: [type(shape)], constants: [], instructions: [], results: [] };
  assertThrows(
    () => compileProgram(program, engines.simd),
    RangeError,
    "needs 4294967296 bytes: WebAssembly has at most",
  );
});

Deno.test("parameters can be swapped", () => {
  const parameters = [0, 1, 2].map(() => type(SHAPE)),
    program = { parameters, constants: [], instructions: [], results: [0, 1, 2] };
  const executable = compileProgram(program, engines.simd, { carried: [[0, 1], [1, 2], [2, 0]] });
  [1, 2, 3].forEach((value, k) => executable.write(k, floats(value, value, value, value)));
  executable.run();
  executable.advance();
  assertEquals([0, 1, 2].map((k) => elementsOf(executable.readParameter(k))[0]), [3, 1, 2]);
});

Deno.test("sines of huge angles are correct in programs too", () => {
  const program: Program = {
    parameters: [type([1], "float64")],
    constants: [],
    instructions: [{
      results: [type([1], "float64")],
      operation: {
        kind: "map",
        loop: { shape: [1], operands: [whole(0, [1])], expressions: [scalar.sin(scalar.argument(0))] },
      },
    }],
    results: [1],
  };
  const executable = compileProgram(program, engines.simd);
  executable.write(0, view(Float64Array.of(1e22)));
  executable.run();
  // python3 -c "import math; print(math.sin(1e22))"
  assertAlmostEquals(executable.read(0).get(0), -0.8522008497671888, 1e-15);
});

Deno.test("many programs can be compiled and dropped", () => {
  for (let i = 0; i < 300; i++) {
    const program: Program = {
      parameters: [type(SHAPE)],
      constants: [],
      instructions: [map(SHAPE, scalar.mul(i + 2, scalar.argument(0)), 0)],
      results: [1],
    };
    const executable = compileProgram(program, engines.simd);
    executable.write(0, floats(1, 2, 3, 4));
    executable.run();
    assertEquals(executable.read(0).get(3), 4 * (i + 2));
  }
});

Deno.test("a program says what it needs if the runtime has no memory for it", () => {
  const { Memory } = WebAssembly, program = programOf(randomOf(1), 3, ["float32"]);
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    }
  };
  try {
    const error = assertThrows(() => compileProgram(program, engines.simd), RangeError, "work on smaller batches");
    assertMatch(
      error.message,
      /^Cannot compile a program that needs \d+ bytes: the runtime must have that much memory/,
    );
  } finally {
    WebAssembly.Memory = Memory;
  }
});
