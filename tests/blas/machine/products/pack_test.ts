import { assertEquals } from "@std/assert";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import type { Code } from "../../../../blas/machine/code/code.ts";
import type { Pointer } from "../../../../blas/machine/code/regions.ts";
import { at } from "../../../../blas/machine/code/regions.ts";
import { copyLines, packColumns, packRows } from "../../../../blas/machine/products/pack.ts";
import { transpose } from "../../../../blas/machine/products/transpose.ts";
import { addWide, narrow } from "../../../../blas/machine/products/wide.ts";
import { machine, region, runOn, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

/** Runs code from the first half of a buffer of so many numbers to the second; returns both. */
function moved(
  dtype: "float32" | "float64",
  bits: 256 | 512,
  length: number,
  write: (code: Code, lanes: Lanes, from: Pointer, to: Pointer) => void,
) {
  const data = dtype === "float32" ? new Float32Array(2 * length) : new Float64Array(2 * length),
    half = data.byteLength / 2;
  data.forEach((_, k) => data[k] = k < length ? k + 1 : -1);
  runOn(data.buffer, bits, (code) => {
    const from = code.pointer(region(0, half, false)), to = code.pointer(region(half, half));
    write(code, new Lanes(code, dtype), from, to);
    code.free(from, to);
  });
  return { from: [...data.slice(0, length)], to: [...data.slice(length)] };
}

const each = (check: (dtype: "float32" | "float64", bits: 256 | 512) => void) =>
  WIDTHS.forEach((bits) => (["float32", "float64"] as const).forEach((dtype) => check(dtype, bits)));

Deno.test("panels of rows, and of columns, have the same numbers in the same places", { ignore }, () => {
  each((dtype, bits) => {
    const bytes = dtype === "float32" ? 4 : 8, width = 2 * bits / 8 / bytes, [depth, columns] = [5, 2 * width + 3];
    const panel = depth * width, length = 3 * panel + columns;
    const panels = { depth, columns, width, panel: panel * bytes };
    const byRows = moved(
      dtype,
      bits,
      length,
      (code, lanes, from, to) => packRows(code, lanes, panels, columns * bytes, from, to),
    );
    const byColumns = moved(
      dtype,
      bits,
      length,
      (code, lanes, from, to) => packColumns(code, lanes, panels, depth * bytes, from, to),
    );
    for (let k = 0; k < depth; k++) {
      for (let j = 0; j < columns; j++) {
        const place = Math.floor(j / width) * panel + k * width + j % width;
        assertEquals(byRows.to[place], byRows.from[k * columns + j]);
        assertEquals(byColumns.to[place], byColumns.from[j * depth + k]);
      }
    }
  });
});

Deno.test("an exact transposition writes nothing behind its last column", { ignore }, () => {
  each((dtype, bits) => {
    const bytes = dtype === "float32" ? 4 : 8, [rows, columns] = [7, 11];
    const exact = { depth: columns, columns: rows, width: rows, panel: rows * columns * bytes, exact: true };
    const { from, to } = moved(
      dtype,
      bits,
      100,
      (code, lanes, p, q) => packColumns(code, lanes, exact, columns * bytes, p, q),
    );
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) assertEquals(to[j * rows + i], from[i * columns + j]);
    }
    assertEquals(to.slice(rows * columns), to.slice(rows * columns).map(() => -1));
  });
});

Deno.test("lines are copied whole, and nothing else", { ignore }, () => {
  each((dtype, bits) => {
    const bytes = dtype === "float32" ? 4 : 8;
    for (const length of [1, 3, 16, 37]) {
      const lines = { lines: 3, length, fromStep: 40 * bytes, toStep: 45 * bytes };
      const { from, to } = moved(dtype, bits, 135, (code, lanes, p, q) => copyLines(code, lanes, lines, p, q));
      assertEquals(to, to.map((_, k) => k % 45 < length ? from[Math.floor(k / 45) * 40 + k % 45]! : -1));
    }
  });
});

Deno.test("squares are transposed in registers", { ignore }, () => {
  for (const dtype of ["float32", "float64"] as const) {
    const count = dtype === "float32" ? 8 : 4, width = 32;
    const { from, to } = moved(dtype, 256, count * count, (code, lanes, p, q) => {
      const rows = code.vectors(count);
      rows.forEach((row, k) => lanes.load(row, at(p, k * width)));
      const turned = transpose(code, lanes, rows);
      turned.forEach((row, k) => lanes.store(at(q, k * width), row));
      code.free(...turned);
    });
    assertEquals(to, to.map((_, k) => from[k % count * count + Math.floor(k / count)]!));
  }
});

Deno.test("sums in float64 keep what float32 would lose, and are rounded at the end", { ignore }, () => {
  for (const bits of WIDTHS) {
    const count = bits / 32,
      memory = new ArrayBuffer(1024),
      single = new Float32Array(memory),
      double = new Float64Array(memory);
    single.fill(1 / 3, 0, count);
    double.fill(2 ** 25, 16, 16 + count);
    runOn(memory, bits, (code) => {
      const lanes = new Lanes(code, "float32"), [x, y] = code.vectors(2), from = code.pointer(region(0, 64));
      const sums = code.pointer(region(128, 128));
      lanes.load(x!, at(from));
      addWide(code, lanes, x!, at(sums), y!);
      code.free(x!, y!);
      const to = code.pointer(region(512, 64));
      narrow(code, lanes, count, sums, to);
      code.free(from, sums, to);
    });
    const sum = 2 ** 25 + Math.fround(1 / 3);
    assertEquals([...double.slice(16, 16 + count)], new Array(count).fill(sum));
    assertEquals([...single.slice(128, 128 + count)], new Array(count).fill(Math.fround(sum)));
  }
});
