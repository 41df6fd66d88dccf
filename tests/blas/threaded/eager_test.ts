/**
 * Plain calls on the threaded engine.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as ng from "../../../mod.ts";
import { type Engine, engines, setEngine } from "../../../blas/mod.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { threadedEngineOver } from "../../../blas/threaded/engine.ts";

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
  "max": () => ng.max(randomNormal(key(1), [2000, 1000]), { axes: [0] }),
};

/** The results of all calls, several times, so that they run divided and alone. */
function resultsOn(engine: Engine): readonly (readonly number[])[] {
  const previous = setEngine(engine);
  try {
    return Object.values(CALLS).flatMap((call) => [1, 2, 3].map(() => [...tensorData(call())]));
  } finally {
    setEngine(previous);
  }
}

Deno.test("plain calls have the same bits on one thread and on three", async () => {
  const results: (readonly (readonly number[])[])[] = [];
  for (const threads of [1, 3]) {
    const pool = await startPool(threads, { least: 0, choice: () => ({ next: () => true, took: () => {} }) });
    results.push(resultsOn(threadedEngineOver(engines.simd, pool)));
    pool.close();
  }
  assertEquals(results[1], results[0]);
  const plain = resultsOn(engines.simd);
  Object.keys(CALLS).forEach((name, k) =>
    results[0]![3 * k]!.forEach((x, i) => {
      const y = plain[3 * k]![i]!;
      if (Math.abs(x - y) > 1e-4 * Math.max(1, Math.abs(y))) throw new Error(`${name} gives ${x}, not ${y}`);
    })
  );
});
