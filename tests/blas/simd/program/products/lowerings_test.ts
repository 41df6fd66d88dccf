/**
 * Lowered products by themselves: convolutions forwards, for images and for kernels (conv_forward, conv_input, conv_weight),
 * whole and in shares.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import "../../../program/all_kinds.ts";
import type { Lowered } from "../../../../../blas/simd/program/emitter.ts";
import { instructionContexts } from "../../../../../blas/simd/program/instruction_context.ts";
import { lowerForward } from "../../../../../blas/simd/program/products/conv_forward.ts";
import { lowerInput } from "../../../../../blas/simd/program/products/conv_input.ts";
import type { ConvolutionProblem } from "../../../../../blas/simd/program/products/conv_problem.ts";
import { lowerWeight } from "../../../../../blas/simd/program/products/conv_weight.ts";
import type { Operand } from "../../../../../blas/program/program.ts";
import { sizeOf } from "../../../../../blas/shape.ts";
import { call, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { ALL_FUNCTIONS } from "../../../../../blas/simd/math/mod.ts";
import { instantiate, type Run } from "../../../wasm/modules.ts";
import { wholes } from "../../kernel_memory.ts";
import { whole } from "../small_programs.ts";

const X = [2, 3, 6, 7], W = [4, 3, 2, 3], Y = [2, 4, 3, 5];
const geometry = { stride: [2, 1], dilation: [1, 1], padding: [1, 0, 0, 0], groups: 1 } as const;
const sizes = {
  batch: 2,
  channels: 3,
  filters: 4,
  groups: 1,
  height: 6,
  width: 7,
  kernelHeight: 2,
  kernelWidth: 3,
  outputHeight: 3,
  outputWidth: 5,
};
const FORMS = {
  conv2d: { lower: lowerForward, shapes: [X, W, Y] },
  conv2dInput: { lower: lowerInput, shapes: [Y, W, X] },
  conv2dWeight: { lower: lowerWeight, shapes: [X, Y, W] },
} as const;
type Form = keyof typeof FORMS;

const problemOf = (form: Form, operands: readonly [Operand, Operand]): ConvolutionProblem => ({
  operation: { kind: "convolution", form, geometry, operands },
  geometry,
  sizes,
  bytes: 8,
  dtype: "float64",
});

/** Adds to one of images, kernels and windows the products of the other two, by plain loops. */
function plain(form: Form, first: readonly number[], second: readonly number[]): readonly number[] {
  const result = new Array<number>(sizeOf(FORMS[form].shapes[2])).fill(0);
  for (let at = 0; at < sizeOf(Y) * 18; at++) {
    const v = at % 3, u = Math.floor(at / 3) % 2, c = Math.floor(at / 6) % 3, y = Math.floor(at / 18);
    const x = y % 5 + v, line = 2 * (Math.floor(y / 5) % 3) + u - 1, k = Math.floor(y / 15) % 4, n = Math.floor(y / 60);
    if (line < 0 || line >= 6) continue;
    const image = ((n * 3 + c) * 6 + line) * 7 + x, weight = ((k * 3 + c) * 2 + u) * 3 + v;
    if (form === "conv2d") result[y]! += first[image]! * second[weight]!;
    else if (form === "conv2dInput") result[image]! += first[y]! * second[weight]!;
    else result[weight]! += first[image]! * second[y]!;
  }
  return result;
}

/** Runs what was lowered: as a whole, or each phase in as many shares as it has units. */
function runLowered(
  lowered: Lowered,
  shapes: readonly (readonly number[])[],
  given: readonly (readonly number[])[],
  inShares: boolean,
) {
  const m = new ModuleBuilder(), address = (value: number) => 8192 * (value + 1), workspace = 65_536;
  m.memory({ minimum: 8, name: "memory" });
  const types = shapes.map((shape) => ({ dtype: "float64" as const, shape }));
  const operation = { kind: "view", operand: whole(0, shapes[2]!) } as never; // contexts read no more than its results
  const program = {
    parameters: types.slice(0, 2),
    constants: [],
    instructions: [{ operation, results: types.slice(2) }],
    results: [2],
  };
  const [context] = instructionContexts(m, program, { relaxed: false, functions: ALL_FUNCTIONS, address }, [workspace]);
  const calls = inShares
    ? lowered.shares.phases.flatMap(({ units, emit }) => {
      const share = emit(context!);
      // The last unit first: their order must not matter.
      return Array.from({ length: units }, (_, k) => call(share, units - 1 - k, units - k, 262_144));
    })
    : [call(lowered.emit(context!))];
  m.function({ name: "run", parameters: {} }, (f) => f.do(...calls));
  const exports = instantiate(m), data = new Float64Array((exports.memory as WebAssembly.Memory).buffer);
  given.forEach((numbers, k) => data.set(numbers, address(k) / 8));
  (exports.run as Run)();
  return [...data.subarray(address(2) / 8, address(2) / 8 + sizeOf(shapes[2]!))];
}

for (const form of Object.keys(FORMS) as Form[]) {
  const { lower, shapes } = FORMS[form], operands = [whole(0, shapes[0]), whole(1, shapes[1])] as const;
  const given = [wholes(sizeOf(shapes[0]), 3), wholes(sizeOf(shapes[1]), 5)] as const;

  Deno.test(`${form} with strides and padding equals plain loops, whole and unit by unit`, () => {
    const lowered = lower(problemOf(form, operands))!, wanted = plain(form, ...given);
    for (const inShares of [false, true]) assertEquals(runLowered(lowered, shapes, given, inShares), wanted);
  });
}

Deno.test("kernels and windows that no matrix's strides express are left to engines", () => {
  const odd = (shape: readonly number[], stride: readonly number[]) => ({ ...whole(1, shape), stride });
  // Kernels with a gap between rows; windows with one.
  assertEquals(lowerForward(problemOf("conv2d", [whole(0, X), odd(W, [24, 8, 4, 1])])), undefined);
  assertEquals(lowerWeight(problemOf("conv2dWeight", [whole(0, X), odd(Y, [72, 18, 6, 1])])), undefined);
});
