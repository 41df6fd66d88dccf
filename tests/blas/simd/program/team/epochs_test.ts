/**
 * What threads do between two barriers, one thread after the other in both orders: if a thread needed to wait for another,
 * or what `touched.ts`, `bounds.ts` and `products/gemm_touched.ts` say of shares were too little, one order would change a
 * bit. Where products are cut, `products/gemm_cuts.ts`, must not either.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { allLoops } from "../../../../../blas/program/bodies.ts";
import { fillMemoryArray, memoryArrayAt, readMemoryArray } from "../../../../../blas/program/memory/memory_array.ts";
import { planMemory } from "../../../../../blas/program/memory/memory_plan.ts";
import { firstResults, valueTypes } from "../../../../../blas/program/operands.ts";
import { optimize } from "../../../../../blas/program/passes/mod.ts";
import type { Instruction, Operand, Program } from "../../../../../blas/program/program.ts";
import * as scalar from "../../../../../blas/scalar/scalar.ts";
import { importEngineMemory, PAGE_BYTES } from "../../../../../blas/simd/engine_memory.ts";
import { hasRelaxedSimd } from "../../../../../blas/simd/features.ts";
import { importSlowPaths, SLOW_FUNCTIONS } from "../../../../../blas/simd/math/slow_paths.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import { instructionContexts } from "../../../../../blas/simd/program/instruction_context.ts";
import { APART, memberParts, type Part, teamWorkspace } from "../../../../../blas/simd/program/team/member.ts";
import { teamPhases } from "../../../../../blas/simd/program/team/phases.ts";
import { ALL_FUNCTIONS } from "../../../../../blas/simd/math/mod.ts";
import type { View } from "../../../../../blas/view.ts";
import { call, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { numbersOf, programOf, randomOf, rowsOver } from "../../../program/programs.ts";
import { cnnStep, mlpStep } from "../../../program/training_steps.ts";
import { bytesOf, resultsOf, withNumbers } from "../program_runs.ts";
import { DTYPES, seeds, type, whole } from "../small_programs.ts";

/** Runs a program as threads would, if each ran alone from one barrier to the next, the last one first if `reversed`. */
function inEpochs(
  program: Program,
  given: readonly View[],
  { threads, least, reversed }: { readonly threads: number; readonly least: number; readonly reversed: boolean },
) {
  const lowered = program.instructions.map((one) => lowerInstruction(one)), types = valueTypes(program);
  const needs = lowered.map((one) => ({
    workspace: one === undefined ? 0 : teamWorkspace(one, threads),
    inPlace: one?.inPlace ?? false,
    lasts: APART,
  }));
  const plan = planMemory(program, needs), pages = Math.ceil((plan.peak + 128) / PAGE_BYTES), m = new ModuleBuilder();
  importEngineMemory(m, pages, pages, false);
  const slowPaths = importSlowPaths(m, allLoops(program).flatMap(({ expressions }) => expressions), SLOW_FUNCTIONS);
  const parameters = { check: "i32", position: "i32", value: "f64" } as const;
  const refusing = m.importFunction({ module: "engine", name: "refuse" }, { parameters });
  const address = (value: number) => plan.addresses[value]!;
  const contexts = instructionContexts(m, program, {
    relaxed: hasRelaxedSimd(),
    functions: ALL_FUNCTIONS,
    address,
    slowPaths,
    refuse: (_, position, value) => call(refusing, 0, position, value),
  }, plan.workspaces);
  const phases = teamPhases(program.instructions, lowered, {
    types,
    address,
    first: firstResults(program),
    workspaces: plan.workspaces.map((from, i) => ({ from, to: from + plan.workspaceBytes[i]! })),
    threads,
    least,
  });
  const barrier = m.function({ parameters: { thread: "i32", threads: "i32" } }, () => {});
  // A host function is a step of its own, between two barriers.
  const parts = lowered.flatMap((one, i): readonly (Part | { readonly host: number })[] =>
    one === undefined ? [{ host: i }] : memberParts(one, contexts[i]!, phases[i]!, { threads, least, barrier })
  );
  parts.forEach((part, k) => {
    if ("code" in part) m.function({ name: `part${k}`, parameters: { thread: "i32", threads: "i32" } }, part.code);
  });
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const refuse = () => {
    throw new RangeError("not an index");
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), {
    engine: { memory, refuse, ...SLOW_FUNCTIONS },
  });
  const arrays = types.map((one, value) => memoryArrayAt(memory.buffer, one, address(value)));
  [...given, ...program.constants].forEach((x, k) => fillMemoryArray(arrays[k]!, x));
  const order = Array.from({ length: threads }, (_, k) => reversed ? threads - 1 - k : k);
  let epoch: number[] = [];
  const meet = () => {
    for (const thread of order) {
      for (const k of epoch) (exports[`part${k}`] as (thread: number, threads: number) => void)(thread, threads);
    }
    epoch = [];
  };
  parts.forEach((part, k) => {
    if ("code" in part && !part.waits) return void epoch.push(k);
    meet();
    if ("host" in part) {
      const value = firstResults(program)[part.host]!;
      fillMemoryArray(arrays[value]!, numbersOf(randomOf(1), types[value]!));
    }
  });
  meet();
  return program.results.map((value) => bytesOf(readMemoryArray(arrays[value]!)));
}

/** Compares both orders with one thread. */
function check(program: Program, given: readonly View[], threads: number, least: number): void {
  const wanted = resultsOf(program, given, {}, 1);
  for (const reversed of [true, false]) {
    const what = `${threads} threads, least ${least}, reversed ${reversed}`;
    assertEquals(inEpochs(program, given, { threads, least, reversed }), wanted, what);
  }
}

Deno.test("threads that wait at barriers only give the bits of one thread, in a random program", () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 2, max: 10 }),
      fc.constantFrom(2, 3, 5),
      fc.constantFrom(0, 0, 100),
      (seed, count, threads, least) => {
        const random = randomOf(seed), made = programOf(random, count, random.pick(DTYPES));
        const program = seed % 2 === 0 ? made : optimize(made);
        check(withNumbers(program), program.parameters.map((one) => numbersOf(random, one)), threads, least);
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
});

Deno.test("the same in training steps", () => {
  for (const [program, least] of [[mlpStep(48, [40, 32, 10]), 500], [cnnStep(4, 8, [4, 8, 10]), 0]] as const) {
    const random = randomOf(1), step = withNumbers(optimize(program));
    check(step, step.parameters.map((one) => numbersOf(random, one)), 2, least);
  }
});

/** Chains of products on rows and on a large weight, with epilogues, whose rows and columns divide evenly and do not. */
Deno.test("the same in products of every cut, whose epilogues run on rows or on columns", () => {
  const x = scalar.argument(0), y = scalar.argument(1);
  for (const dtype of ["float32", "float64"] as const) {
    for (const [rows, depth, columns] of [[96, 64, 40], [128, 40, 64], [37, 33, 50], [40, 36, 131], [8, 30, 100]]) {
      const shape = [rows!, columns!], weight = { value: 1, shape: [depth!, columns!], stride: [1, depth!], offset: 0 };
      const bias = { value: 2, shape, stride: [0, 1], offset: 0 },
        kept = { value: 3, shape, stride: [1, rows!], offset: 0 };
      const epilogue = {
        shape,
        operands: [whole(-1, shape), bias, kept],
        expressions: [scalar.add(x, y), scalar.mul(x, scalar.argument(2))],
      };
      const product = { kind: "gemm", a: whole(0, [rows!, depth!]), b: weight } as const;
      const next = { shape, operands: [whole(4, shape), whole(6, shape)], expressions: [scalar.sub(x, y)] };
      const program: Program = {
        parameters: [[rows!, depth!], [columns!, depth!], [columns!], [columns!, rows!]].map((s) => type(s, dtype)),
        constants: [],
        instructions: [
          { results: [type(shape, dtype), type(shape, dtype)], operation: { ...product, epilogue } },
          { results: [type(shape, dtype)], operation: product },
          { results: [type(shape, dtype)], operation: { kind: "map", loop: next } },
          {
            results: [type([rows!, depth!], dtype)],
            operation: { kind: "gemm", a: whole(7, shape), b: { ...whole(1, [columns!, depth!]) } },
          },
        ],
        results: [4, 5, 6, 7, 8],
      };
      const random = randomOf(rows!), given = program.parameters.map((one) => numbersOf(random, one));
      for (const threads of [2, 3]) check(program, given, threads, 0);
    }
  }
});

Deno.test("the same where columns are read of what was computed along rows", () => {
  const shape = [48, 48],
    x = scalar.argument(0),
    turned = (value: number) => ({ ...whole(value, shape), stride: [1, 48] });
  const map = (operand: Operand): Instruction => ({
    results: [type(shape)],
    operation: { kind: "map", loop: { shape, operands: [operand], expressions: [scalar.exp(x)] } },
  });
  for (const axis of [0, 1]) {
    const random = randomOf(axis), sums = [48, 48].map((length, k) => k === axis ? 1 : length);
    const rows = rowsOver(random, [axis], { shape, operands: [whole(0, shape)], expressions: [x] });
    const results = rows.perRow.map((one) => type(one ? sums : shape)), next = 1 + results.length;
    const elements = 1 + rows.perRow.indexOf(false);
    const program: Program = {
      parameters: [type(shape)],
      constants: [],
      instructions: [
        { results, operation: rows },
        map(elements > 0 ? turned(elements) : turned(0)),
        {
          results: [type(sums)],
          operation: {
            kind: "reduce",
            reduction: "sum",
            axes: [axis],
            loop: { shape, operands: [whole(next, shape)], expressions: [scalar.tanh(x)] },
          },
        },
        map({ value: next + 1, shape, stride: axis === 0 ? [1, 0] : [0, 1], offset: 0 }),
      ],
      results: Array.from({ length: results.length + 3 }, (_, k) => k + 1),
    };
    for (const threads of [2, 3]) check(program, [numbersOf(random, type(shape))], threads, 0);
  }
});
