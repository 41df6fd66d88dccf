/**
 * BLAS level 1 of the `simd` engine against plain loops.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { assertSame, clone, EPSILON, factor, layout, plain, random, size, VARIANTS, viewOf } from "./operands.ts";

for (const { name, dtype, blas } of VARIANTS) {
  const tolerance = (terms: number) => 4 * (terms + 2) * EPSILON[dtype];

  Deno.test(`dot(), asum(), nrm2(), iamax(), axpy(), scal() agree with plain loops (${name})`, () => {
    const length = fc.oneof(size, fc.constantFrom(63, 64, 65, 8191, 8192, 8193, 20_000));
    fc.assert(
      fc.property(length, factor, layout, layout, fc.nat(), (n, alpha, h, g, seed) => {
        const next = random(seed),
          x = viewOf(dtype, [n], h, next),
          y = viewOf(dtype, [n], { ...g, repeat: false }, next);
        const sum = reference.asum(x); // at most 512 terms go into one of sixteen sums, and those into float64
        assertAlmostEquals(blas.dot(x, y), reference.dot(x, y), 600 * EPSILON[dtype] * sum);
        assertAlmostEquals(blas.asum(x), sum, 600 * EPSILON[dtype] * sum);
        assertAlmostEquals(blas.nrm2(x), reference.nrm2(x), 600 * EPSILON.float64 * (1 + sum));
        assertEquals(blas.iamax(x), reference.iamax(x));
        const wanted = clone(y);
        reference.axpy({ alpha, x, y: wanted });
        blas.axpy({ alpha, x, y });
        assertSame(y, wanted, tolerance(1));
        reference.scal({ alpha, x: wanted });
        blas.scal({ alpha, x: y });
        assertSame(y, wanted, tolerance(1));
      }),
      { numRuns: 150 },
    );
  });

  Deno.test(`nrm2() neither overflows nor underflows (${name})`, () => {
    const big = dtype === "float32" ? 2 ** 127 : 2 ** 1023, small = dtype === "float32" ? 2 ** -149 : 2 ** -1074;
    const of = (...values: number[]) =>
      viewOf(
        dtype,
        [values.length],
        plain,
        (() => {
          let i = -3;
          return () => values[i++] ?? 0;
        })(),
      );
    assertEquals(blas.nrm2(of(big / 2, big / 2, big / 2, big / 2)), big);
    assertEquals(blas.nrm2(of(3 * small, 4 * small)), 5 * small);
    assertEquals(blas.nrm2(of(3e-200, 4e-200)), dtype === "float32" ? 0 : 5e-200);
    assertEquals(blas.nrm2(of(0, 0, 0)), 0);
    assertEquals(blas.nrm2(of()), 0);
    assertEquals(blas.nrm2(of(1, -Infinity, big)), Infinity);
    assertEquals(blas.nrm2(of(1, NaN, Infinity)), NaN);
  });

  Deno.test(`iamax() finds the first of the largest, and the first NaN before all (${name})`, () => {
    const zeros = viewOf(dtype, [30_000], plain, () => 0),
      at = (i: number, value: number) => zeros.data[zeros.offset + i] = value;
    assertEquals(blas.iamax(zeros), 0);
    at(20_000, -5), at(20_001, 5);
    assertEquals(blas.iamax(zeros), 20_000);
    at(29_999, NaN), at(9_000, Infinity);
    assertEquals(blas.iamax(zeros), 29_999);
    at(123, NaN);
    assertEquals(blas.iamax(zeros), 123);
    assertEquals(blas.iamax(viewOf(dtype, [0], plain, () => 1)), -1);
  });
}
