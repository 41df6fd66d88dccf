import { assertEquals } from "@std/assert";
import {
  copyRectangle,
  copyRun,
  gather,
  gatherSmall,
  scatter,
  scatterSmall,
} from "../../../../blas/simd/elementwise/transfer.ts";
import { rowMajorStrides, sizeOf } from "../../../../blas/shape.ts";
import { indicesOf, positionOf } from "../../layouts.ts";
import { unsafeView } from "../../../../blas/view.ts";

const FROM = Float64Array.from({ length: 30_000 }, (_, i) => i + 1);

Deno.test("runs are copied to their places, short, long and as a whole", () => {
  for (const count of [0, 1, 40, 41, 300]) {
    const to = new Float64Array(count + 3).fill(-1);
    copyRun(FROM, 7, to, 2, count);
    assertEquals([...to], [-1, -1, ...FROM.slice(7, 7 + count), -1]);
  }
  const all = Float64Array.from([1, 2, 3]), to = new Float64Array(4);
  copyRun(all, 0, to, 1, 3);
  assertEquals([...to], [0, 1, 2, 3]);
});

Deno.test("rectangles are copied with any steps on either side, and nothing beside them", () => {
  const sizes = [[1, 1], [3, 5], [2, 50], [70, 130]] as const;
  for (const [rows, columns] of sizes) {
    const steps = [[columns, 1], [columns + 3, 1], [1, rows], [2, 2 * rows + 1], [0, 1], [1, 0], [
      -columns,
      -1,
    ]] as const;
    for (const [rowStep, columnStep] of steps) {
      for (const [downwards, along] of [[columns + 1, 1], [1, rows + 1]] as const) {
        const to = new Float64Array(2 + downwards * rows + along * columns).fill(-1);
        copyRectangle(
          FROM,
          { start: 20_000, rowStep, columnStep },
          to,
          { start: 1, rowStep: downwards, columnStep: along },
          rows,
          columns,
        );
        const wanted = new Float64Array(to.length).fill(-1);
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < columns; c++) {
            wanted[1 + r * downwards + c * along] = FROM[20_000 + r * rowStep + c * columnStep]!;
          }
        }
        assertEquals(to, wanted, `${[rows, columns, rowStep, columnStep, downwards, along]}`);
      }
    }
  }
});

/** Shapes with strides: row-major, transposed, backwards, repeated. */
const ARRAYS = [
  [[5], [1]],
  [[4, 3], [3, 1]],
  [[4, 3], [1, 4]],
  [[2, 3, 4], [-40, 7, -2]],
  [[3, 2, 50], [0, 50, 1]],
] as const;

Deno.test("gather() and scatter() take any part of a sequence in row-major order", () => {
  for (const [shape, stride] of ARRAYS) {
    const v = unsafeView(FROM, shape, stride, 500), size = sizeOf(shape);
    const all = indicesOf(shape).map((index) => positionOf(v, index));
    for (const [start, count] of [[0, size], [1, size - 1], [size - 2, 2], [2, 1]] as const) {
      const sequence = { shape, stride, offset: 500, start, count }, part = all.slice(start, start + count);
      const to = new Float64Array(count + 2);
      gather(FROM, sequence, to, 1);
      assertEquals([...to], [0, ...part.map((at) => FROM[at]!), 0]);
      const back = new Float64Array(1000);
      scatter(to, 1, back, sequence);
      const wanted = new Float64Array(1000);
      part.forEach((at) => wanted[at] = FROM[at]!);
      assertEquals(back, wanted);
    }
  }
});

Deno.test("gatherSmall() and scatterSmall() take all of it, and say where they ended", () => {
  for (const [shape, stride] of ARRAYS) {
    const size = sizeOf(shape), to = new Float64Array(size + 1), one = new Float64Array(size + 1);
    assertEquals(gatherSmall(FROM, shape, stride, 0, 500, to, 1), size + 1);
    gather(FROM, { shape, stride, offset: 500, start: 0, count: size }, one, 1);
    assertEquals(to, one);
    const back = new Float64Array(size + 3);
    assertEquals(scatterSmall(to, 1, back, shape, rowMajorStrides(shape), 0, 2), size + 1);
    assertEquals([...back], [0, 0, ...to.slice(1), 0].slice(0, size + 3));
  }
});
