import { assertEquals } from "@std/assert";
import type { DType } from "../../blas/dtype.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../../blas/reduction.ts";

const join: { readonly [R in Reduction]: (a: number, b: number) => number } = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

Deno.test("the identity of a reduction changes no number", () => {
  for (const reduction of Object.keys(IDENTITY) as Reduction[]) {
    for (const x of [-Infinity, -1.5, 0, 3, Infinity, NaN]) assertEquals(join[reduction](IDENTITY[reduction], x), x);
  }
});

Deno.test("sums and products accumulate in float64, extrema in the dtype of the numbers", () => {
  const types = (dtype: DType) =>
    (["sum", "product", "max", "min"] as const).map((reduction) => accumulatorType(reduction, dtype));
  assertEquals(types("float32"), ["float64", "float64", "float32", "float32"]);
  assertEquals(types("float64"), ["float64", "float64", "float64", "float64"]);
});
