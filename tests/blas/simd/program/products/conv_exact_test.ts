/**
 * The derivative of a convolution with respect to images, one sum after another (conv_input_exact), and the tiles of
 * convolutions in one pass and in several (conv_tiles, conv_passes).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { buildExactInput, emitIsUnbounded } from "../../../../../blas/simd/program/products/conv_input_exact.ts";
import { channelDepth, passEmitter, sumBytes } from "../../../../../blas/simd/program/products/conv_passes.ts";
import { tilesEmitter } from "../../../../../blas/simd/program/products/conv_tiles.ts";
import { call } from "../../../../../blas/wasm/mod.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../../kernel_memory.ts";

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const bytes = dtype === "float32" ? 4 : 8, where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;

  Deno.test(`images get sums over the windows that see them, with any stride, dilation and padding ${where}`, () => {
    const sizes = {
      batch: 1,
      channels: 2,
      filters: 3,
      groups: 1,
      height: 5,
      width: 6,
      kernelHeight: 2,
      kernelWidth: 3,
    };
    const { channels, filters, height, width } = sizes;
    for (
      const [stride, dilation, padding] of [[[1, 1], [1, 1], [0, 0, 0, 0]], [[2, 3], [2, 1], [1, 0, 2, 1]]] as const
    ) {
      const [outputHeight, outputWidth] = [
        Math.floor((height + padding[0] + padding[2] - dilation[0] - 1) / stride[0]) + 1,
        Math.floor((width + padding[1] + padding[3] - 2 * dilation[1] - 1) / stride[1]) + 1,
      ];
      const windows = outputHeight * outputWidth, geometry = { stride, dilation, padding, groups: 1 };
      const { run, put, take } = kernelMemory(dtype, fused, (m, lanes) => {
        const inner = buildExactInput(m, lanes, {
          sizes: { ...sizes, outputHeight, outputWidth },
          geometry,
          given: {
            channels: filters,
            height: outputHeight,
            width: outputWidth,
            channel: windows * bytes,
            row: outputWidth * bytes,
            column: bytes,
          },
          kernels: { filter: 12 * bytes, channel: 6 * bytes, row: 3 * bytes, column: bytes },
        });
        m.function(
          { name: "run", parameters: { a: "i32", b: "i32", c: "i32" } },
          (f, { a, b, c }) => f.do(call(inner, a, b, c)),
        );
      });
      const given = wholes(filters * windows, 3), weight = wholes(filters * 12, 5), size = channels * height * width;
      run("run", put(1000, given), put(2000, weight), put(3000, new Array(size + 1).fill(-1)));
      // The other way round: every window adds to what it sees.
      const wanted = new Array<number>(size).fill(0);
      for (let k = 0; k < filters; k++) {
        for (let y = 0; y < outputHeight; y++) {
          for (let x = 0; x < outputWidth; x++) {
            for (let at = 0; at < 12; at++) {
              const c = Math.floor(at / 6), i = y * stride[0] + Math.floor(at / 3) % 2 * dilation[0] - padding[0];
              const j = x * stride[1] + at % 3 * dilation[1] - padding[1];
              if (i < 0 || i >= height || j < 0 || j >= width) continue;
              wanted[(c * height + i) * width + j]! += given[k * windows + y * outputWidth + x]! * weight[k * 12 + at]!;
            }
          }
        }
      }
      assertEquals(take(3000, size + 1), [...wanted, -1]);
    }
  });

  Deno.test(`infinity and NaN are found wherever they are, and large numbers are none ${where}`, () => {
    const { run, put } = kernelMemory(
      dtype,
      fused,
      (m) =>
        m.function(
          { name: "search", parameters: {}, result: "i32" },
          (f) => f.return(emitIsUnbounded(f, bytes, 1024, 64)),
        ),
    );
    const first = 1024 / bytes, count = 64 / bytes, large = dtype === "float32" ? 3e38 : 1e308;
    for (const odd of [Infinity, -Infinity, NaN]) {
      for (let at = -1; at <= count; at++) {
        put(first - 1, new Array(count + 2).fill(large));
        put(first + at, [odd]);
        assertEquals(run("search") !== 0, at >= 0 && at < count, `${odd} at ${at}`);
      }
    }
  });

  Deno.test(`tiles of windows over channels agree with plain sums, in one pass and in many ${where}`, () => {
    // One-dimensional: windows of 3 elements in rows of 9, filters in packed panels; many channels take many passes.
    const windows = 7, columns = 5, width = 32 / bytes, elements = [0, 1, 2];
    for (const count of [1, 4, 200, 2000]) {
      const spec = {
        rows: { units: windows, unit: bytes, offsets: [0] },
        columns,
        panel: count * elements.length * 32,
        column: windows * bytes,
        padded: false,
      };
      const depth = (channels: number) => channelDepth(channels, 9 * bytes, elements.map((at) => at * bytes));
      const axis = { length: count, terms: 3, a: 9 * bytes, b: 3 * 32, depth };
      const image = wholes(9 * count, 3), packed = wholes(Math.ceil(columns / width) * count * 3 * width, 5);
      const wanted = Array.from({ length: columns * windows }, (_, at) => {
        const column = Math.floor(at / windows),
          i = at % windows,
          panel = Math.floor(column / width) * count * 3 * width;
        let sum = 0;
        for (let t = 0; t < 3 * count; t++) {
          sum += image[Math.floor(t / 3) * 9 + i + t % 3]! * packed[panel + t * width + column % width]!;
        }
        return sum;
      });
      for (const inPasses of [false, true]) {
        const { run, put, take } = kernelMemory(dtype, fused, (m, lanes) => {
          const emit = inPasses
            ? passEmitter(m, lanes, spec, axis)
            : tilesEmitter(m, lanes, { ...spec, depth: depth(count), accumulate: false });
          m.function(
            { name: "run", parameters: { a: "i32", b: "i32", c: "i32", d: "i32" } },
            (f, { a, b, c, d }) => emit(f, a, b, c, d),
          );
        }, 20);
        assertEquals(
          sumBytes(axis, windows * columns, bytes),
          dtype === "float32" && count >= 200 ? 8 * windows * columns : 0,
        );
        run(
          "run",
          put(100, image),
          put(40_000, packed),
          put(20_000, new Array(wanted.length + 1).fill(-1)),
          30_000 * bytes,
        );
        assertEquals(take(20_000, wanted.length + 1), [...wanted, -1], `${count} channels`);
      }
    }
  });
}
