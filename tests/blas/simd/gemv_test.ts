/**
 * `gemv` and `ger` of the `simd` engine against plain loops.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import {
  assertSame,
  clone,
  EPSILON,
  factor,
  type Layout,
  layout,
  list,
  plain,
  random,
  size,
  VARIANTS,
  viewOf,
} from "./operands.ts";

for (const { name, dtype, blas } of VARIANTS) {
  const tolerance = (terms: number) => 4 * (terms + 2) * EPSILON[dtype];

  Deno.test(`gemv(), ger() agree with plain loops on any views (${name})`, () => {
    const problem = fc.record({
      m: size,
      n: size,
      alpha: factor,
      beta: factor,
      a: layout,
      x: layout,
      y: layout,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(problem, ({ m, n, alpha, beta, seed, ...how }) => {
        const next = random(seed), a = viewOf(dtype, [m, n], how.a, next), x = viewOf(dtype, [n], how.x, next);
        const y = viewOf(dtype, [m], { ...how.y, repeat: false }, next), wanted = clone(y);
        reference.gemv({ alpha, a, x, beta, y: wanted });
        blas.gemv({ alpha, a, x, beta, y });
        assertSame(y, wanted, tolerance(n));
        const matrix = viewOf(dtype, [m, n], { ...how.a, repeat: false }, next), updated = clone(matrix);
        reference.ger({ alpha, x: y, y: x, a: updated });
        blas.ger({ alpha, x: y, y: x, a: matrix });
        assertSame(matrix, updated, tolerance(n) * 30);
      }),
      { numRuns: 200 },
    );
  });

  Deno.test(`gemv() of long rows, long columns and few results agrees with plain loops (${name})`, () => {
    const next = random(7), spread: Layout = { ...plain, step: 2 }, turned: Layout = { ...plain, permuted: true };
    for (const [m, n] of [[20, 9001], [9001, 20], [12, 1300], [1300, 12], [3, 9001], [5, 100], [40, 4000]] as const) {
      for (const how of [plain, turned, spread, { ...spread, permuted: true }]) {
        const a = viewOf(dtype, [m, n], how, next), x = viewOf(dtype, [n], how, next);
        const y = viewOf(dtype, [m], plain, next), wanted = clone(y);
        reference.gemv({ alpha: 0.5, a, x, beta: 1, y: wanted });
        blas.gemv({ alpha: 0.5, a, x, beta: 1, y });
        assertSame(y, wanted, tolerance(dtype === "float32" ? Math.sqrt(n) : n)); // long sums are wide in float32
      }
    }
  });

  Deno.test(`ger() and axpy() by 0 change nothing, whatever they would add (${name})`, () => {
    const next = random(3), bad = viewOf(dtype, [8], plain, () => NaN), y = viewOf(dtype, [8], plain, next);
    const a = viewOf(dtype, [8, 8], plain, next), [before, matrix] = [list(y), list(a)];
    blas.ger({ alpha: 0, x: bad, y, a });
    blas.axpy({ alpha: 0, x: bad, y });
    assertEquals([list(y), list(a)], [before, matrix]);
  });
}
