import { assert, assertEquals } from "@std/assert";
import type { View } from "../../../blas/view.ts";
import {
  add,
  exp,
  matmul,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor64,
  toArray,
  transpose,
} from "../../../autograd/mod.ts";
import { record, type RecordedFunction, replay } from "../../../autograd/transforms/recorded_function.ts";
import { deferredSum } from "../../../autograd/transforms/scan_deferral.ts";

/** Steps' arguments, a column and a row. */
const STEPS = [[[[1], [2], [3]], [[4, 5, 6]]], [[[0], [1], [-1]], [[2, 2, 1]]], [[[7], [0], [2]], [[
  1,
  3,
  0,
]]]] as const;

/** What is known of a function whose arguments change from step to step and are stacked. */
function valuesOf({ inputs, equations }: RecordedFunction) {
  const isArgument = (view: View) => inputs.includes(view);
  const maker = (view: View) => equations.find(({ results }) => results.includes(view));
  return { maker, isChanging: () => true, isStacked: isArgument };
}

/** The sum of a function of column and row over all steps, deferred, if it can be. */
function deferred(f: (column: Tensor, row: Tensor) => Tensor) {
  const types = [{ dtype: "float64", shape: [3, 1] }, { dtype: "float64", shape: [1, 3] }] as const;
  const { recorded } = record("test", types, ([column, row]) => [f(column!, row!)]);
  const found = deferredSum(recorded.outputs[0]!.view, valuesOf(recorded));
  const given = STEPS.map((step) => step.map((matrix) => tensor64(matrix)));
  const one = given.map((arguments_) => replay(recorded, arguments_)[0]!);
  return {
    found,
    wanted: toArray(one.reduce((total, t) => add(total, t))),
    total: () => found!.total((view) => stack(given.map((arguments_) => arguments_[recorded.inputs.indexOf(view)]!))),
  };
}

Deno.test("the sum of outer products over all steps is one product of what is stacked", () => {
  for (const f of [matmul, (a: Tensor, b: Tensor) => matmul(transpose(b), transpose(a))]) {
    const { found, total, wanted } = deferred(f);
    assertEquals([found!.needs.length, toArray(total())], [2, wanted]);
  }
});

Deno.test("sums, reshapes and transposes are applied to the sum, and sums of two are two sums", () => {
  for (
    const f of [
      (a: Tensor, b: Tensor) => add(transpose(a), b),
      (a: Tensor) => reshape(a, [3]),
      (a: Tensor, b: Tensor) => sum(transpose(matmul(a, b)), { axes: 1 }),
    ]
  ) {
    const { total, wanted } = deferred(f);
    assertEquals(toArray(total()), wanted);
  }
});

Deno.test("what is not linear, or costs less memory when it is summed at once, is not put off", () => {
  assertEquals(deferred((a) => exp(a)).found, undefined);
  assertEquals(deferred((a, b) => matmul(b, a)).found, undefined, "[1, 3] times [3, 1] has one element");
  assert(deferred((a) => a).found !== undefined);
});
