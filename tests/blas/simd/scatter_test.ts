import { assert } from "@std/assert";
import { scatterAdd as addEach } from "../../../blas/gather.ts";
import { createContext } from "../../../blas/simd/context.ts";
import { scatterAdd } from "../../../blas/simd/scatter.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { allocate, broadcastView, type MutableView, transposeView, type View, view } from "../../../blas/view.ts";

const context = createContext(), small = createContext({ maximumBytes: 2 ** 20 });

/** The shape of the elements, the axis, and how many sums there are along it. */
const CASES: readonly (readonly [Shape, number, number])[] = [
  [[500], 0, 300],
  [[300, 7], 1, 7],
  [[61, 33], 1, 41],
  [[61, 33], 0, 59],
  [[5, 12, 31], 1, 9],
  [[4, 97, 3], 1, 100],
  [[3, 4, 40], 2, 1],
  [[2, 40_000], 1, 30_000],
  [[10_000, 3], 0, 300],
  [[3, 300], 0, 400],
  [[40, 5, 9], 0, 3],
  [[0, 3], 1, 4],
];

/** Indices inside and outside an axis, halves and NaN among them, many of them equal. */
const index = (k: number, length: number): number =>
  k % 97 === 0 ? NaN : k % 89 === 0 ? 1e20 : k % 83 === 0 ? -3 : k % 7 === 0 ? k % length + 0.5 : (k * k) % length;

for (const dtype of ["float32", "float64"] as const) {
  const make = (shape: Shape, value: (k: number) => number): View => {
    const values = Float64Array.from({ length: sizeOf(shape) }, (_, k) => value(k));
    return view(dtype === "float32" ? new Float32Array(values) : values, shape);
  };
  Deno.test(`scatterAdd() in ${dtype} has the bits of plain loops, along any axis, from any strides`, () => {
    for (const [shape, axis, length] of CASES) {
      const x = make(shape, Math.sin), own = make(shape, (k) => index(k, length));
      const row = make(shape.map((n, k) => k === axis ? n : 1), (k) => index(k, length));
      const parts = make(shape.map((n, k) => k <= axis ? n : 1), (k) => index(k, length));
      const turned = transposeView(make(shape.toReversed(), Math.cos));
      const indices = [own, broadcastView(row, shape), broadcastView(parts, shape)];
      for (const [values, at] of [...indices.map((at) => [x, at] as const), [turned, own] as const]) {
        const wanted = shape.map((n, k) => k === axis ? length : n), expected = allocate(dtype, wanted);
        addEach({ axis, x: values, indices: at, y: expected as MutableView });
        for (const own of [context, small]) {
          const actual = allocate(dtype, wanted);
          scatterAdd(own, { axis, x: values, indices: at, y: actual as MutableView });
          assert(actual.data.every((value, k) => Object.is(value, expected.data[k])), `[${shape}] along ${axis}`);
        }
      }
    }
  });
}
