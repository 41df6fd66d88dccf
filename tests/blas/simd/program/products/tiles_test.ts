/**
 * Tiles of products by themselves: `dot_tile.ts`, where both matrices lie along the axis of sums, and `tile.ts`, where one is
 * read in vectors, plain or packed (`pack.ts`), in the order of `blas/simd/program/products/tile_depth.ts`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { buildDotTile, columnsFor } from "../../../../../blas/simd/program/products/dot_tile.ts";
import { emitPack, packedElements, packUnits } from "../../../../../blas/simd/program/products/pack.ts";
import { buildTile, plainDepth, vectorsFor } from "../../../../../blas/simd/program/products/tile.ts";
import { call, type Callable } from "../../../../../blas/wasm/mod.ts";
import type { LaneInstructions } from "../../../../../blas/simd/lane_instructions.ts";
import type { ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../../kernel_memory.ts";

const SIZES = [[1, 1, 1], [1, 9, 5], [2, 14, 8], [3, 7, 23], [4, 5, 33], [6, 18, 3], [2, 2, 70]] as const;
const A = 1000, B = 2000, C = 6000;

/** Exports a function that is called with the addresses of both matrices and the product. */
const exported =
  (build: (m: ModuleBuilder, lanes: LaneInstructions) => Callable<"none">) =>
  (m: ModuleBuilder, lanes: LaneInstructions) => {
    const inner = build(m, lanes);
    m.function(
      { name: "run", parameters: { a: "i32", b: "i32", c: "i32" } },
      (f, { a, b, c }) => f.do(call(inner, a, b, c)),
    );
  };

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`, bytes = dtype === "float32" ? 4 : 8;
  /** Row `r` of the first matrix times column `j` of the second, whose strides are given in elements. */
  const products = (
    [rows, columns, depth]: readonly [number, number, number],
    [a, aRow, aColumn]: readonly [readonly number[], number, number],
    [b, bRow, bColumn]: readonly [readonly number[], number, number],
  ) =>
    Array.from({ length: rows * columns }, (_, at) => {
      const r = Math.floor(at / columns), j = at % columns;
      return Array.from({ length: depth }, (_, p) => a[r * aRow + p * aColumn]! * b[p * bRow + j * bColumn]!).reduce((
        x,
        y,
      ) => x + y);
    });

  Deno.test(`a tile of dot products computes whole panels and the rest, added or not ${where}`, () => {
    for (const size of SIZES) {
      for (const accumulate of [false, true]) {
        const [rows, columns, depth] = size, aRow = depth + 1, bColumn = depth + 2, row = columns + 1;
        const { run, put, take } = kernelMemory(
          dtype,
          fused,
          exported((m, lanes) =>
            buildDotTile(m, lanes, {
              rows,
              aRow: aRow * bytes,
              columns,
              bColumn: bColumn * bytes,
              depth,
              panel: columnsFor(rows),
              target: { row: row * bytes, column: bytes },
              accumulate,
            })
          ),
        );
        const a = wholes(rows * aRow, 2), b = wholes(columns * bColumn, 3), c = wholes(rows * row + 4, 5);
        run("run", put(A, a), put(B, b), put(C, c));
        const found = products(size, [a, aRow, 1], [b, 1, bColumn]), wanted = [...c];
        found.forEach((sum, at) => {
          const to = Math.floor(at / columns) * row + at % columns;
          wanted[to] = sum + (accumulate ? c[to]! : 0);
        });
        assertEquals(take(C, c.length), wanted, `${size}, ${accumulate}`);
      }
    }
  });

  Deno.test(`a tile read in vectors computes any columns, and stores rows or columns side by side ${where}`, () => {
    for (const size of SIZES) {
      for (const turned of [false, true]) {
        const [rows, columns, depth] = size, aRow = depth + 1, bRow = columns + 2, vectors = vectorsFor(rows);
        const target = turned ? { row: bytes, column: rows * bytes } : { row: columns * bytes, column: bytes };
        const { run, put, take } = kernelMemory(
          dtype,
          fused,
          exported((m, lanes) =>
            buildTile(m, lanes, {
              pointers: 1,
              rows: Array.from({ length: rows }, (_, r) => ({ pointer: 0, offset: r * aRow * bytes })),
              depth: plainDepth(depth, bytes, bRow * bytes),
              columns,
              vectors,
              panel: vectors * 16,
              padded: false,
              target,
              accumulate: false,
            })
          ),
        );
        const a = wholes(rows * aRow, 2), b = wholes(depth * bRow, 3);
        run("run", put(A, a), put(B, b), put(C, new Array(rows * columns + 4).fill(-1)));
        const found = products(size, [a, aRow, 1], [b, bRow, 1]);
        const wanted = found.map((_, at) =>
          turned ? found[(at % rows) * columns + Math.floor(at / rows)]! : found[at]!
        );
        assertEquals(take(C, rows * columns + 4), [...wanted, -1, -1, -1, -1], `${size}, ${turned}`);
      }
    }
  });

  Deno.test(`a tile in chains adds their sums to the product, whatever its rows and columns ${where}`, () => {
    for (const [rows, columns, chain, chains] of [[6, 4, 5, 3], [6, 8, 20, 2], [1, 3, 1, 7], [4, 17, 9, 2]] as const) {
      const depth = chain * chains, aRow = depth + 1, bRow = columns + 2, vectors = vectorsFor(rows);
      const { run, put, take } = kernelMemory(
        dtype,
        fused,
        exported((m, lanes) => {
          const { loops: [, inner], steps, tail } = plainDepth(chain, bytes, bRow * bytes);
          return buildTile(m, lanes, {
            pointers: 1,
            rows: Array.from({ length: rows }, (_, r) => ({ pointer: 0, offset: r * aRow * bytes })),
            depth: {
              chains: true,
              loops: [
                { count: chains, a: chain * bytes, b: chain * bRow * bytes },
                { count: 1, a: chain * bytes, b: chain * bRow * bytes },
                inner!,
              ],
              steps,
              tail,
            },
            columns,
            vectors,
            panel: vectors * 16,
            padded: false,
            target: { row: columns * bytes, column: bytes },
            accumulate: true,
          });
        }),
      );
      const a = wholes(rows * aRow, 2), b = wholes(depth * bRow, 3), c = wholes(rows * columns + 4, 5);
      run("run", put(A, a), put(B, b), put(C, c));
      const found = products([rows, columns, depth], [a, aRow, 1], [b, bRow, 1]);
      assertEquals(take(C, c.length), c.map((x, at) => x + (found[at] ?? 0)), `${[rows, columns, chain, chains]}`);
    }
  });

  Deno.test(`packed panels hold two vectors of columns in each row, filled up with zeros ${where}`, () => {
    for (const [, n, k] of SIZES) {
      for (const [row, column] of [[n + 1, 1], [1, k + 2], [2, 2 * k + 1]] as const) {
        const width = 32 / bytes, length = packedElements({ n, k }, dtype);
        const { run, put, take } = kernelMemory(
          dtype,
          fused,
          (m, lanes) =>
            m.function(
              { name: "pack", parameters: { from: "i32", to: "i32" } },
              (f, { from, to }) => emitPack(f, lanes, { n, k, b: { rows: k, columns: n, row, column } }, from, to),
            ),
        );
        const b = wholes(row * k + column * n, 3);
        run("pack", put(B, b), put(C, new Array(length + 1).fill(-1)));
        const wanted = Array.from({ length }, (_, at) => {
          const j = Math.floor(at / (width * k)) * width + at % width;
          return j < n ? b[(Math.floor(at / width) % k) * row + j * column]! : 0;
        });
        assertEquals(take(C, length + 1), [...wanted, -1], `${[n, k, row, column]}`);
      }
    }
    assertEquals([packUnits(1, bytes), packUnits(128 / bytes, bytes), packUnits(128 / bytes + 1, bytes)], [1, 1, 2]);
  });
}
