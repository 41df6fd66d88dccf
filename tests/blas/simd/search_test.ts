/**
 * `Engine.search` of the simd engine against plain loops.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { poolingRegions } from "../../../blas/pooling.ts";
import { searchOf } from "../../../blas/program/operations/search.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { simdEngine } from "../../../blas/simd/mod.ts";
import { allocate, type View, view } from "../../../blas/view.ts";
import { elementsOf } from "../layouts.ts";

const simd = simdEngine(), narrow = simdEngine({ maximumBytes: 1 << 20 });

/** Few different numbers, infinities, zeros of both signs and NaN among them. */
const VALUES = [1, 2, -3, 0, -0, 2, -Infinity, Infinity, NaN, 5, 5, 1, 4, 4, 3, -1];

const size = fc.constantFrom(1, 2, 3, 5), side = fc.integer({ min: 5, max: 21 });

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`extremes of windows of any size, stride and padding are those that loops find, in ${dtype}`, () => {
    fc.assert(
      fc.property(
        fc.record({
          high: size,
          wide: size,
          down: size,
          across: size,
          pad: fc.nat(2),
          height: side,
          width: side,
          many: fc.boolean(),
        }),
        fc.constantFrom("max", "min"),
        fc.integer({ min: 1, max: 50 }),
        ({ high, wide, down, across, pad, height, width, many }, extremum, seed) => {
          const shape = [many ? 40 : 3, 5, height, width],
            top = Math.min(pad, high - 1),
            left = Math.min(pad, wide - 1);
          const counts = [
            Math.floor((height + 2 * top - high) / down) + 1,
            Math.floor((width + 2 * left - wide) / across) + 1,
          ] as const;
          const geometry = { size: [high, wide], stride: [down, across], padding: [top, left, top, left] } as const;
          const numbers = Array.from(
            { length: sizeOf(shape) },
            (_, k) => VALUES[(k * seed + (k >> 3)) % VALUES.length]!,
          );
          const data = dtype === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
          const x = view<"float32" | "float64">(data, shape) as View;
          const operator = searchOf(extremum, (own) => poolingRegions(geometry, counts, own));
          const results = [simd, narrow, reference].map((engine) =>
            elementsOf(operator.run(engine, [x], { dtype, shape: [shape[0]!, shape[1]!, ...counts] }))
          );
          assertEquals(results[0], results[2]);
          assertEquals(results[1], results[2]);
        },
      ),
      { numRuns: 150 },
    );
  });
}

Deno.test("extremes along axes of a matrix are those that loops find", () => {
  const x = view(Float32Array.from({ length: 60 * 70 }, (_, k) => (k * 31) % 97), [60, 70]) as View;
  for (const [axis, count] of [[0, 70], [1, 60]] as const) {
    const steps = axis === 0 ? [1, 70] : [70, 1], lengths = axis === 0 ? [70, 60] : [60, 70];
    const region = {
      place: [{ start: 0, step: 1, count }],
      shape: lengths,
      stride: steps,
      offset: 0,
      numbers: { offset: 0, stride: [0, 1] },
    };
    const [found, wanted] = [simd, reference].map((engine) => {
      const y = allocate("float32", [count]);
      engine.search({ extremum: "max", x, regions: [region], y } as Parameters<typeof engine.search>[0]);
      return elementsOf(y as View);
    });
    assertEquals(found, wanted);
  }
});
