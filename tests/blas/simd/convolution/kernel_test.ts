import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createContext } from "../../../../blas/simd/context.ts";
import { CONVOLUTION_KERNELS } from "../../../../blas/simd/convolution/kernel.ts";

const context = createContext();

Deno.test("clear() sets bytes to 0, and no others", () => {
  const { clear } = context.kernels(CONVOLUTION_KERNELS, "float32"), mark = context.scratch.mark();
  const address = context.scratch.reserve(256), heap = context.scratch.data("float32"), first = address / 4;
  heap.fill(3, first, first + 64);
  clear!(address + 64, 128);
  const cleared = Array.from({ length: 64 }, (_, k) => k >= 16 && k < 48 ? 0 : 3);
  assertEquals([...heap.subarray(first, first + 64)], cleared);
  context.scratch.release(mark);
});

for (const [dtype, bytes] of [["float32", 4], ["float64", 8]] as const) {
  Deno.test(`move() copies runs of elements of ${dtype}, whatever the steps, and nothing else`, () => {
    const { move } = context.kernels(CONVOLUTION_KERNELS, dtype), small = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(
        small,
        small,
        fc.integer({ min: 1, max: 13 }),
        small,
        small,
        fc.nat(3),
        (planes, rows, count, s, t, gap) => {
          const mark = context.scratch.mark();
          const row = (step: number): number => count * step + gap,
            plane = (step: number): number => rows * row(step) + gap;
          const source = context.scratch.reserve((planes * plane(s) + 16) * bytes);
          const target = context.scratch.reserve((planes * plane(t) + 16) * bytes), heap = context.scratch.data(dtype);
          const from = source / bytes, to = target / bytes, length = planes * plane(t) + 16;
          for (let k = 0; k < planes * plane(s) + 16; k++) heap[from + k] = k + 1;
          heap.fill(-1, to, to + length);
          const steps = (step: number) => [plane(step) * bytes, row(step) * bytes, step * bytes] as const;
          move!(planes, rows, count, source, ...steps(s), target, ...steps(t));
          const expected = new Array<number>(length).fill(-1);
          for (let p = 0; p < planes; p++) {
            for (let i = 0; i < rows; i++) {
              for (let j = 0; j < count; j++) {
                expected[p * plane(t) + i * row(t) + j * t] = 1 + p * plane(s) + i * row(s) + j * s;
              }
            }
          }
          assertEquals([...heap.subarray(to, to + length)], expected);
          context.scratch.release(mark);
        },
      ),
    );
  });

  Deno.test(`packRuns() and packColumns() make panels of ${dtype} from runs anywhere`, () => {
    const { packRuns, packColumns } = context.kernels(CONVOLUTION_KERNELS, dtype), width = 32 / bytes;
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.nat(6), (a, b, seed) => {
      const mark = context.scratch.mark(), runs = Math.ceil(Math.max(a, b) / width) * width;
      const source = context.scratch.reserve(200 * bytes), table = context.scratch.reserve(4 * runs);
      const target = context.scratch.reserve(runs * runs * bytes),
        heap = context.scratch.data(dtype),
        from = source / bytes;
      for (let k = 0; k < 200; k++) heap[from + k] = k;
      const starts = Array.from({ length: runs }, (_, k) => (k * 37 + seed * 11) % 160);
      new Int32Array(context.scratch.memory.buffer, table, runs).set(starts.map((start) => start * bytes));
      const panels = (): number[] => [...heap.subarray(target / bytes, target / bytes + runs * runs)];
      packRuns!(a, b, table, source, target);
      const rowwise = panels();
      for (let j = 0; j < a; j++) {
        for (let k = 0; k < b; k++) {
          assertEquals(rowwise[(Math.floor(j / width) * b + k) * width + j % width], starts[k]! + j);
        }
      }
      packColumns!(a, b, table, source, target);
      const columnwise = panels();
      for (let j = 0; j < a; j++) {
        for (let k = 0; k < b; k++) {
          assertEquals(columnwise[(Math.floor(j / width) * b + k) * width + j % width], starts[j]! + k);
        }
      }
      context.scratch.release(mark);
    }));
  });
}
