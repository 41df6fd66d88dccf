/**
 * Parts of vectors (partial_vector), sums of float32 in float64 (wide_sums), and loops of known length (repeat).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  columnsOf,
  loadLane,
  loadPartialVector,
  scatter,
  storePartialVector,
  sums,
} from "../../../../../blas/simd/program/products/partial_vector.ts";
import { repeat } from "../../../../../blas/simd/program/products/repeat.ts";
import {
  addWide,
  elementBytes,
  emitNarrow,
  emitWideZeros,
  isWide,
} from "../../../../../blas/simd/program/products/wide_sums.ts";
import { v128 } from "../../../../../blas/wasm/mod.ts";
import { functionOf } from "../../../wasm/modules.ts";
import { kernelMemory, wholes } from "../../kernel_memory.ts";

const DTYPES = ["float32", "float64"] as const, NUMBERS = wholes(40, 3).map((x, k) => 100 * x + k);

for (const dtype of DTYPES) {
  Deno.test(`the first lanes are read and written, and nothing behind them, in ${dtype}`, () => {
    for (let count = 0; count <= 16 / (dtype === "float32" ? 4 : 8); count++) {
      const { run, put, take, lanes, memory } = kernelMemory(
        dtype,
        false,
        (m, lanes) =>
          m.function({ name: "copy", parameters: { from: "i32", to: "i32" } }, (f, { from, to }) => {
            const v = f.let(loadPartialVector(lanes, count, from, 0));
            f.do(v128.store(to, v));
            if (count > 0) f.do(...storePartialVector(lanes, count, to, v, 64));
          }),
      );
      put(100, new Array(30).fill(-1));
      // At the very end of memory, where reading a whole vector would trap.
      const end = memory.buffer.byteLength / lanes.bytes;
      run("copy", put(end - count, NUMBERS.slice(0, count)), 100 * lanes.bytes);
      const wanted = [...NUMBERS.slice(0, count), ...new Array(lanes.count).fill(0)].slice(0, lanes.count);
      assertEquals(take(100, lanes.count), wanted);
      const second = 100 + 64 / lanes.bytes;
      assertEquals(take(second - 1, count + 2), [-1, ...NUMBERS.slice(0, count), -1]);
    }
  });

  Deno.test(`sums(), columnsOf() and loadLane() put lanes where they belong, in ${dtype}`, () => {
    const width = dtype === "float32" ? 4 : 2;
    for (let rows = 1; rows <= width; rows++) {
      const { run, put, take } = kernelMemory(
        dtype,
        false,
        (m, lanes) =>
          m.function({ name: "run", parameters: { p: "i32" } }, (f, { p }) => {
            const given = Array.from({ length: rows }, (_, k) => f.let(v128.load(p, 16 * k)));
            f.do(v128.store(0, sums(f, lanes, given)));
            const replaced = f.let(loadLane(lanes, p, given[0]!, width - 1, 0));
            f.do(v128.store(16, replaced));
            columnsOf(f, lanes, given).forEach((column, k) => f.do(v128.store(32, column, 16 * k)));
          }),
      );
      run("run", put(200, NUMBERS));
      const at = (r: number, k: number) => NUMBERS[r * width + k]!, all = Array.from({ length: width }, (_, k) => k);
      const first = all.slice(0, rows);
      assertEquals(take(0, rows), first.map((r) => all.reduce((sum, k) => sum + at(r, k), 0)));
      assertEquals(take(width, width), all.map((k) => k === width - 1 ? at(0, 0) : at(0, k)));
      all.forEach((k) => assertEquals(take((2 + k) * width, rows), first.map((r) => at(r, k))));
    }
  });

  Deno.test(`scatter() stores lanes together, in pairs and apart, in ${dtype}`, () => {
    const patterns = dtype === "float32"
      ? [[0, 1, 2, 3], [0, 1, 7, 8], [5, 3, 1, 9], [2, 3, 8]]
      : [[0, 1], [5, 2], [4]];
    for (const pattern of patterns) {
      const { run, put, take } = kernelMemory(
        dtype,
        false,
        (m, lanes) =>
          m.function(
            { name: "run", parameters: { from: "i32", to: "i32" } },
            (f, { from, to }) =>
              f.do(...scatter(lanes, to, f.let(v128.load(from)), pattern.map((k) => k * lanes.bytes))),
          ),
      );
      const wanted = new Array(12).fill(-1);
      run("run", put(200, NUMBERS), put(300, wanted));
      pattern.forEach((k, lane) => wanted[k] = NUMBERS[lane]);
      assertEquals(take(300, 12), wanted);
    }
  });
}

Deno.test("wide sums are added in float64 and rounded once, line by line", () => {
  for (const [lines, length, gap] of [[1, 4, 0], [3, 7, 2], [2, 5, 0], [4, 1, 3]] as const) {
    const count = lines * length;
    const { run, put, take, memory } = kernelMemory(
      "float32",
      false,
      (m) =>
        m.function({ name: "run", parameters: { wide: "i32", to: "i32", from: "i32" } }, (f, { wide, to, from }) => {
          emitWideZeros(f, wide, count);
          repeat(f, 3, () => {
            for (let k = 0; k < count; k += 4) {
              f.do(...addWide(f, Math.min(4, count - k), wide, f.let(v128.load(from, 4 * k)), 8 * k));
            }
          });
          emitNarrow(f, wide, to, { lines, length, step: 4 * (length + gap) });
        }),
    );
    // Three times 2^24 - 1 is odd: float32 would round it on the way.
    const numbers = Array.from({ length: count + 4 }, (_, k) => 2 ** 24 - 1 - k), step = length + gap;
    new Float64Array(memory.buffer, 8192, count + 1).fill(-5);
    run("run", 8192, put(500, new Array(lines * step + 1).fill(-1)), put(100, numbers));
    assertEquals([...new Float64Array(memory.buffer, 8192, count + 1)], [
      ...numbers.slice(0, count).map((x) => 3 * x),
      -5,
    ]);
    const wanted = Array.from(
      { length: lines * step },
      (_, k) => k % step < length ? Math.fround(3 * numbers[Math.floor(k / step) * length + k % step]!) : -1,
    );
    assertEquals(take(500, lines * step), wanted);
  }
});

Deno.test("only many passes of float32 are added in float64", () => {
  assertEquals([isWide(16, 4), isWide(17, 4), isWide(100, 8)], [false, true, false]);
  assertEquals([elementBytes("wide", 4), elementBytes(true, 4), elementBytes(false, 8)], [8, 4, 8]);
});

Deno.test("repeat() runs as often as it says, also not at all", () => {
  for (const count of [0, 1, 2, 9]) {
    const run = functionOf({}, "i32", (f) => {
      const sum = f.local("i32");
      repeat(f, count, () => f.increment(sum, 3));
      f.return(sum);
    });
    assertEquals(run(), 3 * count);
  }
});
