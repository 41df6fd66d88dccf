/**
 * The last columns of a convolution's product, computed in lines of windows.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { linesEmitter, linesTime } from "../../../../../blas/simd/program/products/conv_lines.ts";
import { channelDepth } from "../../../../../blas/simd/program/products/conv_passes.ts";
import { tilesEmitter } from "../../../../../blas/simd/program/products/conv_tiles.ts";
import { laneInstructionsOf } from "../../../../../blas/simd/lane_instructions.ts";
import { kernelMemory, wholes } from "../../kernel_memory.ts";

for (const dtype of ["float32", "float64"] as const) {
  const bytes = dtype === "float32" ? 4 : 8, width = 32 / bytes, taps = 3, channels = 2;

  /** Images of 2 rows, filters in a packed panel: the result of `emitter`, which must equal plain sums. */
  const check = (windows: number, columns: number, padded: boolean, emitter: typeof linesEmitter) => {
    const row = windows + taps - 1, elements = Array.from({ length: taps }, (_, tap) => tap * bytes);
    const spec = {
      rows: { units: 2, unit: row * bytes, offsets: Array.from({ length: windows }, (_, j) => j * bytes) },
      depth: channelDepth(channels, 2 * row * bytes, elements),
      columns,
      panel: channels * taps * 32,
      column: 2 * windows * bytes,
      accumulate: false,
      padded,
    } as const;
    const panels = Math.ceil(columns / width), image = wholes(2 * channels * row, 3);
    const packed = wholes(panels * channels * taps * width, 5);
    const wanted = Array.from({ length: 2 * windows * columns }, (_, at) => {
      const column = Math.floor(at / (2 * windows)), i = Math.floor(at / windows) % 2, j = at % windows;
      const start = Math.floor(column / width) * channels * taps * width + column % width;
      let sum = 0;
      for (let t = 0; t < channels * taps; t++) {
        sum += image[(2 * Math.floor(t / taps) + i) * row + j + t % taps]! * packed[start + t * width]!;
      }
      return sum;
    });
    const { run, put, take } = kernelMemory(dtype, false, (m, lanes) => {
      const emit = emitter(m, lanes, spec);
      m.function(
        { name: "run", parameters: { a: "i32", b: "i32", c: "i32" } },
        (f, { a, b, c }) => emit(f, a, b, c),
      );
    });
    run("run", put(100, image), put(2000, packed), put(4000, new Array(wanted.length + 1).fill(-1)));
    assertEquals(take(4000, wanted.length + 1), [...wanted, -1], `${windows} windows, ${columns} columns`);
  };

  Deno.test(`columns in lines of windows agree with plain sums, and nothing behind them is written, in ${dtype}`, () => {
    for (let columns = 1; columns < width; columns++) {
      for (const windows of [1, 3, 4, 5, 9, 41]) {
        for (const padded of [false, true]) check(windows, columns, padded, linesEmitter);
      }
    }
  });

  Deno.test(`full panels and the last columns in lines make one product, in ${dtype}`, () => {
    for (const columns of [width, width + 1, 2 * width + 2]) {
      for (const windows of [9, 40]) check(windows, columns, true, tilesEmitter);
    }
  });

  Deno.test(`lines are for windows that are side by side, and for few columns, in ${dtype}`, () => {
    const lanes = laneInstructionsOf(dtype, false),
      offsets = (step: number) => Array.from({ length: 40 }, (_, j) => j * step * bytes);
    const time = (step: number, columns: number) =>
      linesTime(lanes, { rows: { units: 5, unit: 100 * bytes, offsets: offsets(step) } }, columns);
    assertEquals(time(2, 1), Infinity);
    assert(time(1, 1) < 5 * 40 * 2 / 3);
    assert(time(1, width - 1) > time(1, 1));
  });
}
