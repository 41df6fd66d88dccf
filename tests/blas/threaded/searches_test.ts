/**
 * Plain searches in blocks: searches.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { engines } from "../../../blas/engines.ts";
import { poolingRegions } from "../../../blas/pooling.ts";
import { searchOf } from "../../../blas/program/operations/search.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { blockThreads } from "../../../blas/threaded/blocks.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { dividedSearches } from "../../../blas/threaded/searches.ts";
import { type View, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

Deno.test("searches in blocks of planes find what one thread finds", async () => {
  const pool = await startPool(3), divide = dividedSearches(blockThreads(pool));
  let divided = 0;
  try {
    fc.assert(
      fc.property(
        fc.constantFrom([40, 5, 31, 30], [301, 1, 20, 20], [3, 2, 40, 40]),
        fc.constantFrom("max" as const, "min" as const),
        fc.constantFrom("float32" as const, "float64" as const),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(1),
        fc.nat(),
        (shape, extremum, dtype, step, pad, seed) => {
          const [images, channels, height, width] = shape as [number, number, number, number];
          const counts = [height, width].map((n) => Math.floor((n + 2 * pad - 3) / step) + 1) as [number, number];
          const geometry = { size: [3, 3], stride: [step, step], padding: [pad, pad, pad, pad] } as const;
          const data = Float64Array.from({ length: sizeOf(shape) }, (_, k) => (k * (seed % 97) + (k >> 3)) % 89);
          data[seed % data.length] = NaN;
          const x = view<"float32" | "float64">(dtype === "float32" ? new Float32Array(data) : data, shape) as View;
          const operator = searchOf(extremum, (own) => poolingRegions(geometry, counts, own));
          const whole = { dtype, shape: [images, channels, ...counts] };
          const search: typeof engines.simd.search = (operands) => {
            if (divide(operands)) divided++;
            else engines.simd.search(operands);
          };
          const found = operator.run({ ...engines.simd, search }, [x], whole);
          assertEquals(elementsOf(found), elementsOf(operator.run(engines.simd, [x], whole)));
        },
      ),
      { numRuns: 20 },
    );
    assert(divided > 3, `${divided} of 20 were divided`);
  } finally {
    pool.close();
  }
});
