import { assert, assertEquals } from "@std/assert";
import type { Distribution } from "../../../blas/distribution.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Engine } from "../../../blas/engine.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { ALL_FUNCTIONS } from "../../../blas/simd/math/mod.ts";
import { createDraw } from "../../../blas/simd/draw.ts";
import { DRAW_SCRATCH, drawFunction } from "../../../blas/simd/draw_code.ts";
import { ModuleBuilder } from "../../../blas/wasm/mod.ts";
import { allocate } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const DISTRIBUTIONS: readonly Distribution[] = [
  { kind: "uniform", low: 0, range: 1 },
  { kind: "uniform", low: -0, range: 1 },
  { kind: "uniform", low: -1.5, range: 4.25 },
  { kind: "uniform", low: 100, range: 0 },
  { kind: "normal", mean: 0, std: 1 },
  { kind: "normal", mean: 2, std: 0.75 },
  { kind: "normal", mean: 7, std: 0 },
  { kind: "integer", min: 0, span: 1 },
  { kind: "integer", min: 0, span: 2 },
  { kind: "integer", min: -5, span: 10 },
  { kind: "integer", min: 0, span: 65_535 },
  { kind: "integer", min: 0, span: 65_536 },
  { kind: "integer", min: 3, span: 65_537 },
];
const SIZES = [0, 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33, 100, 2047, 2048, 2065, 20_000];
const KEYS = [[0, 0], [0xffffffff, 0x80000001]] as const;

function drawn(engine: Pick<Engine, "draw">, distribution: Distribution, size: number, dtype: DType, at = 0) {
  const y = allocate(dtype, [size]);
  engine.draw(distribution, KEYS[at]!, y);
  return elementsOf(y);
}

for (const relaxed of [true, false]) {
  const simd = { draw: createDraw(createContext(), () => ALL_FUNCTIONS, relaxed) }, name = relaxed ? "with" : "without";
  for (const dtype of ["float32", "float64"] as const) {
    Deno.test(`simd draws in ${dtype} ${name} relaxed SIMD have the bits of the reference, in any number`, () => {
      for (const distribution of DISTRIBUTIONS) {
        for (const size of SIZES) {
          for (const at of [0, 1]) {
            const actual = drawn(simd, distribution, size, dtype, at);
            assertEquals(
              actual,
              drawn(reference, distribution, size, dtype, at),
              `${JSON.stringify(distribution)} ${size}`,
            );
          }
        }
      }
    });
  }
}

Deno.test("whole numbers up to 2^32 have the bits of the reference in float64", () => {
  const simd = { draw: createDraw(createContext(), () => ALL_FUNCTIONS) };
  for (const span of [2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 3_000_000_019]) {
    const distribution = { kind: "integer", min: -(2 ** 31), span } as const;
    assertEquals(drawn(simd, distribution, 5000, "float64"), drawn(reference, distribution, 5000, "float64"));
  }
});

Deno.test("many normal numbers, far ones among them, have the bits of the reference", () => {
  const simd = { draw: createDraw(createContext(), () => ALL_FUNCTIONS) },
    distribution = { kind: "normal", mean: 0, std: 1 } as const;
  for (const dtype of ["float32", "float64"] as const) {
    const actual = drawn(simd, distribution, 300_000, dtype), wanted = drawn(reference, distribution, 300_000, dtype);
    assertEquals(actual.findIndex((x, i) => !Object.is(x, wanted[i])), -1);
    assert(actual.some((x) => Math.abs(x) > 4.3));
  }
});

Deno.test("the function of a module writes its numbers and scratch memory, and nothing else", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const memory = new WebAssembly.Memory({ initial: 1 }), m = new ModuleBuilder();
    m.importMemory({ module: "test", name: "memory" }, { minimum: 1 });
    for (const form of ["unit", "normal", "integer"] as const) {
      drawFunction(m, { form, dtype, relaxed: false, functions: ALL_FUNCTIONS }, form);
    }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { test: { memory } });
    for (const form of ["unit", "normal", "integer"] as const) {
      const bytes = new Uint8Array(memory.buffer).fill(0xaa), length = 37 * (dtype === "float32" ? 4 : 8);
      (exports[form] as (...numbers: number[]) => void)(1, 2, 64, 64 + 37, 1024, 4096, 3, 7, 1 / 7, 4);
      const written = [...bytes.keys()].filter((at) => bytes[at] !== 0xaa);
      assert(written.every((at) => (at >= 1024 && at < 1024 + length) || (at >= 4096 && at < 4096 + DRAW_SCRATCH)));
    }
  }
});
