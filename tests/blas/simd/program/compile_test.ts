/**
 * Compiled programs against programs run plainly.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../../blas/dtype.ts";
import type { Engine } from "../../../../blas/engine.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import type { Carried } from "../../../../blas/program/memory/memory_plan.ts";
import { valueTypes } from "../../../../blas/program/operands.ts";
import type { Instruction, Operand, Program, ValueType } from "../../../../blas/program/program.ts";
import { EPILOGUE_INPUT } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { scheduleForCarried } from "../../../../blas/program/memory/schedule.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import type { Scalar } from "../../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../../../../blas/shape.ts";
import { type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, programOf, type Random, randomOf } from "../../program/programs.ts";

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
      const executable = compileProgram(program);
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
      const executable = compileProgram(scheduled, { carried });
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

const FLOAT32 = "float32", SHAPE = [4];
const type = (shape: Shape, dtype: DType = FLOAT32): ValueType => ({ dtype, shape });
const whole = (value: number, shape: Shape): Operand => ({ value, shape, stride: rowMajorStrides(shape), offset: 0 });
const floats = (...values: readonly number[]) => view(Float32Array.from(values));

const map = (shape: Shape, expression: Scalar, ...values: readonly number[]): Instruction => ({
  results: [type(shape)],
  operation: { kind: "map", loop: { shape, operands: values.map((v) => whole(v, shape)), expressions: [expression] } },
});

Deno.test("what a host function throws is passed on, and the executable works afterwards", () => {
  let fails = true;
  const program: Program = {
    parameters: [type(SHAPE)],
    constants: [],
    instructions: [
      map(SHAPE, scalar.mul(2, scalar.argument(0)), 0),
      {
        results: [type(SHAPE)],
        operation: {
          kind: "host",
          name: "moody",
          key: undefined,
          operands: [whole(1, SHAPE)],
          run: ([x]) => {
            if (fails) throw new RangeError("not today");
            return [view(Float32Array.from(elementsOf(x!), (value) => value + 1))];
          },
        },
      },
      map(SHAPE, scalar.neg(scalar.argument(0)), 2),
    ],
    results: [3],
  };
  const executable = compileProgram(program);
  executable.write(0, floats(1, 2, 3, 4));
  assertThrows(() => executable.run(), RangeError, "not today");
  fails = false;
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [-3, -5, -7, -9]);
});

Deno.test("what is read is a copy: later runs do not change it", () => {
  const program: Program = {
    parameters: [type(SHAPE)],
    constants: [floats(1, 1, 1, 1)],
    instructions: [map(SHAPE, scalar.add(scalar.argument(0), scalar.argument(1)), 0, 1)],
    results: [2, 1],
  };
  const executable = compileProgram(program, { carried: [[0, 0]] });
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
  const executable = compileProgram(program), data = Float32Array.from({ length: 200 }, (_, i) => i);
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

Deno.test("write() says what was given and what was wanted", () => {
  const executable = compileProgram({ parameters: [type(SHAPE)], constants: [], instructions: [], results: [] });
  assertThrows(
    () => executable.write(0, floats(1, 2)),
    TypeError,
    "shape [2] was given, and it is float32 of shape [4]",
  );
  assertThrows(() => executable.write(0, view(new Float64Array(4))), TypeError, "a float64 view");
});

Deno.test("compileProgram() refuses to carry what there is not, and two results to one parameter", () => {
  const program = { parameters: [type(SHAPE)], constants: [], instructions: [], results: [0, 0] };
  for (const carried of [[[2, 0]], [[0, 1]], [[0, 0], [1, 0]]] as const) {
    assertThrows(() => compileProgram(program, { carried }), TypeError, "must name a result");
  }
});

Deno.test("compileProgram() says when a program needs more than there can be", () => {
  const shape = [2 ** 30], program = { parameters: [type(shape)], constants: [], instructions: [], results: [] };
  assertThrows(() => compileProgram(program), RangeError, "needs 4294967296 bytes at a time");
});

Deno.test("parameters change places", () => {
  const parameters = [0, 1, 2].map(() => type(SHAPE)),
    program = { parameters, constants: [], instructions: [], results: [0, 1, 2] };
  const executable = compileProgram(program, { carried: [[0, 1], [1, 2], [2, 0]] });
  [1, 2, 3].forEach((value, k) => executable.write(k, floats(value, value, value, value)));
  executable.run();
  executable.advance();
  assertEquals([0, 1, 2].map((k) => elementsOf(executable.readParameter(k))[0]), [3, 1, 2]);
});

Deno.test("products of float arrays go to the native engine, if there is one", () => {
  const shapes: readonly number[][] = [];
  const native: Engine = {
    ...reference,
    gemm: (operands) => {
      (shapes as number[][]).push([...operands.c.shape]);
      reference.gemm(operands);
    },
  };
  const computed: Operand = { ...whole(EPILOGUE_INPUT, [2, 2]) };
  const program: Program = {
    parameters: [type([2, 3]), type([3, 2])],
    constants: [],
    instructions: [{
      results: [type([2, 2])],
      operation: {
        kind: "gemm",
        a: whole(0, [2, 3]),
        b: whole(1, [3, 2]),
        epilogue: { shape: [2, 2], operands: [computed], expressions: [scalar.add(1, scalar.argument(0))] },
      },
    }],
    results: [2],
  };
  const executable = compileProgram(program, { native });
  executable.write(0, view(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
  executable.write(1, view(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]));
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [5, 6, 11, 12]);
  assertEquals(shapes, [[2, 2]]);
});

Deno.test("convolutions and their adjoints are those of the engine, with what comes after", () => {
  const geometry = { stride: [2, 1], padding: [1, 0, 1, 2], dilation: [1, 1], groups: 2 } as const;
  const x = [2, 4, 5, 6], w = [6, 2, 3, 3], y = [2, 6, 3, 6];
  const forms = [["conv2d", x, w, y], ["conv2dInput", y, w, x], ["conv2dWeight", x, y, w]] as const;
  const random = randomOf(5);
  for (const dtype of [FLOAT32, "float64"] as const) {
    for (const [form, p, q, result] of forms) {
      const program: Program = {
        parameters: [type(p, dtype), type(q, dtype), type([result[1]!, 1, 1], dtype)],
        constants: [],
        instructions: [{
          results: [type(result, dtype)],
          operation: {
            kind: "convolution",
            form,
            geometry,
            operands: [whole(0, p), whole(1, q)],
            epilogue: {
              shape: result,
              operands: [whole(EPILOGUE_INPUT, result), { value: 2, shape: result, stride: [0, 1, 0, 0], offset: 0 }],
              expressions: [scalar.max(scalar.add(scalar.argument(0), scalar.argument(1)), 0)],
            },
          },
        }],
        results: [3],
      };
      const given = program.parameters.map((one) => numbersOf(random, one)), executable = compileProgram(program);
      given.forEach((one, k) => executable.write(k, one));
      executable.run();
      assertEquals(difference(executable.read(0), interpret(program, given, reference)[0]!, dtype), undefined);
    }
  }
});

Deno.test("sines of huge angles are right in programs too", () => {
  const executable = compileProgram({
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
  });
  executable.write(0, view(Float64Array.of(1e22)));
  executable.run();
  // python3 -c "import math; print(math.sin(1e22))"
  assertAlmostEquals(executable.read(0).get(0), -0.8522008497671888, 1e-15);
});

Deno.test("many programs can be compiled, and forgotten", () => {
  for (let i = 0; i < 300; i++) {
    const executable = compileProgram({
      parameters: [type(SHAPE)],
      constants: [],
      instructions: [map(SHAPE, scalar.mul(i + 2, scalar.argument(0)), 0)],
      results: [1],
    });
    executable.write(0, floats(1, 2, 3, 4));
    executable.run();
    assertEquals(executable.read(0).get(3), 4 * (i + 2));
  }
});
