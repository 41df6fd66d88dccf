import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import { euclideanNorm, gradientNorm } from "../../../optim/diagnostics/gradient_norm.ts";

/** Agreement to a few units of the last digit; subnormal numbers have fewer digits. */
const agree = (a: number, b: number): boolean => a === b || Math.abs(a - b) <= 1e-14 * Math.abs(b) + 1e-322;

Deno.test("euclideanNorm() equals Math.hypot() over all magnitudes, those whose squares over- or underflow too", () => {
  const magnitude = fc.tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -320, max: 307 }))
    .map(([digits, exponent]) => digits * 10 ** exponent);
  fc.assert(fc.property(fc.array(fc.oneof(magnitude, fc.constant(0)), { maxLength: 5 }), (values) => {
    const expected = Math.hypot(...values);
    fc.pre(Number.isFinite(expected));
    assert(agree(euclideanNorm(values), expected), `${euclideanNorm(values)} against ${expected}`);
  }));
});

Deno.test("gradientNorm() is the norm of all gradients as one vector, in both norms", () => {
  const gradients = { a: tensor64([1, -2]), b: [tensor64([[2, 4]]), tensor64([])] };
  assertEquals([gradientNorm(gradients), gradientNorm(gradients, { norm: "inf" })], [5, 4]);
  assertThrows(() => gradientNorm(gradients, { norm: "l1" as "l2" }), RangeError, 'norm must be "l2" or "inf"');
});
