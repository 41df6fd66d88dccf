/**
 * Panels packed by functions that convolutions of different sizes share (`blas/simd/program/products/shared_pack.ts`).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { emitPackShare, packUnits } from "../../../../../blas/simd/program/products/pack.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../../kernel_memory.ts";

const C = 20_000;

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
      const source = put(1000, numbers), units = packUnits(n, bytes), none = new Array<number>(9000).fill(-1);
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
