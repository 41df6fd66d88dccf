import { assertEquals } from "@std/assert";
import { allWithin, gather } from "../../../blas/gather.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { gatherOn } from "../../../blas/simd/gather.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { allocate, broadcastView, type MutableView, transposeView, type View, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const simd = gatherOn(createContext());

/** The shape of the array, the axis, and how many elements are picked along it. */
const CASES: readonly (readonly [Shape, number, number])[] = [
  [[300], 0, 500],
  [[300, 7], 1, 7],
  [[61, 33], 1, 41],
  [[61, 33], 0, 59],
  [[5, 9, 31], 1, 12],
  [[4, 3, 100], 2, 97],
  [[2, 70_000], 1, 70_000],
  [[40_000, 3], 0, 40_000],
  [[3, 3], 0, 2],
  [[1, 1000], 0, 3],
  [[0, 3], 1, 4],
];

/** Indices inside and outside an axis, halves and NaN among them. */
const index = (k: number, length: number): number =>
  k % 97 === 0 ? NaN : k % 89 === 0 ? 1e20 : k % 83 === 0 ? -3 : k % 7 === 0 ? k % length + 0.5 : (k * 7919) % length;

for (const dtype of ["float32", "float64"] as const) {
  const make = (shape: Shape, value: (k: number) => number): View => {
    const values = Float64Array.from({ length: sizeOf(shape) }, (_, k) => value(k));
    return view(dtype === "float32" ? new Float32Array(values) : values, shape);
  };
  Deno.test(`gather() in ${dtype} picks what plain loops pick, along any axis, from any strides`, () => {
    for (const [shape, axis, count] of CASES) {
      const wanted = shape.map((length, k) => k === axis ? count : length);
      const x = make(shape, Math.sin), own = make(wanted, (k) => index(k, shape[axis]!));
      const row = make(wanted.map((length, k) => k === axis ? length : 1), (k) => index(k, shape[axis]!));
      const turned = transposeView(make(shape.toReversed(), Math.cos));
      for (const [array, indices] of [[x, own], [x, broadcastView(row, wanted)], [turned, own]] as const) {
        const actual = allocate(dtype, wanted), expected = allocate(dtype, wanted);
        simd.gather({ axis, x: array, indices, y: actual as MutableView });
        gather({ axis, x: array, indices, y: expected as MutableView });
        assertEquals(elementsOf(actual), elementsOf(expected), `[${shape}] along ${axis}`);
      }
    }
  });

  Deno.test(`allWithin() in ${dtype} finds a number that is not whole, or not within the bounds, anywhere`, () => {
    for (const count of [0, 1, 255, 256, 257, 1003, 70_001]) {
      const good = make([count], (k) => k % 50);
      assertEquals([simd.allWithin(good, 0, 49), allWithin(good, 0, 49)], [true, true]);
      for (const at of [0, Math.floor(count / 2), count - 1].filter((k) => k >= 0 && k < count)) {
        for (const bad of [0.5, -1, 50, NaN, Infinity, -Infinity]) {
          const x = make([count], (k) => k === at ? bad : k % 50);
          assertEquals([simd.allWithin(x, 0, 49), allWithin(x, 0, 49)], [false, false]);
        }
      }
    }
    const turned = transposeView(make([40, 30], (k) => k));
    assertEquals([simd.allWithin(turned, 0, 1199), simd.allWithin(turned, 0, 1198)], [true, false]);
  });
}
