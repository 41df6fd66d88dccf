/**
 * Instructions in machine code that are cut into parts for threads: blas/machine/program/parts.ts cuts operations along the
 * first axis of their results, blas/machine/program/shares.ts and blas/simd/program/generated_shares.ts make parts of
 * that, and blas/simd/program/generated_lowering.ts calls them; blas/machine/convolutions/weight_shares.ts cuts along channels.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Bits } from "../../../../blas/machine/assembler/registers.ts";
import type { MachineLowered } from "../../../../blas/machine/program/lowering.ts";
import { lowerToMachine } from "../../../../blas/machine/program/lowerings.ts";
import { divisible } from "../../../../blas/machine/program/parts.ts";
import { sharesOf } from "../../../../blas/machine/program/shares.ts";
import { engines } from "../../../../blas/mod.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { view } from "../../../../blas/view.ts";
import { machineUnit } from "../../../../blas/machine/program/unit.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { EPILOGUE_INPUT, type Instruction, type Program } from "../../../../blas/program/program.ts";
import { rowMajorStrides } from "../../../../blas/shape.ts";
import { add, argument, div, sin } from "../../../../blas/scalar/scalar.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";
import { bytesOf, resultsOf } from "../../simd/program/program_runs.ts";
import {
  type Random,
  randomConvolution,
  randomFrom,
  type RandomInstruction,
  randomLoop,
  randomMap,
  randomProduct,
} from "../instructions.ts";
import { machine, WIDTHS } from "../machine.ts";
import { randomCopy, randomJoin } from "../random_moves.ts";
import { randomReduce, randomRows } from "../random_rows.ts";

const ignore = machine === undefined;

/** Adds a loop after products or convolutions. */
const followed = (make: (random: Random) => RandomInstruction) => (random: Random): RandomInstruction => {
  const { values, instruction: { operation, results: [result] } } = make(random), { dtype, shape } = result!;
  if (operation.kind !== "gemm" && operation.kind !== "convolution") {
    throw new Error("no loop follows such an operation");
  }
  const { loop, sizes } = randomLoop(random, shape, values.length), computed = loop.operands.length;
  const input = { value: EPILOGUE_INPUT, shape, stride: rowMajorStrides(shape), offset: 0 };
  const epilogue = {
    shape,
    operands: [...loop.operands, input],
    expressions: loop.expressions.map((expression) => add(argument(computed), expression)),
  };
  return {
    values: [...values, ...sizes.map((size) => ({ dtype, shape: [size] }))],
    instruction: { operation: { ...operation, epilogue }, results: epilogue.expressions.map(() => result!) },
  };
};

const generatorOf = (bits: Bits & (256 | 512)) => () =>
  machineUnit({ ...machine!, bits }, (instruction, whole) => lowerToMachine(instruction, bits, whole?.results));

/** The results of an instruction, run as a whole and in parts; `undefined` if it is not cut. */
function compared({ instruction, values }: RandomInstruction, bits: 256 | 512, shares: number, seed: number) {
  const generator = generatorOf(bits), cut = generator().lower(instruction)?.shares?.();
  if (cut === undefined || cut.units < 2 * cut.least) return undefined;
  const results = instruction.results.map((_, k) => values.length + k);
  const program: Program = { parameters: values, constants: [], instructions: [instruction], results };
  const given = values.map((type, k) => numbersOf(randomOf(seed + k), type));
  return [resultsOf(program, given, { generator, shares }), resultsOf(program, given, { generator })];
}

for (
  const [name, make] of [
    ["maps", randomMap],
    ["products", randomProduct],
    ["products with a loop", followed(randomProduct)],
    ["convolutions", randomConvolution],
    ["convolutions with a loop", followed(randomConvolution)],
    ["copies", randomCopy],
    ["joins", randomJoin],
    ["reductions", randomReduce],
    ["rows", randomRows],
  ] as const
) {
  Deno.test(`parts of random ${name} have the bits of the whole`, { ignore }, () => {
    const random = randomFrom(1 + Math.floor(Math.random() * 2 ** 30));
    for (let k = 0, count = 0; count < 6; k++) {
      const one = make(random), seed = 1 + random(1000), bits = WIDTHS[k % WIDTHS.length]!;
      const both = compared(one, bits, 2 + k % 3, seed);
      if (both !== undefined) assertEquals(both[0], both[1], `${JSON.stringify(one.instruction)}, seed ${seed}`);
      if (both !== undefined) count++;
    }
  });
}

const float32 = (...shape: readonly number[]) => ({ dtype: "float32", shape }) as const;

Deno.test(
  "sums of a product are divided by the number of its results, also in a part that has few of them",
  { ignore },
  () => {
    const [m, k, n] = [41, 98, 7];
    const one = {
      values: [float32(m, k), float32(k, n)],
      instruction: {
        operation: { kind: "gemm", a: plainOperand(0, [m, k]), b: plainOperand(1, [k, n]) },
        results: [float32(m, n)],
      },
    };
    for (const bits of WIDTHS) {
      const [parts, whole] = compared(one as RandomInstruction, bits, 3, 5)!;
      assertEquals(parts, whole);
    }
  },
);

Deno.test("a quotient by what is the same everywhere has the same bits in a part of one element", { ignore }, () => {
  const loop = {
    shape: [33],
    operands: [plainOperand(0, [33]), { value: 1, shape: [33], stride: [0], offset: 0 }],
    expressions: [div(argument(0), argument(1))],
  };
  const one = {
    values: [float32(33), float32(1)],
    instruction: { operation: { kind: "map", loop }, results: [float32(33)] },
  };
  for (const bits of WIDTHS) {
    const [parts, whole] = compared(one as RandomInstruction, bits, 2, 5)!;
    assertEquals(parts, whole);
  }
});

Deno.test(
  "where one part refuses, WebAssembly computes the whole, and the next run is machine code again",
  { ignore },
  () => {
    const shape = [256], loop = { shape, operands: [plainOperand(0, shape)], expressions: [sin(argument(0))] };
    const program: Program = {
      parameters: [float32(256)],
      constants: [],
      instructions: [{ operation: { kind: "map", loop }, results: [float32(256)] }],
      results: [1],
    };
    const numbers = Float32Array.from({ length: 256 }, (_, k) => k / 7),
      given = (angle: number) => view(numbers.with(250, angle), shape);
    for (const bits of WIDTHS) {
      assertEquals(generatorOf(bits)().lower(program.instructions[0]!)?.mayRefuse, true);
      const [parts, whole] = [{ shares: 3 }, {}].map((options) => {
        const executable = compileProgram(program, engines.simd, { generator: generatorOf(bits), ...options });
        return [1, 1e30, 2, 1e20].map((angle) => {
          executable.write(0, given(angle));
          executable.run();
          return bytesOf(executable.read(0));
        });
      });
      assertEquals(parts, whole);
    }
  },
);

Deno.test("parts cover all units, and each writes to its own results only", () => {
  const product: Instruction = {
    operation: { kind: "gemm", a: plainOperand(0, [37, 8]), b: plainOperand(1, [8, 12]) },
    results: [float32(37, 12)],
  };
  const cut = divisible(product)!;
  assertEquals([cut.units, cut.least, cut.before(10)], [37, 4, [10 * 12 * 4]]);
  assertEquals(cut.part(10, 20).results, [float32(10, 12)]);
  const seen: unknown[] = [];
  const whole: MachineLowered = {
    workspace: 64,
    inPlace: false,
    emit: (_, { results }) => void seen.push(...results.map(({ address, bytes }) => [address, bytes])),
  };
  const region = { name: "all", address: 1000, bytes: 37 * 48, writable: true };
  const regions = { value: () => region, results: [region], workspace: region };
  sharesOf(product, whole, () => whole)!.part(10, 20)!.emit({} as never, regions); // the code is not looked at
  assertEquals(seen, [[1000 + 480, 480]]);
});

Deno.test("an instruction is not cut where a part has no code, or leaves its loop to WebAssembly", () => {
  const product: Instruction = {
    operation: { kind: "gemm", a: plainOperand(0, [37, 8]), b: plainOperand(1, [8, 12]) },
    results: [float32(37, 12)],
  };
  const whole: MachineLowered = { workspace: 0, inPlace: false, emit: () => {} };
  const part = (own: MachineLowered | undefined) => sharesOf(product, whole, () => own)!.part(0, 9);
  assertEquals(part(undefined), undefined);
  assertEquals(part({ ...whole, mayRefuse: true }), undefined);
  assertEquals(part({ ...whole, epilogue: { shape: [9, 12], operands: [], expressions: [] } }), undefined);
  assertEquals(divisible({ ...product, results: [float32(0, 12)] }), undefined);
});
