import { assertEquals } from "@std/assert";
import { buildSearch, searchArguments } from "../../../blas/simd/search_kernel.ts";
import { KERNEL_VARIANTS, kernelMemory } from "./kernel_memory.ts";

for (const [dtype] of KERNEL_VARIANTS.filter(([, fused]) => !fused)) {
  Deno.test(`the kernel writes the number of each window's first extremum, and nothing beyond, in ${dtype}`, () => {
    const { run, put, take, lanes: { bytes } } = kernelMemory(dtype, false, buildSearch);
    // Two planes of 4 x 10; windows of 2 x 2, one column apart.
    const image = Array.from({ length: 80 }, (_, k) => (k * 7) % 10),
      x = put(0, image),
      y = put(200, new Array(60).fill(-7));
    const numbers = {
      ...{ x, y, number: 100 },
      ...{ planes: 2, xPlane: 40 * bytes, yPlane: 20 * bytes },
      ...{ rows: 2, xRow: 20 * bytes, yRow: 10 * bytes, numberRow: 20 },
      ...{ columns: 9, xColumn: bytes, numberColumn: 1 },
      ...{ high: 2, xDown: 10 * bytes, numberDown: 10 },
      ...{ wide: 2, xAlong: bytes, numberAlong: 1 },
    };
    run("max", ...searchArguments(numbers));
    const wanted = new Array(60).fill(-7);
    for (const plane of [0, 1]) {
      for (const row of [0, 1]) {
        for (let column = 0; column < 9; column++) {
          const at = [0, 1, 10, 11].map((k) => 20 * row + column + k), seen = at.map((k) => image[40 * plane + k]!);
          wanted[20 * plane + 10 * row + column] = 100 + at[seen.indexOf(Math.max(...seen))]!;
        }
      }
    }
    assertEquals(take(200, 60), wanted);
  });
}
