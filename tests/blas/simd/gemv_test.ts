/**
 * `gemv` and `ger` of the `simd` engine against plain loops.
 *
 * @module
 */
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { assertSame, clone, EPSILON, factor, layout, random, size, VARIANTS, viewOf } from "./operands.ts";

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
}
