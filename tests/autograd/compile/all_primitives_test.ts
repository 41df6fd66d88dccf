import { assert, assertEquals } from "@std/assert";
import { compile, key, randomUniform, split, type Tensor, toList, transpose } from "../../../autograd/mod.ts";
import { PRIMITIVES } from "../../../autograd/ops/mod.ts";
import { cotangentsOf } from "../../../autograd/backward.ts";
import { apply, type Primitive, type Sample } from "../../../autograd/primitive.ts";
import { variableOf } from "../../../autograd/tensor.ts";

/** The operands of a sample, every other one seen through the strides of a transpose. */
function operandsOf({ inputs }: Sample<unknown>, dtype: "float32" | "float64"): readonly Tensor[] {
  return split(key(1), inputs.length).map((k, i) => {
    const { shape, min = -2, max = 2 } = inputs[i]!, strided = i % 2 === 1;
    const t = randomUniform(k, strided ? shape.toReversed() : shape, { dtype, min, max });
    return strided ? transpose(t) : t;
  });
}

/** The result, and the cotangents of the operands. */
const both =
  (primitive: Primitive<unknown>, attributes: unknown) => (operands: readonly Tensor[]): readonly Tensor[] => {
    const variables = operands.map((t) => variableOf(t.view)), y = apply(primitive, attributes, variables);
    return [y, ...cotangentsOf(y, y).values()];
  };

for (const dtype of ["float64", "float32"] as const) {
  for (const primitive of PRIMITIVES) {
    Deno.test(`${primitive.name} in ${dtype} and its derivatives are compiled what they are plainly`, () => {
      for (const sample of primitive.samples) {
        const f = both(primitive, sample.attributes), operands = operandsOf(sample, dtype);
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
