/**
 * Tiles whose sizes are parameters: they compute the same bits as `tile.ts`, whose sizes are constants, and store them
 * like it (`blas/simd/program/products/tile_store.ts`). The same for panels (`blas/simd/program/products/shared_pack.ts`).
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { emitSharedTile, sharedOrder } from "../../../../../blas/simd/program/products/shared_tile.ts";
import { emitPackShare, packUnits } from "../../../../../blas/simd/program/products/pack.ts";
import { buildTile, type Depth } from "../../../../../blas/simd/program/products/tile.ts";
import { call, i32, type ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../../kernel_memory.ts";

const A = 1000, B = 10_000, C = 20_000;

/** Orders of sums, of convolutions in the images' channels, of their adjoints, and over windows. */
function depthsOf(bytes: number): readonly Depth[] {
  const steps = (offsets: readonly number[]) => offsets.map((at, i) => ({ a: at * bytes, b: 32 * i }));
  const plain = (count: number, a: number, offsets: readonly number[]): Depth => {
    const b = 32 * offsets.length;
    return {
      loops: [{ count: 1, a: count * a * bytes, b: count * b }, { count, a: a * bytes, b }],
      steps: steps(offsets),
      tail: [],
    };
  };
  const windows = (chains: boolean, [bands, rows, turns]: readonly [number, number, number]): Depth => ({
    chains,
    loops: [
      { count: bands, a: 40 * bytes, b: 32 * 3 * rows * turns },
      { count: rows, a: 9 * bytes, b: 32 * 3 * turns },
      { count: turns, a: 6 * bytes, b: 32 * 3 },
    ],
    steps: steps([0, 2, 4]),
    tail: [],
  });
  return [
    plain(5, 30, [0, 1, 2, 10, 11, 12, 20, 21, 22]),
    plain(7, 10, [7, 6, 1, 0]),
    plain(9, 20, [5, 0, 15, 10]),
    windows(false, [2, 4, 3]),
    windows(false, [1, 7, 3]),
    windows(true, [3, 2, 4]),
    windows(true, [4, 1, 1]),
  ];
}

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const bytes = dtype === "float32" ? 4 : 8;
  Deno.test(`tiles share functions, with the bits of those of their own in ${dtype}${fused ? ", fused" : ""}`, () => {
    let counted = 0;
    const numbers = (count: number) => Array.from({ length: count }, (_, i) => Math.sin(i + 1) * 2 ** (i % 9));
    for (const depth of depthsOf(bytes)) {
      const order = sharedOrder(depth, bytes);
      assert(order !== undefined, "these orders have no tail and are long");
      for (const [rows, panels] of [[6, 2], [5, 1], [1, 3]] as const) {
        for (const accumulate of depth.chains ? [true] : [false, true]) {
          const column = 7 * bytes, panel = 32 * 80, columns = panels * 32 / bytes;
          const { run, put, take } = kernelMemory(dtype, fused, (m: ModuleBuilder, lanes) => {
            const own = buildTile(m, lanes, {
              pointers: rows,
              rows: Array.from({ length: rows }, (_, pointer) => ({ pointer, offset: 0 })),
              depth,
              columns,
              vectors: 2,
              panel,
              padded: true,
              target: { row: bytes, column },
              accumulate,
            });
            const parameters = { a: "i32", b: "i32", c: "i32" } as const;
            const starts = (from: number) => Array.from({ length: rows }, (_, r) => 3 * r * bytes + from);
            m.function({ name: "own", parameters }, (f, { a, b, c }) => {
              f.do(call(own, ...starts(0).map((at) => i32.add(a, at)), b, c));
            });
            for (const name of ["shared", "again"]) {
              m.function({ name, parameters }, (f, { a, b, c }) => {
                const places = { b, c, panels, panel, column, accumulate };
                const at = starts(order.starts[0]!).map((at) => i32.add(a, at));
                emitSharedTile(f, m, lanes, { rows, order }, { ...places, rows: at });
              });
            }
          });
          const a = put(A, numbers(600)), b = put(B, numbers(2000)), before = numbers(7 * columns);
          const results = ["own", "shared", "again"].map((name) => {
            run(name, a, b, put(C, before));
            return take(C, before.length);
          });
          assertEquals(results[1], results[0], `${JSON.stringify(depth)}, ${rows} rows, ${accumulate}`);
          assertEquals(results[2], results[0]);
          counted++;
        }
      }
    }
    assertEquals(counted, 36);
  });
}

Deno.test("tiles with a tail, few steps, or gaps in the packed matrix have functions of their own", () => {
  const steps = [{ a: 0, b: 0 }, { a: 4, b: 32 }], once = { count: 1, a: 400, b: 3200 };
  const order = (count: number, b: number, tail: Depth["tail"] = []) =>
    sharedOrder({ loops: [once, { count, a: 8, b }], steps, tail }, 4);
  assertEquals(order(50, 64)?.runs, [[0, 4]]);
  assertEquals([order(50, 64, [{ a: 0, b: 0 }]), order(2, 64), order(50, 96)], [undefined, undefined, undefined]);
});

for (const [dtype, fused] of KERNEL_VARIANTS) {
  Deno.test(`panels are packed alike by shared functions, in any units, in ${dtype}${fused ? ", fused" : ""}`, () => {
    const bytes = dtype === "float32" ? 4 : 8, width = 32 / bytes, numbers = wholes(6000, 3);
    const sizes = [[5, 7, 9, 63], [1, 11, 1, 13], [9, 4, 5, 45]] as const;
    for (const [panels, k, row, column] of sizes) {
      const n = panels * width,
        packing = { n, k, b: { rows: k, columns: n, row, column }, step: 64, panel: 64 * k + 32 };
      const { run, put, take } = kernelMemory(dtype, fused, (m, lanes) => {
        for (const [name, shares] of [["own", undefined], ["shared", m]] as const) {
          const parameters = { source: "i32", target: "i32", from: "i32", to: "i32" } as const;
          m.function({ name, parameters }, (f, { source, target, from, to }) => {
            emitPackShare(f, lanes, packing, { from, to }, source, target, shares);
          });
        }
      });
      const source = put(A, numbers), units = packUnits(n, bytes), none = new Array<number>(9000).fill(-1);
      const target = put(C, none);
      run("own", source, target, 0, units);
      const wanted = take(C, none.length);
      put(C, none);
      for (let unit = units - 1; unit >= 0; unit--) run("shared", source, target, unit, unit + 1);
      run("shared", source, target, units, units);
      assertEquals(take(C, none.length), wanted, `${panels} panels`);
    }
  });
}
