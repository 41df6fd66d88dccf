import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { buildMove, MOVE_AXES } from "../../../blas/simd/move_kernel.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { KERNEL_VARIANTS, kernelMemory } from "./kernel_memory.ts";

const length = fc.constantFrom(1, 2, 3, 5, 9), step = fc.constantFrom(0, 1, 2, -1, 3, -2);

for (const [dtype] of KERNEL_VARIANTS.filter(([, fused]) => !fused)) {
  Deno.test(`elements of four axes move to where their steps say, in ${dtype}`, () => {
    const { run, put, take, lanes: { bytes } } = kernelMemory(dtype, false, buildMove);
    const source = put(0, Array.from({ length: 1000 }, (_, i) => i + 1));
    fc.assert(fc.property(
      fc.tuple(length, length, length, length),
      fc.tuple(step, step, step, step),
      fc.boolean(),
      (lengths, steps, reversed) => {
        // Row-major in the target, or the other way round.
        const order = reversed ? [3, 2, 1, 0] : [0, 1, 2, 3], into = [0, 0, 0, 0];
        order.toReversed().reduce((size, axis) => {
          into[axis] = size;
          return size * lengths[axis]!;
        }, 1);
        const size = sizeOf(lengths), wanted = new Array<number>(size + 1).fill(-7);
        if (size > 1000) return;
        const visit = (axis: number, p: number, q: number): void => {
          if (axis === MOVE_AXES) return void (wanted[q] = p + 1);
          for (let i = 0; i < lengths[axis]!; i++) visit(axis + 1, p + i * steps[axis]!, q + i * into[axis]!);
        };
        visit(0, 500, 0);
        const target = put(1100, new Array(size + 1).fill(-7));
        const numbers = lengths.flatMap((n, axis) => [n, steps[axis]! * bytes, into[axis]! * bytes]);
        run("move", source + 500 * bytes, target, ...numbers);
        assertEquals(take(1100, size + 1), wanted);
      },
    ));
  });

  Deno.test(`matrices are turned by groups of rows, in ${dtype}`, () => {
    const { run, put, take, lanes: { bytes } } = kernelMemory(dtype, false, buildMove);
    const rows = 35, columns = 37, source = put(0, Array.from({ length: rows * columns }, (_, i) => i + 1));
    const target = put(2000, new Array(rows * columns).fill(-7));
    run("move", source, target, 1, 0, 0, 1, 0, 0, rows, bytes, columns * bytes, columns, rows * bytes, bytes);
    const wanted = Array.from({ length: rows * columns }, (_, k) => (k % columns) * rows + Math.floor(k / columns) + 1);
    assertEquals(take(2000, rows * columns), wanted);
  });
}
