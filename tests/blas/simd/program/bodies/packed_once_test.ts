import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import "../../../program/all_kinds.ts";
import { engines } from "../../../../../blas/engines.ts";
import { interpret } from "../../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../../blas/program/operand.ts";
import type { Operand, Operation, Program } from "../../../../../blas/program/program.ts";
import { compileProgram } from "../../../../../blas/simd/program/compile.ts";
import { lowerGemm } from "../../../../../blas/simd/program/products/gemm.ts";
import { view } from "../../../../../blas/view.ts";

const ROWS = 96, WIDTH = 96;

/** `h w + h`, where `w` is large enough to be packed, by itself or turned. */
const product = (isTurned: boolean, isSame: boolean): Operation => {
  const h = plainOperand(0, [ROWS, WIDTH]), w = plainOperand(isSame ? 1 : 0, [WIDTH, WIDTH]);
  const turned: Operand = { ...w, stride: [1, WIDTH] };
  return isTurned ? { kind: "gemm", a: { ...h, stride: [1, WIDTH] }, b: turned } : { kind: "gemm", a: h, b: w };
};

const type = { dtype: "float32", shape: [ROWS, WIDTH] } as const;
const body = (operation: Operation): Program => {
  return { parameters: [type, type], constants: [], instructions: [{ results: [type], operation }], results: [2] };
};
const around = (operation: Operation): Program => body(operation);

const numbers = (seed: number) =>
  view(Float32Array.from({ length: ROWS * WIDTH }, (_, k) => Math.sin(k * seed) / 8), [ROWS, WIDTH]);

function loops(step: Program): readonly Operation[] {
  const operands = [plainOperand(0, [ROWS, WIDTH]), plainOperand(1, [ROWS, WIDTH])];
  const condition: Program = {
    parameters: [type, type],
    constants: [],
    instructions: [],
    results: [1],
  };
  const first = { ...plainOperand(1, []), offset: 1 };
  const one = { dtype: "float32", shape: [] } as const, change = { kind: "reshape", shape: [] } as const;
  const holds: Program = {
    ...condition,
    instructions: [{ results: [one], operation: { kind: "view", change, operand: first } }],
    results: [2],
  };
  return [
    { kind: "scan", body: step, carries: 1, finals: [0], sequences: 0, length: 3, reverse: false, operands },
    { kind: "while", condition: holds, body: step, carries: 1, maxSteps: 3, operands },
  ];
}

Deno.test("a product in a loop gives the same where a matrix is packed once for all steps, and where it must not be", () => {
  for (const isTurned of [false, true]) {
    for (const isSame of [false, true]) {
      const operation = product(isTurned, isSame);
      for (const loop of loops(body(operation))) {
        const program = around(loop), given = [numbers(1), numbers(2)];
        const [wanted] = interpret(program, given, engines.reference),
          executable = compileProgram(program, engines.simd);
        for (const _ of [1, 2]) {
          given.forEach((x, k) => executable.write(k, x));
          executable.run();
          const found = executable.read(0);
          for (let k = 0; k < ROWS * WIDTH; k += 7) {
            assertAlmostEquals(found.data[found.offset + k]!, wanted!.data[wanted!.offset + k]!, 1e-4);
          }
        }
      }
    }
  }
});

Deno.test("the part of a product that is done ahead is the packing of one matrix", () => {
  const { ahead, workspace } = lowerGemm(product(false, true) as Parameters<typeof lowerGemm>[0], "float32");
  assert(ahead !== undefined);
  assertEquals([ahead.value, ahead.bytes, ahead.workspace], [1, 4 * WIDTH * WIDTH, workspace - ahead.bytes]);
});
