/**
 * The modules that programs become.
 *
 * @module
 */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { WORKLOADS } from "../../../../bench/training_workloads.ts";
import { engines } from "../../../../blas/engines.ts";
import type { Program } from "../../../../blas/program/program.ts";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { kernelBytes } from "../../../../blas/simd/elementwise/kernel.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { reduceKernelBytes } from "../../../../blas/simd/reduce_kernel.ts";
import { namesOf } from "../../wasm/modules.ts";
import { map, type, whole } from "./small_programs.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

/** The bytes of the modules that are compiled while `f` runs. */
function modulesOf(f: () => void): readonly BufferSource[] {
  const { Module } = WebAssembly, seen: BufferSource[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      seen.push(bytes);
    }
  };
  try {
    f();
  } finally {
    WebAssembly.Module = Module;
  }
  return seen;
}

Deno.test("functions of a compiled program have the name of their instruction in listings", () => {
  const shape = [20, 20],
    program: Program = {
      parameters: [type(shape), type(shape)],
      constants: [],
      instructions: [
        { results: [type(shape)], operation: { kind: "gemm", a: whole(0, shape), b: whole(1, shape) } },
        map(shape, scalar.neg(scalar.argument(0)), 2),
      ],
      results: [3],
    };
  const [bytes] = modulesOf(() => compileProgram(program, engines.simd)), names = [...namesOf(bytes!).values()];
  assertEquals(new Set(names), new Set(["gemm %2", "map %3", "segment0", "advance"]));
  assert(names.filter((name) => name === "gemm %2").length > 1, "tiles are called what their product is");
});

Deno.test("the names of kernels say what they compute", () => {
  assertEquals([...namesOf(reduceKernelBytes("max", "float32")).values()], ["max float32 rows", "max float32 columns"]);
  const options = {
    expression: scalar.sin(scalar.argument(0)),
    dtype: "float64",
    relaxed: false,
    repeated: 0,
  } as const;
  assertEquals([...namesOf(kernelBytes({ ...options, functions: ALL_FUNCTIONS })).values()], [
    "sin",
    "map float64 run",
  ]);
});

// What a first compilation costs is in proportion to this; docs/performance.md has the times.
Deno.test("a dense training step compiles to at most 60 functions and 45,000 bytes", () => {
  const step = WORKLOADS.mlp_train_b32!();
  const [bytes, ...others] = modulesOf(() => step.compiled());
  assertEquals(others.length, 0, "one program is one module");
  assertLessOrEqual(namesOf(bytes!).size, 60);
  assertLessOrEqual(bytes!.byteLength, 45_000);
});
