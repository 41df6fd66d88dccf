import { assertEquals } from "@std/assert";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import { mergeRows } from "../../../../blas/machine/convolutions/merge.ts";
import { clearPlanes, fillPlanes, type Images, planesOf } from "../../../../blas/machine/convolutions/planes.ts";
import { residuesOf } from "../../../../blas/simd/program/products/conv_residues.ts";
import { machine, region, runOn, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

Deno.test("planes have every element where windows look for it, and zeros around the image", { ignore }, () => {
  for (const bits of WIDTHS) {
    for (const dtype of ["float32", "float64"] as const) {
      for (const stride of [[1, 1], [2, 2], [1, 2], [2, 1], [3, 4]] as const) {
        for (const width of [1, 5, 16, 37]) {
          const bytes = dtype === "float32" ? 4 : 8,
            [channels, height] = [3, 5],
            margins = { top: 1, left: 2, bottom: 3, right: 1 };
          const images: Images = {
            dtype,
            channels,
            height,
            width,
            channel: height * width * bytes,
            row: width * bytes,
            margins,
            stride,
          };
          const planes = planesOf(images), size = channels * height * width, start = Math.ceil(size * bytes / 64) * 64;
          const memory = new ArrayBuffer(start + planes.bytes),
            data = dtype === "float32" ? new Float32Array(memory) : new Float64Array(memory);
          data.forEach((_, k) => data[k] = k < size ? k + 1 : -1);
          runOn(memory, bits, (code) => {
            const from = code.pointer(region(0, size * bytes, false)), to = code.pointer(region(start, planes.bytes));
            const lanes = new Lanes(code, dtype);
            clearPlanes(code, lanes, planes, to);
            fillPlanes(code, lanes, images, planes, from, to);
            code.free(from, to);
          });
          for (let c = 0; c < channels; c++) {
            for (let y = 0; y < height + 4; y++) {
              for (let x = 0; x < width + 3; x++) {
                const place = (start + c * planes.channel + planes.offset(y, x)) / bytes,
                  [row, column] = [y - 1, x - 2];
                const isInside = row >= 0 && row < height && column >= 0 && column < width;
                assertEquals(data[place], isInside ? (c * height + row) * width + column + 1 : 0);
              }
            }
          }
        }
      }
    }
  }
});

Deno.test("positions of different remainders are put back in order", { ignore }, () => {
  for (const dtype of ["float32", "float64"] as const) {
    const cases = [[4, 8, 2, 2], [5, 7, 2, 2], [2, 35, 2, 2], [3, 2, 2, 2], [7, 40, 3, 4], [4, 9, 1, 3], [5, 9, 2, 1], [
      2,
      2,
      3,
      4,
    ]] as const;
    for (const [height, width, ...stride] of cases) {
      const bytes = dtype === "float32" ? 4 : 8, channels = 2;
      const down = residuesOf(height, 2, stride[0], 1, 1), across = residuesOf(width, 2, stride[1], 1, 0);
      const phases = down.flatMap((row) => across.map((column) => ({ down: row, across: column, taps: 1 })));
      const part = Math.max(...phases.map((phase) => phase.down.count * phase.across.count)),
        from = channels * phases.length * part;
      const length = from + channels * height * width,
        data = dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
      const value = (c: number, y: number, x: number) => (c * height + y) * width + x + 1;
      for (let c = 0; c < channels; c++) {
        phases.forEach(({ down, across }, k) => {
          for (let i = 0; i < down.count; i++) {
            for (let j = 0; j < across.count; j++) {
              data[(c * phases.length + k) * part + i * across.count + j] = value(
                c,
                down.first + stride[0] * i,
                across.first + stride[1] * j,
              );
            }
          }
        });
      }
      runOn(data.buffer, 256, (code) => {
        const [source, to] = [region(0, from * bytes, false), region(from * bytes, (length - from) * bytes)].map((
          one,
        ) => code.pointer(one));
        mergeRows(
          code,
          new Lanes(code, dtype),
          { channels, height, width, stride, phases, part: part * bytes },
          source!,
          to!,
        );
        code.free(source!, to!);
      });
      assertEquals([...data.slice(from)], Array.from({ length: length - from }, (_, k) => k + 1));
    }
  }
});
