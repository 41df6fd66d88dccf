import { assert, assertEquals } from "@std/assert";
import { compile, type Tensor, toList, transpose } from "../../../autograd/mod.ts";
import { cotangentsOf } from "../../../autograd/backward.ts";
import type { Sample } from "../../../autograd/primitive.ts";
import { variableOf } from "../../../autograd/tensor.ts";
import { type Case, CASES, operandsOf } from "../every_primitive.ts";

/** The operands of a sample, every other one seen through the strides of a transpose. */
function stridedOperands(sample: Sample<unknown>, dtype: "float32" | "float64"): readonly Tensor[] {
  const turned = {
    ...sample,
    inputs: sample.inputs.map((own, k) => k % 2 === 1 ? { ...own, shape: own.shape.toReversed() } : own),
  };
  return operandsOf(turned, dtype).map((t, k) => k % 2 === 1 ? transpose(t) : t);
}

/** The result, and the cotangents of the operands where there are any. */
const both = (p: Case, sample: Sample<unknown>) => (operands: readonly Tensor[]): readonly Tensor[] => {
  if (!p.isDifferentiable(sample)) return [p.apply(sample.attributes, operands)];
  const variables = operands.map((t) => variableOf(t.view)), y = p.apply(sample.attributes, variables);
  return [y, ...cotangentsOf(y, y).values()];
};

for (const dtype of ["float64", "float32"] as const) {
  for (const p of CASES) {
    Deno.test(`${p.name} in ${dtype} and its derivatives are the same compiled and plain`, () => {
      for (const sample of p.samples) {
        const f = both(p, sample), operands = stridedOperands(sample, dtype);
        const got = compile(f)(operands), wanted = f(operands);
        assertEquals(got.map((t) => [t.dtype, t.shape]), wanted.map((t) => [t.dtype, t.shape]));
        got.forEach((t, k) => {
          const expected = toList(wanted[k]!), scale = Math.max(1, ...expected.filter(Number.isFinite).map(Math.abs));
          toList(t).forEach((v, i) => {
            const close = Math.abs(v - expected[i]!) <= (dtype === "float64" ? 1e-12 : 1e-5) * scale;
            assert(close || Object.is(v, expected[i]), `part ${k}, element ${i}: ${v}, plainly ${expected[i]}`);
          });
        });
      }
    });
  }
}
