/**
 * Prints how near `gemm` comes to the bare micro-kernel on cached panels, copies in and out included.
 *
 * `deno run bench/blas/gemm_peak.ts [rounds]`. All shapes take turns, the micro-kernel between them, and the best of
 * all rounds counts: on a shared machine, the best is what can be reproduced. The median of each round's ratio follows
 * in brackets. Each line ends with the rates of the reference engine and, with `--allow-ffi`, of the native one.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { newData } from "../../blas/dtype.ts";
import type { Engine } from "../../blas/engine.ts";
import { engines, nativeEngine } from "../../blas/engines.ts";
import { blasOn } from "../../blas/simd/blas.ts";
import { createContext } from "../../blas/simd/context.ts";
import { allocate, transposeView, type View, view } from "../../blas/view.ts";
import { GEMM_KERNELS } from "../../blas/simd/gemm_kernel.ts";

const SHAPES = [
  [64, 64, 64],
  [128, 128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [32, 784, 128],
  [1000, 128, 10],
  [128, 784, 128],
] as const;

const rounds = Number(Deno.args[0] ?? 15), context = createContext(), { gemm } = blasOn(context);
const allowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const native = allowed ? await nativeEngine().catch(() => undefined) : undefined;
const others = [engines.reference, ...(native === undefined ? [] : [native])];

type Work = { readonly name: string; readonly flop: number; readonly run: () => void };

function random<D extends DType>(dtype: D, rows: number, columns: number): View<D> {
  const data = newData(dtype, rows * columns);
  for (let i = 0; i < data.length; i++) data[i] = Math.random() - 0.5;
  return view<D>(data, [rows, columns]);
}

/** Returns one product, repeated until it takes about a millisecond. */
function product<D extends DType>(
  dtype: D,
  [m, k, n]: readonly [number, number, number],
  order: string,
  multiply: Engine["gemm"] = gemm,
): Work {
  const a = order[0] === "n" ? random(dtype, m, k) : transposeView(random(dtype, k, m));
  const b = order[1] === "n" ? random(dtype, k, n) : transposeView(random(dtype, n, k));
  const c = allocate(dtype, [m, n]), times = Math.ceil(2e7 / (m * n * k));
  const run = () => {
    for (let i = 0; i < times; i++) multiply<D>({ alpha: 1, a, b, beta: 0, c });
  };
  return { name: `${dtype} ${m} x ${k} x ${n} ${order}`, flop: 2 * m * n * k * times, run };
}

/**
 * Returns the rates of the same product, both operands row-major, on other engines: only three rounds, since the
 * reference engine is slow.
 */
function elsewhere(dtype: DType, shape: readonly [number, number, number]): string {
  const cells = others.map((engine) => {
    const work = product(dtype, shape, "nn", engine.gemm);
    return `${engine.name} ${Math.max(...[1, 2, 3].map(() => rate(work))).toFixed(1)}`;
  });
  return cells.join("   ");
}

/** Returns the micro-kernel on panels that stay in the first-level cache. */
function bare(dtype: DType): Work {
  const { microKernel } = context.kernels(GEMM_KERNELS, dtype), bytes = dtype === "float32" ? 4 : 8, depth = 256;
  const run = () => {
    for (let i = 0; i < 1000; i++) microKernel!(depth, 4096, depth * bytes + 64, 32_768, 65_536, 64, 1, 0);
  };
  return { name: `${dtype} micro-kernel`, flop: 1000 * 2 * 6 * (32 / bytes) * depth, run };
}

function rate({ flop, run }: Work): number {
  const start = performance.now();
  run();
  return flop / (performance.now() - start) / 1e6;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const dtype of ["float32", "float64"] as const) {
  const works = SHAPES.flatMap((shape) => ["nn", "nt", "tn", "tt"].map((order) => product(dtype, shape, order)));
  const kernel = bare(dtype), best = works.map(() => 0), ratios = works.map((): number[] => []);
  for (let i = 0; i < 5; i++) [kernel, ...works.slice(0, 16)].forEach(rate);
  await new Promise((resolve) => setTimeout(resolve, 200)); // the optimizing compiler works on another thread
  let peak = 0;
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, i) => {
      const before = rate(kernel), speed = rate(work), after = rate(kernel);
      peak = Math.max(peak, before, after);
      best[i] = Math.max(best[i]!, speed);
      ratios[i]!.push(speed / Math.max(before, after));
    });
  }
  console.log(`${dtype}: the micro-kernel reaches ${peak.toFixed(1)} GFLOP/s`);
  SHAPES.forEach(([m, k, n], s) => {
    const cells = ["nn", "nt", "tn", "tt"].map((order, o) => {
      const i = 4 * s + o;
      return `${order} ${best[i]!.toFixed(1)} ${(100 * best[i]! / peak).toFixed(0)} % (${
        (100 * median(ratios[i]!)).toFixed(0)
      })`;
    });
    console.log(`  ${`${m} x ${k} x ${n}`.padEnd(20)} ${cells.join("   ")}   ${elsewhere(dtype, [m, k, n])}`);
  });
}
