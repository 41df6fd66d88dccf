import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { View } from "../../../blas/view.ts";
import {
  add,
  exp,
  key,
  matmul,
  neg,
  randomNormal,
  reshape,
  slice,
  sum,
  type Tensor,
  toList,
  transpose,
} from "../../../autograd/mod.ts";
import { record, typeOf } from "../../../autograd/transforms/recorded_function.ts";
import { deferredSum } from "../../../autograd/transforms/scan_deferral.ts";

const a = randomNormal(key(0), [5, 2, 3], { dtype: "float64" }),
  b = randomNormal(key(1), [5, 2, 4], { dtype: "float64" });
const at = (t: Tensor, k: number): Tensor => reshape(slice(t, k, 1), t.shape.slice(1));

/** The sum over all steps, put off and added up, or `undefined` where it is not put off. */
function sums(f: (a: Tensor, b: Tensor) => Tensor, isStacked = false): readonly [Tensor, Tensor] | undefined {
  const { recorded } = record("test", [a, b].map((t) => typeOf(at(t, 0))), ([a, b]) => [f(a!, b!)]);
  const makers = new Map(recorded.equations.flatMap((equation) => equation.results.map((view) => [view, equation])));
  const deferred = deferredSum(recorded.outputs[0]!.view, {
    maker: (view: View) => makers.get(view),
    isChanging: () => true,
    isStacked: (view) => isStacked && recorded.inputs.includes(view),
  });
  const each = [0, 1, 2, 3, 4].map((k) => f(at(a, k), at(b, k))).reduce((x, y) => add(x, y));
  return deferred && [deferred.total((view) => recorded.inputs.indexOf(view) === 0 ? a : b), each];
}

Deno.test("sums of products are one product, transposed or not, reshaped, added to each other", () => {
  const product = (a: Tensor, b: Tensor) => matmul(transpose(a), b);
  const rules = [
    product,
    (a: Tensor, b: Tensor) => transpose(matmul(transpose(b), a)),
    (a: Tensor, b: Tensor) => reshape(product(a, b), [12]),
    (a: Tensor, b: Tensor) => add(product(a, b), transpose(matmul(transpose(b), a))),
    (a: Tensor, b: Tensor) => sum(product(a, b), { axes: 0 }),
  ];
  for (const rule of rules) {
    const [found, wanted] = sums(rule)!.map(toList);
    found!.forEach((x, k) => assertAlmostEquals(x, wanted![k]!, 1e-12));
  }
});

Deno.test("sums of what is stacked anyway are sums over the stack", () => {
  const [found, wanted] = sums((a) => sum(a, { axes: 0 }), true)!.map(toList);
  found!.forEach((x, k) => assertAlmostEquals(x, wanted![k]!, 1e-12));
});

Deno.test("what is not linear, not stacked, or of too little use is added up step by step", () => {
  assertEquals(sums((a) => exp(a), true), undefined);
  assertEquals(sums((a) => sum(a, { axes: 0 })), undefined);
  assertEquals(sums((a, b) => add(matmul(transpose(a), b), neg(matmul(transpose(a), b)))), undefined);
});
