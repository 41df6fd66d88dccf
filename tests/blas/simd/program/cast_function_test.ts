/**
 * Conversions between the dtypes.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, DTYPES } from "../../../../blas/dtype.ts";
import { buildCast } from "../../../../blas/simd/program/cast_function.ts";
import { sizeOf } from "../../../../blas/shape.ts";
import { unsafeView, type View } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { over } from "../../program/memory/memory.ts";
import { operandOf, randomOf, shapeOf } from "../../program/programs.ts";

const RESULT = 32768;

const NAMES = Object.keys(DTYPES) as DType[];
const PAIRS = NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const));

Deno.test("casts are rounded to the nearest, whatever the strides, and write nothing else", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), fc.constantFrom(...PAIRS), (seed, [from, to]) => {
      const random = randomOf(seed), shape = shapeOf(random), operand = operandOf(random, 0, 3000, shape)!;
      const { memory, run } = over(2, (m) => buildCast(m, { operand, from, to, address: 64, result: RESULT }));
      const { Data } = DTYPES[from], { Data: To } = DTYPES[to];
      const buffer = memory.buffer as ArrayBuffer;
      const given = new Data(buffer, 64, 3000).map((_, i) => Math.sqrt(i) - 10), size = sizeOf(shape);
      new Data(buffer, 64, 3000).set(given);
      const results = new To(buffer, RESULT, size + 4).fill(7);
      run();
      const wanted = elementsOf(unsafeView(given as View["data"], shape, operand.stride, operand.offset) as View);
      assertEquals([...results], [...new To(wanted), 7, 7, 7, 7]);
    }),
    { numRuns: 200 },
  );
});
