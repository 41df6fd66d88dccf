/**
 * The kernels made so far.
 *
 * @module
 */
import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { add, argument, mul } from "../../../../blas/scalar/scalar.ts";
import { kernelCache } from "../../../../blas/simd/elementwise/kernel_cache.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const x = argument(0), y = argument(1);
const cache = () => kernelCache(new WebAssembly.Memory({ initial: 16, maximum: 16 }), false, () => ALL_FUNCTIONS);

Deno.test("a kernel is made once for an expression, a dtype and a pattern of operands", () => {
  const entryOf = cache(), entry = entryOf(add(x, y));
  assertStrictEquals(entryOf(add(x, y)), entry);
  assertEquals(entry.used, [0, 1]);
  const kernels = [entry.kernel("float32", 0), entry.kernel("float32", 1), entry.kernel("float64", 0)];
  assertEquals(new Set(kernels).size, 3);
  assertStrictEquals(entry.kernel("float32", 1), kernels[1]);
});

Deno.test("at most 2,048 kernels are kept: those of the oldest expression are dropped", () => {
  const entryOf = cache(), first = entryOf(x), last = entryOf(y);
  first.kernel("float32", 0);
  last.kernel("float32", 0);
  for (let i = 0; i < 2047; i++) entryOf(mul(x, i + 0.5)).kernel("float32", 0);
  assertNotStrictEquals(entryOf(x), first);
  assertStrictEquals(entryOf(y), last);
});
