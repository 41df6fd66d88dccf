/**
 * Plain calls on the threaded engine.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import * as ng from "../../../mod.ts";
import { type Engine, engines, setEngine } from "../../../blas/mod.ts";
import * as scalar from "../../../blas/scalar/scalar.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { dividedProducts } from "../../../blas/threaded/products.ts";
import { threadedEngineOver } from "../../../blas/threaded/engine.ts";
import { allocate, broadcastView, transposeView } from "../../../blas/view.ts";
import { numbersOf, randomOf } from "../program/programs.ts";
import { seeds } from "../simd/program/small_programs.ts";

const { key, randomNormal, tensorData } = ng;

/** Plain calls that are long enough to be divided. */
const CALLS: { readonly [name: string]: () => ng.Tensor } = {
  "product": () => ng.matmul(randomNormal(key(1), [130, 300]), randomNormal(key(2), [300, 200])),
  "product with a transposed": () =>
    ng.matmul(ng.transpose(randomNormal(key(1), [300, 130])), randomNormal(key(2), [300, 200])),
  "products of a batch": () => ng.matmul(randomNormal(key(1), [9, 70, 80]), randomNormal(key(2), [9, 80, 60])),
  "products of a batch with one matrix": () =>
    ng.matmul(randomNormal(key(1), [9, 70, 80]), randomNormal(key(2), [80, 60])),
  "convolution": () => ng.conv2d(randomNormal(key(1), [4, 8, 20, 20]), randomNormal(key(2), [16, 8, 3, 3]), null),
  "a derivative of a convolution": () =>
    ng.gradient((w: ng.Tensor<"float32">) => ng.sum(ng.conv2d(randomNormal(key(1), [4, 8, 20, 20]), w, null)))(
      randomNormal(key(2), [16, 8, 3, 3]),
    ),
  "map of operands that are transposed and repeated": () =>
    ng.mul(ng.gelu(ng.transpose(randomNormal(key(1), [300, 400]))), ng.exp(randomNormal(key(2), [400, 1]))),
  "map in float64": () => ng.gelu(randomNormal(key(1), [300, 400], { dtype: "float64" })),
  "softmax": () => ng.softmax(randomNormal(key(1), [300, 400])),
  "sum": () => ng.sum(ng.broadcastTo(randomNormal(key(1), [2000, 1]), [2000, 1000]), { axes: [1] }),
  "softmax along the first axis": () => ng.softmax(randomNormal(key(1), [300, 400]), { axis: 0 }),
  "variance of channels": () => ng.variance(randomNormal(key(1), [8, 30, 500]), { axes: [0, 2] }),
  "sum of everything": () => ng.sum(ng.broadcastTo(randomNormal(key(1), [1000]), [2000, 1000])),
  "mean of few": () => ng.mean(randomNormal(key(1), [100, 10, 400]), { axes: [1] }),
  "max": () => ng.max(randomNormal(key(1), [2000, 1000]), { axes: [0] }),
};

/** The results of all calls, several times, so that they run divided and alone. */
function resultsOn(engine: Engine): readonly (readonly number[])[] {
  const previous = setEngine(engine);
  try {
    return Object.values(CALLS).flatMap((call) => [1, 2, 3, 4, 5].map(() => [...tensorData(call())]));
  } finally {
    setEngine(previous);
  }
}

Deno.test("plain calls have the same bits on three threads as on the engine of one", async () => {
  const wanted = resultsOn(engines.simd), pool = await startPool(3, { least: 0 });
  try {
    assertEquals(resultsOn(threadedEngineOver(engines.simd, pool)), wanted);
  } finally {
    pool.close();
  }
});

Deno.test("quotients by what repeats along the rows of a transposed operand have the same bits on threads", async () => {
  const x = transposeView(numbersOf(randomOf(1), { dtype: "float64", shape: [300, 400] }), [1, 0]);
  const y = broadcastView(numbersOf(randomOf(2), { dtype: "float64", shape: [400, 1] }), [400, 300]);
  const expression = scalar.div(scalar.exp(scalar.argument(0)), scalar.argument(1));
  const [found, wanted] = [0, 1].map(() => allocate("float64", [400, 300]));
  engines.simd.map(expression, [x, y], wanted!);
  const pool = await startPool(2, { least: 0 }), { map } = threadedEngineOver(engines.simd, pool);
  try {
    for (let run = 0; run < 8; run++) { // divided, and alone
      map(expression, [x, y], found!);
      assertEquals(found!.data, wanted!.data);
    }
  } finally {
    pool.close();
  }
});

Deno.test("products of any size and layout are divided without changing a bit", async () => {
  const pool = await startPool(3), divide = dividedProducts(blockThreads(pool));
  try {
    fc.assert(
      fc.property(seeds, fc.constantFrom("float32" as const, "float64" as const), (seed, dtype) => {
        const random = randomOf(seed), length = (most: number) => 1 + random.below(1 + random.below(most));
        const [m, k, n, batch] = [length(300), length(500), length(300), random.pick([1, 1, 1, 2, 5])];
        const shared = batch > 1 && random.pick([true, false]), ways = [0, 1].map(() => random.pick([true, false]));
        const matrix = (rows: number, columns: number, turned: boolean, count: number) => {
          const shape = turned ? [count, columns, rows] : [count, rows, columns];
          const data = numbersOf(random, { dtype, shape });
          return turned ? transposeView(data, [0, 2, 1]) : data;
        };
        const a = matrix(m!, k!, ways[0]!, batch!);
        const one = matrix(k!, n!, ways[1]!, shared ? 1 : batch!), b = broadcastView(one, [batch!, k!, n!]);
        const [c, wanted] = [0, 1].map(() => allocate(dtype, [batch!, m!, n!]));
        engines.simd.gemmBatched({ alpha: 1, beta: 0, a, b, c: wanted! });
        // The first call of a kind is divided; the same numbers may come again.
        if (divide({ alpha: 1, beta: 0, a, b, c: c! }, () => c!.data.set(wanted!.data))) {
          assertEquals(c!.data, wanted!.data);
        }
      }),
      { numRuns: 80, endOnFailure: true },
    );
  } finally {
    pool.close();
  }
});
