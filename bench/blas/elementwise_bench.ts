/**
 * Element-wise operations through the engines, copies included: `deno bench bench/blas/elementwise_bench.ts`.
 *
 * @module
 */
import { reference } from "../../blas/reference/mod.ts";
import * as scalar from "../../blas/scalar/scalar.ts";
import { createContext } from "../../blas/simd/context.ts";
import { createMap } from "../../blas/simd/elementwise/map.ts";
import { allocate, broadcastView, type MutableView, transposeView, type View } from "../../blas/view.ts";
import { ALL_FUNCTIONS } from "../../blas/simd/math/mod.ts";

const { add, argument, exp, log, mul, sigmoid, sin, tanh } = scalar;
const [x, y] = [argument(0), argument(1)];
const simd = createMap(createContext(), () => ALL_FUNCTIONS);

function filled(shape: readonly number[]): View<"float32"> {
  const v: MutableView<"float32"> = allocate("float32", shape);
  for (let i = 0; i < v.size; i++) v.data[v.offset + i] = ((i * 7919) % 4001) / 1000 + 0.001;
  return v;
}

const gelu = mul(mul(0.5, x), add(1, tanh(mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, mul(x, mul(x, x))))))));
const square = [1000, 1000], a = filled(square), b = filled(square), c = allocate("float32", square);
const row = broadcastView(filled([1000]), square), column = broadcastView(filled([1000, 1]), square);

const cases: readonly [name: string, expression: scalar.Scalar, inputs: readonly View<"float32">[]][] = [
  ["add", add(x, y), [a, b]],
  ["add a row to every row", add(x, y), [a, row]],
  ["add a column to every column", add(x, y), [a, column]],
  ["add a transposed matrix", add(x, y), [a, transposeView(b)]],
  ["exp", exp(x), [a]],
  ["log", log(x), [a]],
  ["tanh", tanh(x), [a]],
  ["sigmoid", sigmoid(x), [a]],
  ["sin", sin(x), [a]],
  ["gelu, tanh form", gelu, [a]],
];
for (const [name, expression, inputs] of cases) {
  const group = `${name}, float32 1000 x 1000`;
  Deno.bench({ name: "reference", group, baseline: true, fn: () => reference.map(expression, inputs, c) });
  Deno.bench({ name: "simd", group, fn: () => simd(expression, inputs, c) });
}

const few = filled([4, 8]), bias = broadcastView(filled([8]), [4, 8]), result = allocate("float32", [4, 8]);
for (
  const [name, expression, inputs] of [
    ["add", add(x, y), [few, few]],
    ["add a row to every row", add(x, y), [few, bias]],
    ["exp", exp(x), [few]],
  ] as const
) {
  const group = `${name}, float32 4 x 8`;
  Deno.bench({ name: "reference", group, baseline: true, fn: () => reference.map(expression, inputs, result) });
  Deno.bench({ name: "simd", group, fn: () => simd(expression, inputs, result) });
}
