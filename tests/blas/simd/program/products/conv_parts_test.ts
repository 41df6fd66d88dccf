/**
 * Parts of convolutions: planes with margins (conv_images), positions sorted by remainder (conv_residues) and put together
 * again (conv_merge), and loops over a batch (gemm_batches).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  emitClear,
  emitPad,
  sizeOfPlanes,
  withMargins,
} from "../../../../../blas/simd/program/products/conv_images.ts";
import { emitMerge } from "../../../../../blas/simd/program/products/conv_merge.ts";
import { channelDepth } from "../../../../../blas/simd/program/products/conv_passes.ts";
import { latest, outside, residuesOf } from "../../../../../blas/simd/program/products/conv_residues.ts";
import { emitBatches } from "../../../../../blas/simd/program/products/gemm_batches.ts";
import { kernelMemory, wholes } from "../../kernel_memory.ts";

const DTYPES = ["float32", "float64"] as const;

for (const dtype of DTYPES) {
  Deno.test(`planes are copied between margins, and cut where margins are negative, in ${dtype}`, () => {
    const bytes = dtype === "float32" ? 4 : 8, channels = 2;
    for (const [height, width, column] of [[3, 5, 1], [2, 75, 1], [4, 3, 2]] as const) {
      for (const [top, left, bottom, right] of [[1, 2, 0, 3], [0, 0, 0, 0], [-1, 1, 1, -2]] as const) {
        const row = width * column + 1, channel = height * row + 3, margins = { top, left, bottom, right };
        const from = { channels, height, width, channel: channel * bytes, row: row * bytes, column: column * bytes };
        const to = withMargins(from, margins, bytes), size = sizeOfPlanes(to) / bytes;
        const { run, put, take } = kernelMemory(
          dtype,
          false,
          (m, lanes) =>
            m.function({ name: "pad", parameters: { source: "i32", target: "i32" } }, (f, { source, target }) => {
              emitClear(f, to, target);
              emitPad(f, lanes, from, margins, to, source, target);
            }),
        );
        const image = wholes(channels * channel, 3);
        run("pad", put(1000, image), put(4000, new Array(size + 1).fill(-1)));
        const wanted = Array.from({ length: size }, (_, at) => {
          const j = at % to.width - left, i = Math.floor(at / to.width) % to.height - top;
          const plane = Math.floor(at / (to.width * to.height));
          return i < 0 || i >= height || j < 0 || j >= width ? 0 : image[plane * channel + i * row + j * column]!;
        });
        assertEquals(take(4000, size + 1), [...wanted, -1]);
      }
    }
  });

  Deno.test(`phases of positions are put together to images, in ${dtype}`, () => {
    const bytes = dtype === "float32" ? 4 : 8, channels = 2;
    for (const [height, width, down, across] of [[4, 6, 2, 2], [3, 37, 1, 2], [5, 7, 2, 3], [2, 70, 2, 2]] as const) {
      const rows = residuesOf(height, 3, down, 1, 0), columns = residuesOf(width, 3, across, 1, 0);
      const phases = rows.flatMap((down) => columns.map((across) => ({ down, across, taps: 1 })));
      const sizes = phases.map((phase) => channels * phase.down.count * phase.across.count);
      const starts = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0) * bytes);
      const { run, put, take } = kernelMemory(
        dtype,
        false,
        (m, lanes) =>
          m.function(
            { name: "merge", parameters: { apart: "i32", target: "i32" } },
            (f, { apart, target }) =>
              emitMerge(f, lanes, { channels, height, width, stride: [down, across], phases, starts }, apart, target),
          ),
      );
      const image = wholes(channels * height * width, 3).map((x, k) => 1000 * x + k);
      const apart = phases.flatMap((phase) =>
        Array.from({ length: channels * phase.down.count * phase.across.count }, (_, at) => {
          const j = at % phase.across.count, i = Math.floor(at / phase.across.count) % phase.down.count;
          const plane = Math.floor(at / (phase.across.count * phase.down.count));
          return image[(plane * height + phase.down.first + i * down) * width + phase.across.first + j * across]!;
        })
      );
      run("merge", put(1000, apart), put(4000, new Array(image.length + 1).fill(-1)));
      assertEquals(take(4000, image.length + 1), [...image, -1]);
    }
  });
}

Deno.test("positions of one remainder list the windows that see them, through which elements", () => {
  for (
    const [length, kernel, stride, dilation, padding] of [[9, 3, 2, 1, 1], [8, 4, 3, 2, 2], [5, 2, 1, 3, 0], [
      4,
      1,
      4,
      1,
      0,
    ]] as const
  ) {
    const seen = new Map<number, string[]>();
    for (const { first, count, taps, window } of residuesOf(length, kernel, stride, dilation, padding)) {
      for (let i = 0; i < count; i++) {
        seen.set(first + i * stride, taps.map(({ index, before }) => `${window + i - before} at ${index}`).sort());
      }
    }
    for (let position = 0; position < length; position++) {
      // Window w sees position w * stride + index * dilation - padding.
      const wanted = Array.from(
        { length: kernel },
        (_, index) => [(position + padding - index * dilation) / stride, index] as const,
      )
        .filter(([window]) => Number.isInteger(window)).map(([window, index]) => `${window} at ${index}`).sort();
      assertEquals(
        seen.get(position),
        wanted,
        `position ${position} of ${[length, kernel, stride, dilation, padding]}`,
      );
    }
  }
});

Deno.test("outside() counts windows that would be needed before the first and after the last", () => {
  // 9 positions, kernel 3, no padding: 7 windows, and those that begin at -2, -1, 7 and 8.
  assertEquals(outside(residuesOf(9, 3, 1, 1, 0), 7), [2, 2]);
  assertEquals(outside(residuesOf(9, 3, 1, 1, 2), 11), [0, 0]);
  assertEquals(latest(residuesOf(9, 3, 1, 1, 0)[0]!), 2);
});

Deno.test("the depth of channels visits each channel's elements once, in order", () => {
  for (
    const [count, elements] of [[1, [0]], [5, [0, 4, 40]], [20, [8]], [3, [0, 4, 8, 12, 16, 20, 24, 28, 32]]] as const
  ) {
    const { loops: [whole, inner], steps, tail } = channelDepth(count, 1000, elements),
      visited: (readonly [number, number])[] = [];
    for (let turn = 0; turn < inner!.count; turn++) {
      visited.push(...steps.map(({ a, b }) => [a + turn * inner!.a, b + turn * inner!.b] as const));
    }
    visited.push(...tail.map(({ a, b }) => [a + inner!.count * inner!.a, b + inner!.count * inner!.b] as const));
    const wanted = Array.from({ length: count }, (_, channel) => elements.map((at) => channel * 1000 + at)).flat();
    assertEquals(visited, wanted.map((a, k) => [a, 32 * k]));
    assertEquals([whole!.count, whole!.a, whole!.b], [1, count * 1000, count * elements.length * 32]);
  }
});

Deno.test("the depth of channels loops over equal parts of large kernels, in the same order", () => {
  const kernel = (rows: number, columns: number, row: number, column: number) =>
    Array.from({ length: rows * columns }, (_, at) => Math.floor(at / columns) * row + at % columns * column);
  const all = [[7, 7], [5, 5], [1, 25], [2, 16], [1, 17], [3, 8]] as const;
  for (
    const [count, elements, line] of [1, 3].flatMap((count) =>
      all.map(([rows, columns], k) => [count, kernel(rows, columns, 40, 4), [7, 5, 5, 16, 17, 8][k]!] as const)
    )
  ) {
    const { loops: [whole, inner], steps, tail } = channelDepth(count, 1000, elements);
    const visited = Array.from(
      { length: whole!.count },
      (_, i) =>
        Array.from(
          { length: inner!.count },
          (_, j) => steps.map(({ a, b }) => [i * whole!.a + j * inner!.a + a, i * whole!.b + j * inner!.b + b]),
        ),
    ).flat(2);
    if (elements.length > 17) assertEquals([steps.length, tail], [line, []]);
    const wanted = Array.from({ length: count }, (_, channel) => elements.map((at) => channel * 1000 + at)).flat();
    if (elements.length > 17) assertEquals(visited, wanted.map((a, k) => [a, 32 * k]));
    else assertEquals(steps.length % line, 0); // no equal parts: all elements in one iteration
  }
});

Deno.test("a batch visits each pair of matrices once, and leaves its pointers where they were", () => {
  const axes = [{ length: 2, a: 10, b: 0, c: 3 }, { length: 3, a: 1, b: 5, c: 1 }];
  const { run, take, put } = kernelMemory(
    "float64",
    false,
    (m, { scalar }) =>
      m.function({ name: "run", parameters: { a: "i32", b: "i32", c: "i32" } }, (f, { a, b, c }) => {
        emitBatches(
          f,
          axes,
          [a, b, c],
          8,
          (x, y, z) => f.do(scalar.store(z, scalar.mul(scalar.load(x), scalar.load(y)))),
        );
        f.do(scalar.store(c, scalar.add(scalar.load(a), scalar.load(b)), 800));
      }),
  );
  const a = wholes(20, 3), b = wholes(20, 5);
  run("run", put(100, a), put(200, b), put(300, []));
  const wanted = [0, 1].flatMap((i) => [0, 1, 2].map((j) => a[10 * i + j]! * b[5 * j]!));
  assertEquals([take(300, 6), take(400, 1)], [wanted, [a[0]! + b[0]!]]);
});
