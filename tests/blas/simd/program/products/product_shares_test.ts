/**
 * Products and convolutions in shares, against the same run as wholes: equal to the last bit, in any split and order.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { windowCount } from "../../../../../blas/convolution.ts";
import type { DataOf, DType } from "../../../../../blas/dtype.ts";
import { EPILOGUE_INPUT, type Operand } from "../../../../../blas/program/program.ts";
import { add, argument, mul } from "../../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../../blas/shape.ts";
import { prepare, type PrepareOptions, type ProductOperation, turned, whole } from "./run_product.ts";

type Split = NonNullable<PrepareOptions["split"]>;

/** Ways to split units: all at once, one by one from the last, in three, and unevenly. */
const SPLITS: readonly Split[] = [
  (units) => [[0, units]],
  (units) => Array.from({ length: units }, (_, k) => [units - 1 - k, units - k] as const),
  (units) => [2, 0, 1].map((k) => [Math.floor(k * units / 3), Math.floor((k + 1) * units / 3)] as const),
  (units) => units < 3 ? [[0, units]] : [[units - 1, units], [0, 1], [1, units - 1]],
];

const numbers = (dtype: DType, length: number, seed: number): DataOf<DType> => {
  let state = seed;
  const next = () => (state = state * 16807 % 2147483647, state / 2147483647 - 0.5);
  return dtype === "float32" ? Float32Array.from({ length }, next) : Float64Array.from({ length }, next);
};

const bytesOf = ({ buffer, byteOffset, byteLength }: DataOf<DType>) =>
  new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));

/** Compares all splits with the whole, and gives the units of each phase; nothing where an engine computes the operation. */
function unitsOf(
  dtype: DType,
  operation: ProductOperation,
  lengths: readonly number[],
  shapes: readonly (readonly number[])[],
  what: string,
): readonly number[] {
  const data = lengths.map((length, k) => numbers(dtype, length, k + 1));
  const wholly = prepare(operation, dtype, data, shapes);
  if (wholly === undefined) return [];
  wholly.run();
  for (const [which, split] of SPLITS.entries()) {
    const shared = prepare(operation, dtype, data, shapes, { split })!;
    for (let run = 0; run < 2; run++) {
      shared.run();
      shapes.forEach((_, k) => {
        const got = bytesOf(shared.value(data.length + k)), wanted = bytesOf(wholly.value(data.length + k));
        let at = 0;
        while (at < got.length && got[at] === wanted[at]) at++;
        assert(
          at === got.length,
          `${what}, split ${which}, units ${shared.units}, run ${run}: byte ${at} of result ${k} differs`,
        );
      });
    }
    assert(shared.intact(), `${what}, split ${which}: nothing else must be written`);
  }
  return wholly.units;
}

const EPILOGUE = [add(argument(0), argument(1)), mul(argument(0), argument(0))];

/** The units of a product of operands that are values 0 and 1. */
function gemmUnits(dtype: DType, a: Operand, b: Operand, lengths: readonly number[], epilogue: boolean) {
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!], last = shape.length - 1;
  const row = { value: 2, shape, stride: shape.map((_, axis) => axis === last ? 1 : 0), offset: 0 };
  const loop = { shape, operands: [whole(EPILOGUE_INPUT, shape), row], expressions: EPILOGUE };
  const operation = { kind: "gemm", a, b, ...epilogue && { epilogue: loop } } as const;
  const what = `${dtype} [${a.shape}] (${a.stride}) times [${b.shape}] (${b.stride})${epilogue ? " and epilogue" : ""}`;
  const all = epilogue ? [...lengths, shape[last]!] : lengths;
  return unitsOf(dtype, operation, all, epilogue ? [shape, shape] : [shape], what);
}

const SIZES: readonly (readonly [m: number, k: number, n: number])[] = [
  [1, 300, 300],
  [3, 200, 500],
  [7, 64, 130],
  [17, 40, 700],
  [32, 784, 128],
  [130, 70, 90],
  [129, 900, 40],
  [200, 1100, 33],
  [300, 300, 1],
  [301, 50, 3],
  [61, 1, 61],
  [64, 1024, 64],
  [1024, 32, 40],
  [130, 8, 1024],
];

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`products divide by rows or columns without changing a bit (${dtype})`, () => {
    for (const [place, [m, k, n]] of SIZES.entries()) {
      for (const [i, a] of [whole(0, [m, k]), turned(whole(0, [k, m]))].entries()) {
        for (const [j, b] of [whole(1, [k, n]), turned(whole(1, [n, k]))].entries()) {
          // Each layout has an epilogue for every other size.
          const units = gemmUnits(dtype, a, b, [m * k, k * n], (place + i + j) % 2 === 0);
          if (m * n > 400) assert(Math.max(...units) >= 3, `${units} units of ${m} x ${k} x ${n}`);
        }
      }
    }
  });

  Deno.test(`long sums have the same bits in any split, and their memory for each share (${dtype})`, () => {
    const sizes = [[31, 8500, 27], [70, 3300, 5], [3, 8500, 90], [90, 3301, 3]] as const;
    for (const [place, [m, k, n]] of sizes.entries()) {
      for (const [i, a] of [whole(0, [m, k]), turned(whole(0, [k, m]))].entries()) {
        for (const [j, b] of [whole(1, [k, n]), turned(whole(1, [n, k]))].entries()) {
          gemmUnits(dtype, a, b, [m * k, k * n], (place + i + j) % 2 === 0);
        }
      }
    }
    for (const epilogue of [false, true]) {
      gemmUnits(dtype, whole(0, [3, 7, 8500]), whole(1, [3, 8500, 9]), [3 * 7 * 8500, 3 * 8500 * 9], epilogue);
      gemmUnits(dtype, whole(0, [80, 3, 3300]), { value: 1, shape: [80, 3300, 160], stride: [0, 160, 1], offset: 0 }, [
        80 * 3 * 3300,
        3300 * 160,
      ], epilogue);
    }
  });

  Deno.test(`batches of products divide, and batches that are one product (${dtype})`, () => {
    const shared = { value: 1, shape: [9, 20, 30], stride: [0, 30, 1], offset: 0 };
    for (const epilogue of [false, true]) {
      for (const batch of [[5], [1, 6], [3, 2], [1, 1, 4]]) {
        const size = sizeOf(batch), a = whole(0, [...batch, 20, 70]), b = whole(1, [...batch, 70, 50]);
        const across = turned(whole(1, [...batch, 50, 70]));
        for (const second of [b, across]) {
          gemmUnits(dtype, a, second, [size * 20 * 70, size * 70 * 50], epilogue);
          gemmUnits(dtype, turned(whole(0, [...batch, 70, 20])), second, [size * 20 * 70, size * 70 * 50], epilogue);
        }
      }
      for (const rows of [5, 12, 64]) {
        const a = whole(0, [9, rows, 20]);
        gemmUnits(dtype, a, shared, [9 * rows * 20, 600], epilogue);
        gemmUnits(dtype, a, { ...shared, stride: [0, 1, 20] }, [9 * rows * 20, 600], epilogue);
        // So many rows that the epilogue runs on blocks of them.
        const many = Math.ceil(900 / rows), tall = whole(0, [many, rows, 20]), shape = [many, 20, 30];
        gemmUnits(dtype, tall, { ...shared, shape }, [many * rows * 20, 600], epilogue);
        gemmUnits(dtype, tall, { ...shared, shape, stride: [0, 1, 20] }, [many * rows * 20, 600], epilogue);
      }
    }
  });

  Deno.test(`products of any sizes and layouts divide (${dtype})`, () => {
    const size = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), fc.boolean(), (m, k, n, p, q, epilogue) => {
        const a = p ? turned(whole(0, [k, m])) : whole(0, [m, k]), b = q ? turned(whole(1, [n, k])) : whole(1, [k, n]);
        gemmUnits(dtype, a, b, [m * k, k * n], epilogue);
      }),
      { numRuns: 150 },
    );
  });
}

const FORMS = ["conv2d", "conv2dInput", "conv2dWeight"] as const;

type Layer = {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups?: number;
  readonly image: readonly [number, number];
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
};

function convolutionUnits(dtype: DType, form: (typeof FORMS)[number], layer: Layer, epilogue: boolean) {
  const { batch, channels, filters, groups = 1, image, kernel = [3, 3], ...rest } = layer;
  const { stride = [1, 1], padding = [1, 1, 1, 1], dilation = [1, 1] } = rest;
  const windows = [0, 1].map((axis) =>
    windowCount(image[axis]!, kernel[axis]!, {
      stride: stride[axis]!,
      dilation: dilation[axis]!,
      padding: padding[axis]! + padding[axis + 2]!,
    })
  );
  const x = [batch, channels * groups, ...image], w = [filters * groups, channels, ...kernel];
  const y = [batch, filters * groups, ...windows];
  const [first, second, shape] = form === "conv2d" ? [x, w, y] : form === "conv2dInput" ? [y, w, x] : [x, y, w];
  const each = { value: 2, shape, stride: [0, 1, 0, 0], offset: 0 };
  const loop = { shape, operands: [whole(EPILOGUE_INPUT, shape), each], expressions: EPILOGUE };
  const operation: ProductOperation = {
    kind: "convolution",
    form,
    geometry: { stride, padding, dilation, groups },
    operands: [whole(0, first), whole(1, second)],
    ...epilogue && { epilogue: loop },
  };
  const lengths = [sizeOf(first), sizeOf(second), ...epilogue ? [shape[1]!] : []];
  const what = `${form} ${dtype} ${JSON.stringify(layer)}${epilogue ? " and epilogue" : ""}`;
  return unitsOf(dtype, operation, lengths, epilogue ? [shape, shape] : [shape], what);
}

const LAYERS: readonly Layer[] = [
  { batch: 5, channels: 3, filters: 20, image: [9, 11] },
  { batch: 4, channels: 8, filters: 40, image: [8, 8], stride: [2, 2] },
  { batch: 3, channels: 4, filters: 9, groups: 3, image: [7, 6], stride: [2, 1], padding: [1, 0, 1, 2] },
  { batch: 6, channels: 5, filters: 33, image: [6, 6], kernel: [1, 1], padding: [0, 0, 0, 0] },
  { batch: 2, channels: 6, filters: 17, image: [20, 20], dilation: [2, 2], padding: [0, 0, 0, 0] },
  { batch: 1, channels: 12, filters: 12, groups: 2, image: [10, 10] },
  { batch: 2, channels: 600, filters: 9, image: [2, 3] }, // long sums of filters
  { batch: 2, channels: 3, filters: 600, image: [2, 3] }, // of images
  { batch: 3, channels: 4, filters: 10, groups: 2, image: [40, 60], kernel: [1, 2] }, // of kernels
  { batch: 7, channels: 2, filters: 8, image: [12, 5], kernel: [2, 3], stride: [3, 2], padding: [0, 0, 0, 0] },
];

for (const dtype of ["float32", "float64"] as const) {
  for (const form of FORMS) {
    Deno.test(`${form} divides by images or filters without changing a bit (${dtype})`, () => {
      for (const layer of LAYERS) {
        for (const epilogue of [false, true]) {
          const units = convolutionUnits(dtype, form, layer, epilogue), { batch, filters, groups = 1 } = layer;
          const panels = groups * Math.ceil(filters / (dtype === "float32" ? 8 : 4));
          assertEquals(units.at(-1), form === "conv2dWeight" ? panels : batch, `units of ${form}`);
        }
      }
    });
  }
}
