import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { constant, tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import { cast } from "../../../autograd/ops/cast.ts";
import { mul, square, sum } from "../../../autograd/ops/mod.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { DTypeError } from "../../../blas/errors.ts";

Deno.test("cast() rounds to float32 as Math.fround does, and back exactly", () => {
  fc.assert(fc.property(fc.array(fc.double()), (values) => {
    const narrow = cast(constant(values, { dtype: "float64" }), "float32");
    assertEquals(narrow.dtype, "float32");
    assertEquals(toList(narrow), values.map(Math.fround));
    assertEquals(toList(cast(narrow, "float64")), values.map(Math.fround));
  }));
});

Deno.test("cast() reads any strides", () => {
  const t = transpose(tensor64([[1, 2, 3], [4, 5, 6]]));
  assertEquals(toArray(cast(t, "float32")), [[1, 4], [2, 5], [3, 6]]);
});

Deno.test("cast() to the dtype that a tensor has returns the same tensor", () => {
  const t = tensor32([1]);
  assertStrictEquals<Tensor>(cast(t, "float32"), t);
});

Deno.test("the gradient of cast() comes back in the operand's dtype, from both dtypes, twice too", () => {
  const x = tensor64([1, 1 / 3]), weights = constant([3, 5]);
  const g = backward(sum(mul(cast(x, "float32"), weights))).get(x)!;
  assertEquals([g.dtype, toList(g)], ["float64", [3, 5]]);
  const y = tensor32(3), h = backward(square(cast(y, "float64"))).get(y)!;
  assertEquals([h.dtype, toList(h)], ["float32", [6]]);
  const second = gradient(gradient((t: Tensor<"float32">) => square(cast(t, "float64"))))(y);
  assertEquals([second.dtype, toNumber(second)], ["float32", 2]);
});

Deno.test("cast() refuses what is not a dtype", () => {
  const untyped = "float16" as "float32";
  assertThrows(
    () => cast(tensor32(1), untyped),
    DTypeError,
    "float16: there are two dtypes, float32 and float64; pass",
  );
  assert(cast(tensor32(1), "float64").requiresGrad);
});
