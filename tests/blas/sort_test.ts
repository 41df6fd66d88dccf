import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, newData } from "../../blas/dtype.ts";
import { argsort } from "../../blas/sort.ts";
import { allocate, view } from "../../blas/view.ts";
import { elementsOf } from "./layouts.ts";

/** NaN is the largest. */
const compare = (a: number, b: number): number => a === b ? 0 : a !== a ? (b !== b ? 0 : 1) : b !== b ? -1 : a - b;

function orderOf(numbers: readonly number[], dtype: DType, descending: boolean, count = numbers.length): number[] {
  const data = newData(dtype, numbers.length), y = allocate(dtype, [count]);
  data.set(numbers);
  argsort({ axis: 0, descending, x: view<DType>(data), y });
  return [...elementsOf(y)];
}

// Insertion up to 32 elements, digits of 8 bits below 4096, of 11 bits above.
for (const [least, most] of [[0, 9], [30, 60], [4090, 4110]] as const) {
  Deno.test(`argsort() is a stable sort of ${least} to ${most} elements, in either direction`, () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1), fc.float());
    fc.assert(
      fc.property(fc.array(number, { minLength: least, maxLength: most, size: "max" }), fc.boolean(), (xs, down) => {
        for (const dtype of ["float32", "float64"] as const) {
          const own = dtype === "float32" ? xs.map(Math.fround) : xs;
          const wanted = own.map((_, k) => k).sort((a, b) => (down ? -1 : 1) * compare(own[a]!, own[b]!) || a - b);
          assertEquals(orderOf(own, dtype, down), wanted);
          const some = Math.floor(own.length / 5); // few are looked for, more are taken from all
          assertEquals(orderOf(own, dtype, down, some), wanted.slice(0, some));
        }
      }),
      { numRuns: most > 1000 ? 5 : 100 },
    );
  });
}
