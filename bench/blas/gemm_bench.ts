/**
 * Matrix products of the reference engine compared with three plain loops.
 *
 * @module
 */
import { allocate, type DType, gemm, type MutableView, transposeView, type View, view } from "@nanograd/nanograd/blas";

/** The loops that a reader would write first. */
function threeLoops({ a, b, c }: { readonly a: View; readonly b: View; readonly c: MutableView }): void {
  const [m, n] = c.shape as readonly [number, number], k = a.shape[1]!; // a matrix
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        sum += a.data[a.offset + i * a.stride[0]! + p * a.stride[1]!]! *
          b.data[b.offset + p * b.stride[0]! + j * b.stride[1]!]!;
      }
      c.data[c.offset + i * c.stride[0]! + j * c.stride[1]!] = sum;
    }
  }
}

const matrix = (dtype: DType, n: number): View => {
  const values = Array.from({ length: n * n }, (_, i) => Math.sin(i));
  return dtype === "float32" ? view(new Float32Array(values), [n, n]) : view(new Float64Array(values), [n, n]);
};

for (const dtype of ["float32", "float64"] as const) {
  for (const n of [64, 256, 512]) {
    const a = matrix(dtype, n), b = matrix(dtype, n), bT = transposeView(b), c = allocate<DType>(dtype, [n, n]);
    const group = `${dtype} ${n} x ${n}, ${2 * n ** 3} flop`;
    Deno.bench({ name: "three plain loops", group, baseline: true, fn: () => threeLoops({ a, b, c }) });
    Deno.bench({ name: "gemm, both row-major", group, fn: () => gemm({ alpha: 1, a, b, beta: 0, c }) });
    Deno.bench({ name: "gemm, b transposed by stride", group, fn: () => gemm({ alpha: 1, a, b: bT, beta: 0, c }) });
  }
}
