/**
 * `copy` of the `simd` engine against plain loops.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { assertSame, clone, layout, list, random, VARIANTS, viewOf } from "./operands.ts";

for (const { name, dtype, blas } of VARIANTS) {
  Deno.test(`copy() copies views of any rank (${name})`, () => {
    const shape = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(9, 17)), { maxLength: 4 });
    fc.assert(
      fc.property(shape, layout, layout, fc.nat(), (shape, h, g, seed) => {
        const x = viewOf(dtype, shape, h, random(seed)), y = viewOf(dtype, shape, { ...g, repeat: false }, () => 7);
        const wanted = clone(y);
        reference.copy({ x, y: wanted });
        blas.copy({ x, y });
        assertSame(y, wanted, 0);
        assertEquals(list(y), list(x));
      }),
      { numRuns: 150 },
    );
  });
}
