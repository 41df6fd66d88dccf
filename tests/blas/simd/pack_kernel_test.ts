import { assertEquals } from "@std/assert";
import { buildPackPanels, buildPackRows, transposed } from "../../../blas/simd/pack_kernel.ts";
import { call, v128 } from "../../../blas/wasm/mod.ts";
import { KERNEL_VARIANTS, kernelMemory } from "./kernel_memory.ts";

const NUMBERS = Array.from({ length: 400 }, (_, i) => i + 1),
  SIZES = [[1, 1], [5, 8], [4, 16], [7, 11], [9, 3]] as const;
/** Rows and columns adjacent, and neither. */
const STRIDES = [[20, 1], [1, 20], [2, 23]] as const;

for (const [dtype] of KERNEL_VARIANTS.filter(([, fused]) => !fused)) {
  Deno.test(`panels hold a matrix row by row, and zeros beyond its last column, in ${dtype}`, () => {
    const { run, put, take, lanes: { bytes, count } } = kernelMemory(dtype, false, (m, lanes) => {
      const pack = buildPackPanels(m, lanes, 2 * lanes.count);
      const names = ["source", "row", "column", "rows", "columns", "target"];
      const parameters = Object.fromEntries(names.map((name) => [name, "i32" as const]));
      m.function({ name: "pack", parameters }, (f, p) => f.do(call(pack, ...names.map((name) => p[name]!))));
    });
    const width = 2 * count;
    for (const [rows, columns] of SIZES) {
      for (const [row, column] of STRIDES) {
        const source = put(8, NUMBERS), panels = Math.ceil(columns / width), length = panels * rows * width;
        const target = put(1000, new Array(length + 1).fill(-7));
        run("pack", source, row * bytes, column * bytes, rows, columns, target);
        const wanted = Array.from({ length }, (_, k) => {
          const panel = Math.floor(k / (rows * width)), i = Math.floor(k / width) % rows, j = panel * width + k % width;
          return j < columns ? NUMBERS[i * row + j * column]! : 0;
        });
        assertEquals(take(1000, length + 1), [...wanted, -7]);
      }
    }
  });

  Deno.test(`packed rows are contiguous, with gaps that stay as they were, in ${dtype}`, () => {
    const { run, put, take, lanes: { bytes } } = kernelMemory(
      dtype,
      false,
      (m, lanes) => buildPackRows(m, lanes, "pack"),
    );
    for (const [rows, columns] of SIZES) {
      for (const [row, column] of STRIDES) {
        const step = columns + 2, target = put(1000, new Array(rows * step).fill(-7));
        run("pack", put(8, NUMBERS), row * bytes, column * bytes, rows, columns, target, step * bytes);
        const wanted = Array.from(
          { length: rows * step },
          (_, k) => k % step < columns ? NUMBERS[Math.floor(k / step) * row + (k % step) * column]! : -7,
        );
        assertEquals(take(1000, rows * step), wanted);
      }
    }
  });

  Deno.test(`a square of vectors is transposed in registers, in ${dtype}`, () => {
    const { run, put, take, lanes: { count } } = kernelMemory(
      dtype,
      false,
      (m, lanes) =>
        m.function({ name: "turn", parameters: { x: "i32" } }, (f, { x }) => {
          const rows = Array.from({ length: lanes.count }, (_, k) => f.let(v128.load(x, 16 * k)));
          transposed(f, lanes, rows).map((v) => f.let(v)).forEach((v, k) => f.do(v128.store(x, v, 16 * k)));
        }),
    );
    run("turn", put(4, NUMBERS));
    const wanted = Array.from(
      { length: count * count },
      (_, k) => NUMBERS[(k % count) * count + Math.floor(k / count)]!,
    );
    assertEquals(take(4, count * count), wanted);
  });
}
