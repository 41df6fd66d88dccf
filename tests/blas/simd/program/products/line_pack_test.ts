/**
 * Packing of rows or columns into lines, whole and in shares.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { laneInstructionsOf } from "../../../../../blas/simd/lane_instructions.ts";
import { emitLines, emitLineShare, lineStep, lineUnits } from "../../../../../blas/simd/program/products/line_pack.ts";
import { shareFunction } from "../../../../../blas/simd/program/shares.ts";
import { call, i32, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

/** Where the matrix and the lines are. */
const SOURCE = 4096, TARGET = 65_536;

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`lines hold what lies a step apart, whatever their number and length, and nothing else is written (${dtype})`, () => {
    for (const lines of [1, 3, 8, 16, 21]) {
      for (const length of [1, 2, 4, 7, 33]) {
        for (const step of [lines, lines + 5, -lines]) {
          for (const split of [undefined, 1, 2]) check(dtype, { lines, length, step }, split);
        }
      }
    }
  });
}

Deno.test("lines do not lie a power of two apart, which would crowd one set of the cache", () => {
  for (const length of [256, 1024, 4096]) assertEquals(lineStep(length, 4), length + 16);
});

/** Packs a matrix, in shares of so many units if given, and compares it element by element. */
function check(
  dtype: "float32" | "float64",
  packing: { readonly lines: number; readonly length: number; readonly step: number },
  split: number | undefined,
): void {
  const { lines, length, step } = packing,
    lanes = laneInstructionsOf(dtype, false),
    bytes = dtype === "float32" ? 4 : 8;
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536 }), module = new ModuleBuilder();
  module.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 65536 });
  const first = SOURCE + (step < 0 ? (length - 1) * -step * bytes : 0);
  const elements = dtype === "float32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  elements.fill(-1);
  for (let i = 0; i < 2000; i++) elements[SOURCE / bytes + i] = i;
  const units = lineUnits(lines, bytes);
  if (split === undefined) {
    module.function({ name: "run", parameters: {} }, (f) => {
      emitLines(f, lanes, packing, f.let(i32.add(first, 0)), f.let(i32.add(TARGET, 0)));
    });
  } else {
    const share = shareFunction(module, (f, range) => emitLineShare(f, lanes, packing, range, first, TARGET));
    module.function({ name: "run", parameters: {} }, (f) => {
      for (let from = 0; from < units; from += split) f.do(call(share, from, Math.min(units, from + split), 0));
    });
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { engine: { memory } });
  (exports.run as () => void)();
  const line = lineStep(length, bytes), wanted = new Array<number>(lines * line).fill(-1);
  for (let i = 0; i < lines; i++) {
    for (let j = 0; j < length; j++) wanted[i * line + j] = elements[first / bytes + i + j * step]!;
  }
  const end = TARGET / bytes + lines * line;
  assertEquals([...elements.slice(TARGET / bytes, end)], wanted, `${lines} of ${length}, step ${step}, split ${split}`);
  assertEquals(elements.slice(end).every((x) => x === -1), true);
}
