/**
 * Reductions through the engines, copies included, and softmax made of them: `deno bench bench/blas/reduce_bench.ts`.
 *
 * @module
 */
import type { Engine, Reduction } from "../../blas/engine.ts";
import { reference } from "../../blas/reference/mod.ts";
import { argument, div, exp, sub } from "../../blas/scalar/scalar.ts";
import { createContext } from "../../blas/simd/context.ts";
import { createMap } from "../../blas/simd/elementwise/map.ts";
import { createReduce } from "../../blas/simd/reduce.ts";
import { allocate, broadcastView, type View } from "../../blas/view.ts";
import { ALL_FUNCTIONS } from "../../blas/simd/math/mod.ts";

const context = createContext();
const engines: { readonly [name: string]: Pick<Engine, "map" | "reduce"> } = {
  reference,
  simd: { map: createMap(context, () => ALL_FUNCTIONS), reduce: createReduce(context) },
};

const square = [1000, 1000], matrix = allocate("float32", square);
for (let i = 0; i < matrix.size; i++) matrix.data[i] = ((i * 7919) % 4001) / 1000 - 2;
const input: View<"float32"> = matrix;

for (
  const [name, reduction, shape] of [
    ["sum of all", "sum", [1, 1]],
    ["sum of every row", "sum", [1000, 1]],
    ["sum of every column", "sum", [1, 1000]],
    ["max of every row", "max", [1000, 1]],
    ["product of all", "product", [1, 1]],
  ] as readonly (readonly [string, Reduction, readonly number[]])[]
) {
  const output = allocate("float32", shape), group = `${name}, float32 1000 x 1000`;
  for (const [engine, { reduce }] of Object.entries(engines)) {
    const fn = () => reduce(reduction, input, output);
    Deno.bench({ name: engine, group, baseline: engine === "reference", fn });
  }
}

const [x, y] = [argument(0), argument(1)];
// Everything here is float32.
const column = allocate("float32", [1000, 1]), columns = broadcastView(column as View<"float32">, square);
const shifted = allocate("float32", square), powers = allocate("float32", square), result = allocate("float32", square);
for (const [engine, { map, reduce }] of Object.entries(engines)) {
  const fn = () => {
    reduce("max", input, column);
    map(sub(x, y), [input, columns], shifted);
    map(exp(x), [shifted as View<"float32">], powers); // everything here is float32
    reduce("sum", powers as View<"float32">, column); // everything here is float32
    map(div(x, y), [powers as View<"float32">, columns], result); // everything here is float32
  };
  Deno.bench({
    name: engine,
    group: "softmax in five steps, float32 1000 x 1000",
    baseline: engine === "reference",
    fn,
  });
}

const few = allocate("float32", [4, 8]), one = allocate("float32", [1, 1]);
few.data.fill(1, few.offset, few.offset + 32);
for (const [engine, { reduce }] of Object.entries(engines)) {
  const fn = () => reduce("sum", few as View<"float32">, one); // everything here is float32
  Deno.bench({ name: engine, group: "sum of all, float32 4 x 8", baseline: engine === "reference", fn });
}
