import { assertEquals, assertNotEquals } from "@std/assert";
import { hostKey } from "../../../autograd/compile/host_key.ts";
import type { AnyPrimitive, Primitive } from "../../../autograd/primitive.ts";
import { either } from "../../../deps.ts";

const primitive = (): AnyPrimitive =>
  ({
    name: "same name",
    samples: [],
    shape: ([shape]) => either.right(shape!),
    evaluate: ([x]) => x!,
    vjp: () => null,
  }) satisfies Primitive<unknown>;

Deno.test("hostKey() is equal for equal settings of one primitive, and for those only", () => {
  const one = primitive(), other = primitive();
  assertEquals(hostKey(one, { axes: [0, 1] }), hostKey(one, { axes: [0, 1] }));
  assertNotEquals(hostKey(one, { axes: [0, 1] }), hostKey(one, { axes: [1, 0] }));
  assertNotEquals(hostKey(one, {}), hostKey(other, {}));
});

Deno.test("hostKey() tells numbers apart that JSON does not", () => {
  const one = primitive(), keys = [0, -0, NaN, Infinity, -Infinity, null].map((value) => hostKey(one, { value }));
  assertEquals(new Set(keys).size, keys.length);
});

Deno.test("hostKey() is undefined where settings are more than data", () => {
  const one = primitive();
  for (const value of [Math.sin, Symbol("mine"), 1n]) assertEquals(hostKey(one, { deep: [value] }), undefined);
});
