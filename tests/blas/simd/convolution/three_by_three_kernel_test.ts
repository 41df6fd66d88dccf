import { assertEquals } from "@std/assert";
import {
  buildThreeByThree,
  buildThreeByThreeProducts,
  leastWindows,
  MASK_BYTES,
  maskBits,
} from "../../../../blas/simd/convolution/three_by_three_kernel.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../kernel_memory.ts";

const PLANES = 2, TOP = 1, LEFT = 1, RIGHT = 1;
const ZEROS = 400, MASKS = 600, WEIGHT = 800, SOURCE = 1000, TARGET = 3000;

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;
  const { run, put, take, lanes: { bytes }, memory } = kernelMemory(dtype, fused, (m, lanes) => {
    buildThreeByThree(m, lanes);
    buildThreeByThreeProducts(m, lanes);
  });
  const seen = (image: readonly number[], height: number, width: number, plane: number, y: number, x: number): number =>
    y < 0 || y >= height || x < 0 || x >= width ? 0 : image[(plane * height + y) * width + x]!;
  const least = leastWindows(bytes);
  const sizes = [[least.rows, least.columns], [5, least.columns + 3], [6, 2 * least.columns]] as const;
  const call = (name: string, rows: number, columns: number, weightPlane: number) => {
    const bits = maskBits(bytes, { left: LEFT, right: RIGHT, columns });
    new Int32Array(memory.buffer, MASKS * bytes, MASK_BYTES / 4).set(bits);
    put(ZEROS, new Array(columns + 8).fill(0));
    const plane = rows * columns * bytes;
    const [zeros, masks, weight, target] = [ZEROS, MASKS, WEIGHT, TARGET].map((at) => at * bytes) as [
      number,
      number,
      number,
      number,
    ];
    const source = (SOURCE - LEFT) * bytes;
    // Windows as many as elements: one of padding on each side.
    run(
      name,
      PLANES,
      rows,
      columns,
      TOP,
      rows,
      columns,
      zeros,
      masks,
      weight,
      weightPlane * bytes,
      source,
      plane,
      target,
      plane,
    );
  };

  Deno.test(`windows of 3 x 3 elements see zeros outside the image ${where}`, () => {
    for (const [rows, columns] of sizes) {
      const image = wholes(PLANES * rows * columns, 3), weight = wholes(9 * PLANES, 5);
      // Numbers beside the image that must not be seen.
      put(SOURCE - 4, [9e5, 9e5, 9e5, 9e5, ...image, 9e5, 9e5, 9e5, 9e5]);
      put(WEIGHT, weight);
      call("threeByThree", rows, columns, 9);
      const wanted = image.map((_, at) => {
        const p = Math.floor(at / (rows * columns)), i = Math.floor(at / columns) % rows, j = at % columns;
        return Array.from(
          { length: 9 },
          (_, k) => weight[9 * p + k]! * seen(image, rows, columns, p, i + Math.floor(k / 3) - TOP, j + k % 3 - LEFT),
        ).reduce((a, b) => a + b);
      });
      assertEquals(take(TARGET, image.length), wanted, `${[rows, columns]}`);
    }
  });

  Deno.test(`products of windows and what they see are added in float64, each once ${where}`, () => {
    for (const [rows, columns] of sizes) {
      const image = wholes(PLANES * rows * columns, 3), given = wholes(PLANES * rows * columns, 7);
      put(SOURCE - 4, [9e5, 9e5, 9e5, 9e5, ...image, 9e5, 9e5, 9e5, 9e5]);
      put(TARGET, given);
      // Two float64 lanes for each of 9 elements and planes.
      const sums = new Float64Array(memory.buffer, WEIGHT * bytes, 2 * 9 * PLANES);
      sums.fill(0.5);
      call("threeByThreeProducts", rows, columns, 9 * 16 / bytes);
      const wanted = Array.from({ length: 9 * PLANES }, (_, k) => {
        const p = Math.floor(k / 9), u = Math.floor(k / 3) % 3, v = k % 3;
        return given.slice(p * rows * columns, (p + 1) * rows * columns).reduce(
          (sum, value, at) =>
            sum + value * seen(image, rows, columns, p, Math.floor(at / columns) + u - TOP, at % columns + v - LEFT),
          1,
        );
      });
      assertEquals(wanted.map((_, k) => sums[2 * k]! + sums[2 * k + 1]!), wanted, `${[rows, columns]}`);
    }
  });
}
