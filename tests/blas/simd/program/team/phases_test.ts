/**
 * Where threads wait for each other, how long instructions are thought to take, and which part each thread has.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { firstResults, valueTypes } from "../../../../../blas/program/operands.ts";
import { plainOperand } from "../../../../../blas/program/operand.ts";
import type { Instruction, Operand, Program } from "../../../../../blas/program/program.ts";
import * as scalar from "../../../../../blas/scalar/scalar.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import { partOf, teamWorkspace } from "../../../../../blas/simd/program/team/member.ts";
import { isDivided, teamPhases } from "../../../../../blas/simd/program/team/phases.ts";
import { nanosecondsOf, nanosecondsOfProgram } from "../../../../../blas/simd/program/team/work.ts";
import type { Team } from "../../../../../blas/simd/program/team/team.ts";
import { i32, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { type } from "../small_programs.ts";

const SHAPE = [100, 100], x = scalar.argument(0);

const map = (value: number, operand: Operand = plainOperand(value, SHAPE)): Instruction => ({
  results: [type(SHAPE)],
  operation: { kind: "map", loop: { shape: SHAPE, operands: [operand], expressions: [scalar.exp(x)] } },
});

/** The same on the transpose: a row of the result needs a column. */
const turned = (value: number): Instruction => map(value, { value, shape: SHAPE, stride: [1, 100], offset: 0 });

/** How threads run instructions on two parameters whose results lie one after the other in memory. */
function phasesOf(instructions: readonly Instruction[], least: Team["least"]) {
  const program: Program = { parameters: [type(SHAPE), type(SHAPE)], constants: [], instructions, results: [] };
  return teamPhases(instructions, instructions.map((one) => lowerInstruction(one)), {
    types: valueTypes(program),
    address: (value) => 64 + 40_000 * value,
    first: firstResults(program),
    workspaces: instructions.map(() => ({ from: 0, to: 0 })),
    threads: 2,
    least,
  }).map(([phase]) => phase!);
}

Deno.test("threads wait only before an instruction that needs what others computed", () => {
  const phases = phasesOf([map(0), map(1), turned(2), map(3)], 1000);
  assertEquals(phases.map(({ divided }) => divided), [true, true, true, true]);
  assertEquals(phases.map(({ barrier }) => barrier), [false, false, true, false]);
});

Deno.test("what is short is left to the first thread, which needs no barrier for it", () => {
  assertEquals(phasesOf([map(0), map(2), map(3)], 1e9), [
    { divided: false, barrier: false },
    { divided: false, barrier: false },
    { divided: false, barrier: false },
  ]);
});

Deno.test("a thread goes on with the rows that it computed, and divides what is short where it then need not wait", () => {
  const free = { divided: true, barrier: false };
  assertEquals(phasesOf([map(0), map(2), map(3), map(4)], 1000), [free, free, free, free]);
  const weight = plainOperand(1, SHAPE), rows = plainOperand(2, SHAPE);
  const product: Instruction = { results: [type(SHAPE)], operation: { kind: "gemm", a: rows, b: weight } };
  // 17 tiles of rows, and 40 pieces of 256 elements, are not divided at the same place.
  assertEquals(phasesOf([map(0), product], 1000).map(({ barrier }) => barrier), [false, true]);
  const short = (value: number): Instruction => ({
    results: [type(SHAPE)],
    operation: {
      kind: "map",
      loop: { shape: SHAPE, operands: [plainOperand(value, SHAPE)], expressions: [scalar.neg(x)] },
    },
  });
  const least = nanosecondsOf(short(2)) + 1, late = { divided: true, barrier: true };
  assertEquals(phasesOf([map(0), short(2), turned(3)], least), [free, free, late]);
  assertEquals(phasesOf([short(0), turned(2)], least), [{ divided: false, barrier: false }, late]);
});

Deno.test("loops are divided inside if a step is long enough", () => {
  const team = (nanoseconds: number) => ({ nanoseconds, workspace: () => 0, emit: () => assert(false) as never });
  assertEquals([isDivided(team(100), 4000), isDivided(team(50_000), 4000)], [false, true]);
});

Deno.test("a product takes longer with its size, a program as long as its instructions", () => {
  const product = (n: number): Instruction => ({
    results: [type([n, n])],
    operation: { kind: "gemm", a: plainOperand(0, [n, n]), b: plainOperand(1, [n, n]) },
  });
  const [small, large] = [nanosecondsOf(product(100)), nanosecondsOf(product(200))];
  assertEquals(large, 8 * small);
  assert(small > 10_000 && small < 200_000);
  const program: Program = { parameters: [], constants: [], instructions: [product(100), product(200)], results: [] };
  assertEquals(nanosecondsOfProgram(program), small + large);
});

Deno.test("threads have parts of about the same size, which together are everything", () => {
  const m = new ModuleBuilder(), signature = { parameters: { thread: "i32", threads: "i32" }, result: "i32" } as const;
  m.function({ name: "from", ...signature }, (f, member) => f.push(partOf(f, member, 10).from));
  m.function({ name: "to", ...signature }, (f, member) => f.push(i32.add(partOf(f, member, 10).to, 0)));
  const { from, to } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes())).exports as {
    readonly [name: string]: (thread: number, threads: number) => number;
  };
  for (const threads of [1, 2, 3, 4, 7, 10, 16]) {
    let next = 0;
    for (let thread = 0; thread < threads; thread++) {
      assertEquals(from!(thread, threads), next);
      next = to!(thread, threads);
    }
    assertEquals(next, 10);
  }
});

Deno.test("each thread has scratch memory of its own", () => {
  const product = lowerInstruction({
    results: [type([100, 100])],
    operation: { kind: "gemm", a: plainOperand(0, [100, 400]), b: plainOperand(1, [400, 100]) },
  })!;
  const [one, two, three] = [1, 2, 3].map((threads) => teamWorkspace(product, threads));
  assertEquals(three! - two!, two! - one!);
});
