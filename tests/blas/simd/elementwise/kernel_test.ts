/**
 * What kernels are made from and how many there are.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import * as scalar from "../../../../blas/scalar/scalar.ts";
import { formatExpressions } from "../../../../blas/program/format/format_expressions.ts";
import { evaluateScalar } from "../../../../blas/scalar/evaluate.ts";
import type { Scalar } from "../../../../blas/scalar/scalar.ts";
import { uniformParts } from "../../../../blas/simd/elementwise/emit.ts";
import { kernelBytes } from "../../../../blas/simd/elementwise/kernel.ts";
import { kernelCache } from "../../../../blas/simd/elementwise/kernel_cache.ts";
import { rewrite } from "../../../../blas/simd/elementwise/rewrite.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";

const { add, argument, div, exp, mul, sub, tanh } = scalar;
const x = argument(0), y = argument(1);
const inner = add(x, mul(0.044715, mul(x, mul(x, x))));
const gelu = mul(mul(0.5, x), add(1, tanh(mul(0.75, inner))));

const text = (expression: Scalar): string => formatExpressions([expression], ["x", "y"], [])[0]!.text;

Deno.test("rewrite makes one quotient of the approximate GELU", () => {
  assertStrictEquals(rewrite(gelu), div(x, add(1, exp(mul(-1.5, inner)))));
  assertStrictEquals(rewrite(add(tanh(x), 1)), div(2, add(1, exp(mul(-2, x)))));
});

Deno.test("rewrite keeps a tanh that is needed elsewhere, and expressions without tanh", () => {
  const both = mul(add(1, tanh(x)), sub(1, tanh(x)));
  assertStrictEquals(rewrite(both), both);
  const other = add(exp(x), div(mul(0.5, y), x));
  assertStrictEquals(rewrite(other), other);
});

Deno.test("rewrite changes no value", () => {
  const expressions = [
    gelu,
    mul(add(1, tanh(y)), mul(x, 0.5)),
    add(1, tanh(add(1, tanh(x)))),
    mul(add(1, tanh(x)), gelu),
  ];
  const number = fc.double({ min: -6, max: 6, noNaN: true });
  fc.assert(fc.property(number, number, (a, b) => {
    for (const expression of expressions) {
      const before = evaluateScalar(expression, [a, b]), after = evaluateScalar(rewrite(expression), [a, b]);
      assert(Math.abs(before - after) <= 1e-14 * (1 + Math.abs(a)), `${text(expression)} at ${a}, ${b}`);
    }
  }));
});

Deno.test("uniformParts finds the parts that depend only on repeated operands", () => {
  const scaled = mul(0.5, y), all = add(mul(x, scaled), exp(y));
  const uniform = uniformParts(all, (k) => k === 1);
  assertEquals([uniform.has(scaled), uniform.has(exp(y)), uniform.has(mul(x, scaled)), uniform.has(all)], [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("a kernel without relaxed SIMD has no relaxed instruction", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const common = { expression: gelu, dtype: "float32", repeated: 0, memory } as const;
  // Prefix 0xfd, then the opcode in LEB128: 0x105 to 0x10c are 0x85 to 0x8c, 0x02.
  const hasRelaxed = (bytes: Uint8Array) =>
    bytes.some((byte, i) => byte === 0xfd && bytes[i + 1]! >= 0x85 && bytes[i + 1]! <= 0x8c && bytes[i + 2] === 0x02);
  assertEquals(
    [false, true].map((relaxed) => hasRelaxed(kernelBytes({ ...common, relaxed, functions: ALL_FUNCTIONS }))),
    [false, true],
  );
});

Deno.test("kernels are made once, and dropped when there are too many", () => {
  const entryOf = kernelCache(new WebAssembly.Memory({ initial: 1, maximum: 16 }), false, () => ALL_FUNCTIONS);
  const first = entryOf(gelu), kernel = first.kernel("float32", 0);
  assertStrictEquals(entryOf(gelu), first);
  assertStrictEquals(first.kernel("float32", 0), kernel);
  assert(first.kernel("float64", 0) !== kernel && first.kernel("float32", 1) !== kernel);
  for (let k = 0; k < 2100; k++) entryOf(add(x, k + 0.5)).kernel("float32", 0);
  assert(entryOf(gelu) !== first);
});
