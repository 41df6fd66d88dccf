/**
 * Instructions that an engine or the caller computes in the middle of a compiled program.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import "../../program/all_kinds.ts";
import type { Engine } from "../../../../blas/engine.ts";
import { engines } from "../../../../blas/engines.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { EPILOGUE_INPUT, type Operand, type Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";
import { difference, FLOAT32, floats, map, SHAPE, type, whole } from "./small_programs.ts";

Deno.test("an error of a host function is passed on, and the executable works afterwards", () => {
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
  const executable = compileProgram(program, engines.simd);
  executable.write(0, floats(1, 2, 3, 4));
  assertThrows(() => executable.run(), RangeError, "not today");
  fails = false;
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [-3, -5, -7, -9]);
});

Deno.test("products are computed by the given engine if it has its own", () => {
  const shapes: readonly number[][] = [];
  const engine: Engine = {
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
  const executable = compileProgram(program, engine, { outside: ["gemm"], profile: true });
  executable.write(0, view(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
  executable.write(1, view(Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]));
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [5, 6, 11, 12]);
  assertEquals(shapes, [[2, 2]]);
  assertEquals(executable.outside, [true]);
  executable.run();
  const [timing] = executable.timing!.instructions;
  assertEquals(timing!.calls, 2, "the product and its epilogue are one run");
  assert(timing!.milliseconds > 0);
});

Deno.test("convolutions and their adjoints are those of the engine, followed by their epilogues", () => {
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
      const given = program.parameters.map((one) => numbersOf(random, one)),
        executable = compileProgram(program, engines.simd);
      given.forEach((one, k) => executable.write(k, one));
      executable.run();
      assertEquals(difference(executable.read(0), interpret(program, given, reference)[0]!, dtype), undefined);
    }
  }
});

Deno.test("a loop with several results follows what an engine computes", () => {
  const shape = [1, 2, 4, 4],
    image = { dtype: "float64", shape } as const,
    w = { dtype: "float64", shape: [2, 1, 1, 1] } as const;
  const input = plainOperand(EPILOGUE_INPUT, shape),
    geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 2 } as const;
  const program: Program = {
    parameters: [image, w],
    constants: [],
    instructions: [{
      operation: {
        kind: "convolution",
        form: "conv2dInput",
        geometry,
        operands: [plainOperand(0, shape), plainOperand(1, w.shape)],
        epilogue: {
          shape,
          operands: [input],
          expressions: [scalar.add(scalar.argument(0), 1), scalar.mul(scalar.argument(0), 2)],
        },
      },
      results: [image, image],
    }],
    results: [2, 3],
  };
  const executable = engines.simd.compile(program);
  executable.write(0, view(Float64Array.from({ length: 32 }, (_, k) => k), shape));
  executable.write(1, view(Float64Array.of(3, 5), w.shape));
  executable.run();
  const found = [0, 1].map((result) => {
    const { data, offset } = executable.read(result);
    return [data[offset + 1], data[offset + 31]];
  });
  assertEquals(found, [[4, 156], [6, 310]]);
});
