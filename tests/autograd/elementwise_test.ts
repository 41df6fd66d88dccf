import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { backward } from "../../autograd/backward.ts";
import { tensor32, tensor64 } from "../../autograd/values/constructors.ts";
import { applyElementwise, elementwise, elementwiseOf, scalarConstant } from "../../autograd/elementwise.ts";
import { elu, minimum, remainder, safeDiv } from "../../autograd/ops/mod.ts";
import { toList, toNumber } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { gradient } from "../../autograd/transforms/gradient.ts";
import { mapPart } from "../../blas/parts/map.ts";
import { argument, exp, mul, sign, sub } from "../../blas/scalar/scalar.ts";

const difference = elementwise("scaledDifference", (a, b, rate) => mul(rate, sub(a, b)));

Deno.test("elementwise() makes a primitive of an expression: value, derivatives and samples", () => {
  const a = tensor64([3, 4]), b = tensor64(1), y = applyElementwise(difference, [a, b, 2]);
  assertEquals(toList(y), [4, 6]);
  const gradients = backward(y);
  assertEquals([toList(gradients.get(a)!), toNumber(gradients.get(b)!)], [[2, 2], -4]);
  assert(difference.samples().length > 0 && difference.samples().every(({ inputs }) => inputs.length === 3));
});

Deno.test("the derivative of a value that its own slope contains reads the value and does not compute it again", () => {
  let reads = 0;
  const probe = elementwise("probe", (x) => exp(x)), x = tensor64([0, 1]), y = applyElementwise(probe, [x]);
  const watched = new Proxy(y, {
    get: (target, name: keyof typeof y) => {
      reads++;
      return target[name];
    },
  });
  const slope = probe.vjp(0, tensor64([1, 1]), { attributes: {}, inputs: [x], output: watched });
  assertEquals(toList(slope!), toList(y));
  assert(reads > 0);
});

Deno.test("a derivative that is always 1 passes the cotangent on, one that is always 0 is null", () => {
  const identity = elementwise("identity", (x) => x), flat = elementwise("flat", (x) => sign(x));
  const x = tensor64([1, 2]), cotangent = tensor64([5, 6]), application = { attributes: {}, inputs: [x], output: x };
  assertStrictEquals(identity.vjp(0, cotangent, application), cotangent);
  assertEquals(flat.vjp(0, cotangent, application), null);
});

Deno.test("given derivatives take the place of those that follow from the expression, and are differentiated in turn", () => {
  const cube = elementwise("cube", (x) => mul(x, mul(x, x)), { derivatives: [(x) => mul(10, x!)] });
  const f = (x: Tensor<"float64">): Tensor<"float64"> => applyElementwise(cube, [x]);
  assertEquals(toNumber(gradient(f)(tensor64(2))), 20);
  assertEquals(toNumber(gradient(gradient(f))(tensor64(2))), 10);
});

Deno.test("scalarConstant() is a 0-d constant of the dtype", () => {
  const t = scalarConstant(0.1, "float32");
  assertEquals([t.tag, t.shape, t.dtype, toNumber(t)], ["constant", [], "float32", Math.fround(0.1)]);
  assertEquals(applyElementwise(difference, [tensor32([1]), 0.1, 1]).dtype, "float32");
});

Deno.test("elementwiseOf() gives equal expressions one primitive, which has as many operands as arguments", () => {
  const build = () => sub(argument(0), mul(argument(1), argument(2)));
  const primitive = elementwiseOf(build(), mapPart);
  assertStrictEquals(elementwiseOf(build(), mapPart), primitive);
  const a = tensor64([5, 6]), y = applyElementwise(primitive, [a, tensor64([1, 2]), 3]);
  assertEquals([toList(y), toList(backward(y).get(a)!)], [[2, 0], [1, 1]]);
});

Deno.test("records with a dtype are not taken for tensors beside numbers", () => {
  const record = { dtype: "float16" } as never;
  for (
    const call of [() => minimum(record, 0.5), () => remainder(1, record), () => elu(record), () => safeDiv(record, 1)]
  ) {
    assertThrows(call, TypeError, "to a record of dtype: operands must be tensors; wrap it with tensor32 or constant");
  }
});
