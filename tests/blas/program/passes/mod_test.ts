import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatProgram } from "../../../../blas/program/format/format_program.ts";
import { optimize, type PassName } from "../../../../blas/program/passes/mod.ts";
import type { Instruction, Program } from "../../../../blas/program/program.ts";
import { assertListing } from "../listings.ts";
import { difference, programArbitrary } from "../random_programs.ts";
import { cnnStep, mlpStep } from "../training_steps.ts";
import { passes } from "./on_programs.ts";

const NAMES = Object.keys(passes) as PassName[];

for (const dtype of ["float64", "float32"] as const) {
  for (const name of NAMES) {
    Deno.test(`${name}() keeps what random programs compute, in ${dtype}`, () => {
      fc.assert(
        fc.property(programArbitrary(dtype), (program) => {
          assertEquals(difference(program, passes[name](program)), undefined);
        }),
        { numRuns: 100 },
      );
    });
  }

  Deno.test(`optimize() keeps what random programs compute, with any passes left out, in ${dtype}`, () => {
    fc.assert(
      fc.property(programArbitrary(dtype), fc.subarray(NAMES), (program, without) => {
        const optimized = optimize(program, { without }), found = difference(program, optimized);
        assertEquals(found && `${found}\n${formatProgram(program)}\n${formatProgram(optimized)}`, undefined);
      }),
      { numRuns: 500 },
    );
  });
}

Deno.test("optimize() leaves nothing to do for any pass, in random programs", () => {
  fc.assert(
    fc.property(programArbitrary("float32"), (program) => {
      const optimized = optimize(program);
      for (const name of NAMES) {
        const again = passes[name](optimized);
        assertEquals(again === optimized ? undefined : `${name}\n${formatProgram(optimized)}`, undefined);
      }
    }),
    { numRuns: 200 },
  );
});

/** How many instructions of each kind there are; those followed by a loop are counted with its number of results. */
function kinds({ instructions }: Program): { readonly [kind: string]: number } {
  const counts: { [kind: string]: number } = {};
  for (const { operation, results } of instructions) {
    const kind = "epilogue" in operation && operation.epilogue !== undefined
      ? `${operation.kind}, then ${results.length}`
      : operation.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

const isUpdate = ({ results, operation }: Instruction): boolean =>
  results.length === 3 && "epilogue" in operation && operation.epilogue !== undefined;

Deno.test("optimize() leaves 21 of the 130 instructions of a training step, each weight's update with its gradient", () => {
  const step = mlpStep(32, [784, 128, 64, 10]), optimized = optimize(step);
  assertEquals(step.instructions.length, 130);
  assertEquals(kinds(optimized), {
    "gemm, then 1": 5, // three layers forward, two back
    "gemm, then 3": 3, // new weights
    "reduce, then 3": 3, // new biases
    "reduce, then 1": 2,
    "reduce, then 2": 1,
    reduce: 2,
    map: 3,
    cast: 2,
  });
  const updates = optimized.instructions.filter(isUpdate).map(({ results }) => results.map(({ shape }) => shape));
  assertEquals(updates.map(([shape]) => shape), [[128, 784], [128], [64, 128], [64], [10, 64], [10]]);
});

Deno.test("optimize() leaves 33 of the 174 instructions of a convolutional network's training step", () => {
  const step = cnnStep(32, 28, [16, 32, 32]), optimized = optimize(step);
  assertEquals(step.instructions.length, 174);
  assertEquals(kinds(optimized), {
    "convolution, then 1": 3, // forward: bias and relu
    "convolution, then 3": 3, // new kernels
    convolution: 2, // back, in front of pooling
    host: 6,
    "gemm, then 1": 2,
    "gemm, then 3": 1,
    "reduce, then 3": 4,
    "reduce, then 1": 2,
    "reduce, then 2": 1,
    reduce: 2,
    map: 5,
    cast: 2,
  });
});

Deno.test("optimize() reduces a tiny network's training step to a few loops and products", () => {
  const optimized = optimize(mlpStep(1, [2, 8, 1]));
  assertListing(
    optimized,
    `
    %0   float32[1, 2]   8 B  parameter
    %1   float32[1, 1]   4 B  parameter
    %2   float64[]       8 B  parameter
    %3   float32[8, 2]  64 B  parameter
    %4   float32[8, 2]  64 B  parameter
    %5   float32[8, 2]  64 B  parameter
    %6   float32[8]     32 B  parameter
    %7   float32[8]     32 B  parameter
    %8   float32[8]     32 B  parameter
    %9   float32[1, 8]  32 B  parameter
    %10  float32[1, 8]  32 B  parameter
    %11  float32[1, 8]  32 B  parameter
    %12  float32[1]      4 B  parameter
    %13  float32[1]      4 B  parameter
    %14  float32[1]      4 B  parameter
    %15  float32[1, 8]  32 B  gemm %0 %3[2, 8]<1 2>
                              epilogue
                                %15 = max(computed + %6, 0)
    %16  float32[1, 1]   4 B  gemm %15 %9[8, 1]
    %17  float64[]       8 B  map
    %18  float64[]       8 B
    %19  float64[]       8 B
                                %17 = %2 + 1
                                %18 = 0.001 / (1 - pow(0.9, %17))
                                %19 = sqrt(1 - pow(0.999, %17))
    %20  float32[]       4 B  cast %18
    %21  float32[]       4 B  cast %19
    %22  float32[]       4 B  map [1, 1]
    %23  float32[1, 1]   4 B
    %24  float32[1]      4 B
    %25  float32[1]      4 B
    %26  float32[1]      4 B
                                t0 = %16 + %12
                                t1 = t0 - (abs(t0) < Infinity ? t0 : 0)
                                t2 = exp(t1)
                                %22 = -((%1 == 0 ? 0 : %1 * (t1 - log(t2))) + 0) + 0
                                t3 = -%1
                                %23 = t3 + -(t3 + 0) / t2 * t2
                                t4 = %23 + 0
                                %24 = 0.8999999761581421 * %13 + 0.10000000149011612 * t4
                                %25 = 0.9990000128746033 * %14 + 0.0010000000474974513 * (t4 * t4)
                                %26 = %12 - %20 * %24 / (sqrt(%25) / %21 + 9.99999993922529e-9)
    %27  float32[1, 8]  32 B  map [1, 8]
    %28  float32[8]     32 B
    %29  float32[8]     32 B
    %30  float32[8]     32 B
    %31  float32[1, 8]  32 B
    %32  float32[1, 8]  32 B
    %33  float32[1, 8]  32 B
                                %27 = %15 > 0 ? %23<0 0> * %9 + 0 : 0
                                %28 = 0.8999999761581421 * %7 + 0.10000000149011612 * %27
                                %29 = 0.9990000128746033 * %8 + 0.0010000000474974513 * (%27 * %27)
                                %30 = %6 - %20<0 0> * %28 / (sqrt(%29) / %21<0 0> + 9.99999993922529e-9)
                                t0 = %15 * %23<0 0> + 0
                                %31 = 0.8999999761581421 * %10 + 0.10000000149011612 * t0
                                %32 = 0.9990000128746033 * %11 + 0.0010000000474974513 * (t0 * t0)
                                %33 = %9 - %20<0 0> * %31 / (sqrt(%32) / %21<0 0> + 9.99999993922529e-9)
    %34  float32[8, 2]  64 B  map
    %35  float32[8, 2]  64 B
    %36  float32[8, 2]  64 B
                                t0 = %0<0 1> * %27<1 0> + 0
                                %34 = 0.9990000128746033 * %5 + 0.0010000000474974513 * (t0 * t0)
                                %35 = 0.8999999761581421 * %4 + 0.10000000149011612 * t0
                                %36 = %3 - %20<0 0> * %35 / (sqrt(%34) / %21<0 0> + 9.99999993922529e-9)
    results %22 %17 %36 %35 %34 %30 %28 %29 %33 %31 %32 %26 %24 %25
  `,
  );
});

Deno.test("optimize() preserves the results of a training step, with each pass left out in turn", () => {
  const step = mlpStep(4, [5, 6, 3]);
  for (const without of [[], ...NAMES.map((name) => [name])]) {
    assertEquals(difference(step, optimize(step, { without })), undefined, `without ${without}`);
  }
});

Deno.test("optimize() does not change an optimized program", () => {
  for (const step of [mlpStep(32, [784, 128, 64, 10]), cnnStep(2, 8, [2, 3, 4])]) {
    const optimized = optimize(step);
    assertStrictEquals(optimize(optimized), optimized);
  }
});

Deno.test("optimize() joins each update with its gradient in a network of a hundred layers too", () => {
  const optimized = optimize(mlpStep(8, Array.from({ length: 101 }, () => 16)));
  assertEquals(optimized.instructions.filter(isUpdate).length, 200);
  assert(optimized.instructions.length < 420);
});

Deno.test("optimize() shows the program after each pass, except those left out", () => {
  const step = mlpStep(1, [2, 8, 1]), seen: string[] = [];
  let last = step;
  const optimized = optimize(step, {
    without: ["foldConstants"],
    watch: (pass, program) => {
      assertNotStrictEquals(program, last);
      seen.push(pass);
      last = program;
    },
  });
  assertEquals(last, optimized);
  assertEquals([seen[0], seen.includes("foldConstants"), seen.includes("fuseMaps")], ["simplify", false, true]);
});

Deno.test("optimize() names a pass that does not exist", () => {
  assertThrows(
    () => optimize(mlpStep(1, [2, 1]), { without: ["fuse" as "fuseMaps"] }),
    RangeError,
    'Cannot optimize without "fuse": it must be the name of a pass; the passes are foldConstants, simplify',
  );
});
