/**
 * Maps as machine code: what blas/machine/maps/recorder.ts records and blas/machine/maps/translator.ts translates, with
 * blas/machine/maps/translations.ts and blas/machine/maps/bit_translations.ts (blas/machine/maps/translation.ts), variables
 * counted by blas/machine/maps/uses.ts and constants kept by blas/machine/maps/constants.ts, in the loops of blas/machine/maps/loop.ts and blas/machine/maps/map.ts, casts by blas/machine/maps/cast.ts, also those
 * that follow a product (blas/machine/maps/epilogue.ts). What has no code, says blas/machine/maps/unsupported.ts.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Engine } from "../../../../blas/engine.ts";
import { allocate, engines } from "../../../../blas/mod.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../../../blas/scalar/functions.ts";
import { argument, binary, type Scalar, unary } from "../../../../blas/scalar/scalar.ts";
import { planLoop } from "../../../../blas/machine/maps/loop.ts";
import { Recorder } from "../../../../blas/machine/maps/recorder.ts";
import { TRANSLATIONS } from "../../../../blas/machine/maps/translations.ts";
import { NoMachineCode } from "../../../../blas/machine/maps/unsupported.ts";
import { lowerToMachine } from "../../../../blas/machine/program/lowerings.ts";
import { machine, machineEngines, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

/** Numbers of every kind, in both dtypes: small and large, subnormal and infinite, of both signs. */
const NUMBERS = [
  ...[0, 1, 0.5, 2, 3, 10, 87.5, 88.8, 104, 300, 709.5, 745.5, 1e-5, 1e-20, 1e-40, 5e-324, 1e20, 3e38, 1e300, Infinity],
  ...Array.from({ length: 60 }, (_, k) => 1.37 ** (k - 30)),
].flatMap((x) => [x, -x]).concat(NaN);

/** Those of which the code of sine and cosine computes all: larger ones are left to WebAssembly. */
const ANGLES = NUMBERS.filter((x) => Math.abs(x) < 1e6);

/** Computes an expression of all pairs of neighbours, on an engine. */
function computed(
  engine: Engine,
  dtype: "float32" | "float64",
  expression: Scalar,
  numbers = NUMBERS,
): readonly number[] {
  const shape = [numbers.length], type = { dtype, shape };
  const loop = { shape, operands: [0, 1].map((value) => plainOperand(value, shape)), expressions: [expression] };
  const instructions: readonly Instruction[] = [{ operation: { kind: "map", loop }, results: [type] }];
  const program: Program = { parameters: [type, type], constants: [], instructions, results: [2] },
    executable = engine.compile(program);
  [0, 1].forEach((shift, k) => {
    const x = allocate(dtype, shape);
    numbers.forEach((_, i) => x.data[x.offset + i] = numbers[(i + 7 * shift) % numbers.length]!);
    executable.write(k, x);
  });
  executable.run();
  const { data, offset, size } = executable.read(0);
  return Array.from({ length: size }, (_, i) => data[offset + i]!);
}

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`every function of ${dtype} has the same bits as on simd, whatever the number`, { ignore }, () => {
    const expressions = [
      ...Object.keys(UNARY_FUNCTIONS).map((name) => unary(name as UnaryFunction, argument(0))),
      ...Object.keys(BINARY_FUNCTIONS).map((name) => binary(name as BinaryFunction, argument(0), argument(1))),
    ];
    const wrong = [NUMBERS, ANGLES].flatMap((numbers) => expressions.map((one) => [one, numbers] as const)).flatMap((
      [expression, numbers],
    ) => {
      const expected = computed(engines.simd, dtype, expression, numbers);
      return machineEngines().flatMap((engine) => {
        const found = computed(engine, dtype, expression, numbers),
          first = expected.findIndex((value, k) => !Object.is(value, found[k]));
        return first < 0
          ? []
          : [[engine.name, (expression as { name: string }).name, numbers[first], expected[first], found[first]]];
      });
    });
    assertEquals(wrong, []);
  });
}

Deno.test("every function has machine code", () => {
  const loop = (expression: Scalar) => ({ shape: [64], operands: [plainOperand(0, [64])], expressions: [expression] });
  const left = [
    ...Object.keys(UNARY_FUNCTIONS).map((name) => unary(name as UnaryFunction, argument(0))),
    ...Object.keys(BINARY_FUNCTIONS).map((name) => binary(name as BinaryFunction, argument(0), argument(0))),
  ].filter((expression) =>
    ([256, 512] as const).some((bits) => planLoop(loop(expression), "float32", bits) === undefined)
  );
  assertEquals(left.map((expression) => (expression as { name: string }).name), []);
});

Deno.test(
  "code for angles leaves its operands as they are, and WebAssembly computes if one is huge",
  { ignore },
  () => {
    const type = { dtype: "float32", shape: [100] } as const, x = allocate("float32", [100]);
    const loop = { shape: [100], operands: [plainOperand(1, [100])], expressions: [unary("sin", argument(0))] };
    const double = {
      ...loop,
      operands: [plainOperand(0, [100])],
      expressions: [binary("mul", argument(0), argument(0))],
    };
    const instructions: readonly Instruction[] = [double, loop].map((loop) => {
      return { operation: { kind: "map", loop }, results: [type] };
    });
    for (const last of [1, 3e5]) {
      for (let k = 0; k < 100; k++) x.data[x.offset + k] = k === 99 ? last : k / 10;
      const [expected, ...found] = [engines.simd, ...machineEngines()].map((engine) => {
        const executable = engine.compile({ parameters: [type], constants: [], instructions, results: [2] });
        executable.write(0, x);
        executable.run();
        const { data, offset } = executable.read(0);
        return Array.from({ length: 100 }, (_, k) => data[offset + k]);
      });
      for (const numbers of found) assertEquals(numbers, expected);
    }
  },
);

Deno.test("epilogues run with the product, or after it on WebAssembly", () => {
  const gemm = (expression: Scalar, stride: readonly number[] = [8, 1]): Instruction => ({
    operation: {
      kind: "gemm",
      a: plainOperand(0, [8, 8]),
      b: plainOperand(1, [8, 8]),
      epilogue: {
        shape: [8, 8],
        operands: [plainOperand(-1, [8, 8]), { value: 0, shape: [8, 8], stride, offset: 0 }],
        expressions: [expression],
      },
    },
    results: [{ dtype: "float32", shape: [8, 8] }],
  });
  const lowered = (...given: Parameters<typeof gemm>) => WIDTHS.map((bits) => lowerToMachine(gemm(...given), bits)!);
  const both = binary("add", argument(0), argument(1));
  // More numbers that are needed at once than there are registers.
  const tanhs = Array.from({ length: 40 }, (_, k) => unary("tanh", binary("add", both, k / 8)));
  const many = [...tanhs, ...tanhs].reduce((x, y) => binary("mul", x, y));
  for (const { epilogue, mayRefuse = false } of lowered(unary("tanh", both))) {
    assertEquals([epilogue, mayRefuse], [undefined, false]);
  }
  // Its operands must be as they were if it refuses.
  for (const { epilogue, mayRefuse, inPlace } of lowered(unary("sin", both))) {
    assertEquals([epilogue, mayRefuse, inPlace], [undefined, true, false]);
  }
  for (const { epilogue } of lowered(many)) assert(epilogue !== undefined);
});

Deno.test("results that need too many registers together are computed one after the other", { ignore }, () => {
  const [steps, power] = [argument(0), (base: number) => binary("pow", base, binary("add", argument(0), 1))];
  const loop = {
    shape: [40],
    operands: [plainOperand(0, [40])],
    expressions: [power(0.9), power(0.999), power(0.5), steps],
  };
  const type = { dtype: "float64", shape: [40] } as const, results = [type, type, type, type];
  const instructions: readonly Instruction[] = [{ operation: { kind: "map", loop }, results }];
  const [expected, ...found] = [engines.simd, ...machineEngines()].map((engine) => {
    const executable = engine.compile({ parameters: [type], constants: [], instructions, results: [1, 2, 3, 4] });
    const x = allocate("float64", [40]);
    for (let k = 0; k < 40; k++) x.data[x.offset + k] = k;
    executable.write(0, x);
    executable.run();
    return results.flatMap((_, k) => {
      const { data, offset } = executable.read(k);
      return Array.from({ length: 40 }, (_, i) => data[offset + i]);
    });
  });
  for (const numbers of found) assertEquals(numbers, expected);
  for (const bits of WIDTHS) assert(lowerToMachine(instructions[0]!, bits) !== undefined);
});

Deno.test("casts of any length keep what the other dtype can hold, and round the rest", { ignore }, () => {
  for (const engine of machineEngines()) {
    for (const [from, to] of [["float32", "float64"], ["float64", "float32"]] as const) {
      for (const size of [1, 3, 8, 37]) {
        const instructions: readonly Instruction[] = [{
          operation: { kind: "cast", operand: { value: 0, shape: [size], stride: [1], offset: 2 } },
          results: [{ dtype: to, shape: [size] }],
        }];
        const program: Program = {
          parameters: [{ dtype: from, shape: [size + 2] }],
          constants: [],
          instructions,
          results: [1],
        };
        const executable = engine.compile(program), x = allocate(from, [size + 2]);
        for (let k = 0; k < size + 2; k++) x.data[x.offset + k] = k === 4 ? -Infinity : k / 3;
        executable.write(0, x);
        executable.run();
        const { data, offset } = executable.read(0),
          round = to === "float32" || from === "float32" ? Math.fround : Number;
        assertEquals(
          Array.from({ length: size }, (_, k) => data[offset + k]),
          Array.from({ length: size }, (_, k) => k === 2 ? -Infinity : round((k + 2) / 3)),
        );
      }
    }
  }
});

Deno.test("a recorder refuses what it cannot keep", () => {
  const recorder = new Recorder();
  assertThrows(() => recorder.set({} as never, 1), NoMachineCode, "Cannot write machine code for a variable");
  assertThrows(() => recorder.if(1, () => {}), NoMachineCode, "a choice of two");
  assertEquals(TRANSLATIONS.has("f32x4.extract_lane"), false);
});
