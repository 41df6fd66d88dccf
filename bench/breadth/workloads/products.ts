/**
 * Products of matrices of all shapes, orders and dtypes.
 *
 * @module
 */
import { add, dot, expandDims, matmul, outer, relu, type Shape, squeeze, transpose } from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform } from "../fill.ts";
import { WIDE_PRODUCT } from "../marks.ts";
import { type Operation, operation, type OperationOptions, type Workload } from "../workload.ts";

const BOTH = ["float32", "float64"] as const;

type Sizes = readonly [m: number, k: number, n: number];

/** Which operands are given transposed: none, a, b or both. */
type Order = "ab" | "atb" | "abt" | "atbt";

/** A product, marked as wide where all sizes are at least about 512. */
function gemm(
  name: string,
  sizes: (d: Draw) => Sizes,
  order: Order = "ab",
  options?: OperationOptions,
): readonly Workload[] {
  return operation("product", name, (d): Operation => {
    const [m, k, n] = sizes(d), at = order.startsWith("at"), bt = order.endsWith("bt");
    const inputs = [uniform(at ? [k, m] : [m, k]), uniform(bt ? [n, k] : [k, n])];
    return {
      inputs,
      settings: { order },
      ...Math.min(m, k, n) >= 480 && { marks: WIDE_PRODUCT },
      run: ([a, b]) => matmul(at ? transpose(a!) : a!, bt ? transpose(b!) : b!),
    };
  }, options);
}

const middling = (d: Draw): Sizes => [d.between(150, 400), d.between(150, 400), d.between(150, 400)];

/** Batches of matrices. */
const batches = (
  name: string,
  shapes: (d: Draw) => readonly [Shape, Shape],
  transposed: boolean,
): readonly Workload[] =>
  operation("product", name, (d) => {
    const inputs = shapes(d).map((shape) => uniform(shape));
    return { inputs, run: ([a, b]) => matmul(a!, transposed ? transpose(b!, [0, 2, 1]) : b!) };
  }, { modes: ["forward", "backward"] });

/** Products of matrices. */
export const products: readonly Workload[] = [
  ...gemm("product", middling, "ab", { dtypes: BOTH }),
  ...gemm("product, a transposed", middling, "atb", { dtypes: BOTH }),
  ...gemm("product, b transposed", middling, "abt", { dtypes: BOTH }),
  ...gemm("product, both transposed", middling, "atbt", { dtypes: BOTH }),
  ...gemm("large product", (d) => [d.between(512, 1100), d.between(512, 1100), d.between(512, 1100)]),
  ...gemm(
    "large product, a transposed",
    (d) => [d.between(512, 1100), d.between(512, 1100), d.between(512, 1100)],
    "atb",
  ),
  ...gemm("k of 2 to 9", (d) => [d.between(300, 1100), d.count(2, 9), d.between(300, 1100)], "ab", { dtypes: BOTH }),
  ...gemm("n of 3 to 17", (d) => [d.between(200, 600), d.between(200, 600), d.count(3, 17)]),
  ...gemm("n of 3 to 17, a transposed", (d) => [d.between(200, 600), d.between(200, 600), d.count(3, 17)], "atb"),
  ...gemm("n of 24 to 50", (d) => [d.between(200, 600), d.between(200, 600), d.count(24, 50)]),
  ...gemm("m of 2 to 9", (d) => [d.count(2, 9), d.between(200, 1100), d.between(200, 1100)]),
  ...gemm("m of 2 to 9, b transposed", (d) => [d.count(2, 9), d.between(200, 1100), d.between(200, 1100)], "abt"),
  ...gemm("long k", (d) => [d.between(16, 65), d.between(2000, 9000), d.between(16, 65)], "atb"),
  ...gemm("small product", (d) => [d.between(8, 40), d.between(8, 40), d.between(8, 40)]),
  ...operation("product", "dense layer with ReLU", (d) => {
    const [m, k, n] = middling(d);
    return {
      inputs: [uniform([m, k]), uniform([n, k]), uniform([n])],
      run: ([x, w, b]) => relu(add(matmul(x!, transpose(w!)), b!)),
    };
  }, { modes: ["forward", "backward"] }),
  ...batches("batched product", (d) => {
    const [count, m, k, n] = [d.between(8, 40), d.between(30, 130), d.between(16, 100), d.between(30, 130)];
    return [[count, m, k], [count, k, n]];
  }, false),
  ...batches("batched product, b transposed", (d) => {
    const [count, m, k, n] = [d.between(8, 40), d.between(30, 130), d.between(16, 100), d.between(30, 130)];
    return [[count, m, k], [count, n, k]];
  }, true),
  ...operation("product", "batched small products", (d) => {
    const count = d.between(1000, 4000), n = d.count(3, 9);
    return { inputs: [uniform([count, n, n]), uniform([count, n, n])], run: ([a, b]) => matmul(a!, b!) };
  }),
  ...operation("product", "matrix times vector", (d) => {
    const [rows, columns] = d.matrix(2e5, 1.5e6);
    return { inputs: [uniform([rows, columns]), uniform([columns])], run: ([a, x]) => matmul(a!, x!) };
  }, { dtypes: BOTH }),
  ...operation("product", "transposed matrix times vector", (d) => {
    const [rows, columns] = d.matrix(2e5, 1.5e6);
    return { inputs: [uniform([rows, columns]), uniform([rows])], run: ([a, x]) => matmul(transpose(a!), x!) };
  }, { dtypes: BOTH }),
  ...operation("product", "batch of vectors times matrices", (d) => {
    const [count, m, k] = [d.between(16, 128), d.between(30, 100), d.between(30, 100)];
    const inputs = [uniform([count, m, k]), uniform([count, k])];
    return { inputs, run: ([a, x]) => squeeze(matmul(a!, expandDims(x!, 2)), 2) };
  }),
  ...operation("product", "dot of vectors", (d) => {
    const length = d.between(2e5, 1.5e6);
    return { inputs: [uniform([length]), uniform([length])], run: ([a, b]) => dot(a!, b!) };
  }),
  ...operation("product", "outer product", (d) => {
    const [m, n] = d.matrix(2e5, 1.5e6);
    return { inputs: [uniform([m]), uniform([n])], run: ([a, b]) => outer(a!, b!) };
  }),
];
