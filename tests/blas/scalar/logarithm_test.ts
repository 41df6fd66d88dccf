import { assert, assertEquals } from "@std/assert";
import { horner, logarithm } from "../../../blas/scalar/logarithm.ts";

Deno.test("logarithm() is within a unit in the last place of the runtime's, for numbers of any size", () => {
  for (let k = 1; k < 20_000; k++) {
    const fraction = 1 + ((k * 0.6180339887498949) % 1);
    for (
      const x of [fraction, fraction * 2 ** (k % 1000), fraction * 2 ** -(k % 1000), 1 - 2 ** -53 * k, 1 + 2 ** -52 * k]
    ) {
      assert(Math.abs(logarithm(x) - Math.log(x)) <= 2 ** -52 * Math.abs(Math.log(x)), `${x}`);
    }
  }
});

Deno.test("logarithm() is exact at 1 and beside it by powers of two, and right at both sides of the root of one half", () => {
  for (const k of [0, 1, -1, 2, -4, 64]) assertEquals(logarithm(2 ** k), k * Math.LN2, `2^${k}`);
  for (const x of [Math.SQRT1_2, Math.SQRT1_2 * (1 - 2 ** -53), 0.7071, 0.70710678]) {
    assert(Math.abs(logarithm(x) - Math.log(x)) <= 2 ** -53);
  }
});

Deno.test("horner() computes a polynomial, lowest power first", () => {
  assertEquals(horner(2, [5]), 5);
  assertEquals(horner(2, [1, 3, 10]), 47);
});
