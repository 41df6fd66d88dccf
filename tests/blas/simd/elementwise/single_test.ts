import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mapSingle } from "../../../../blas/simd/elementwise/single.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { allocate, unsafeView } from "../../../../blas/view.ts";

const [x, y] = [s.argument(0), s.argument(1)];

Deno.test("mapSingle() rounds to float32 once, and keeps signed zeros and NaN", () => {
  const number = fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** -149));
  const cases = [
    [s.add(x, y), (a: number, b: number) => a + b],
    [s.sub(x, y), (a: number, b: number) => a - b],
    [s.mul(x, y), (a: number, b: number) => a * b],
    [s.div(x, y), (a: number, b: number) => a / b],
  ] as const;
  fc.assert(fc.property(number, number, fc.constantFrom(...cases), (a, b, [expression, value]) => {
    const output = allocate("float32", [1]);
    const inputs = [Float32Array.of(9, a), Float32Array.of(b)].map((data, k) => unsafeView(data, [1], [1], 1 - k));
    assertEquals(mapSingle(expression, inputs, output), true);
    assertEquals(output.data[output.offset], Math.fround(value(a, b)));
  }));
});

Deno.test("mapSingle() leaves all other expressions to kernels", () => {
  const output = allocate("float64", []), given = [unsafeView(Float64Array.of(2), [], [], 0)];
  for (const expression of [s.exp(x), s.pow(x, 3), s.add(x, 1), s.max(x, y), s.mul(s.exp(x), y)]) {
    assertEquals(mapSingle(expression, [...given, ...given], output), false);
  }
});
