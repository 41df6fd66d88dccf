/**
 * Sums of some columns of the matrix of windows (weight_product.ts).
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { DType } from "../../../../blas/dtype.ts";
import { sizesOf } from "../../../../blas/convolution.ts";
import { termsOf, transfers, withScratch } from "../../../../blas/simd/convolution/scratch_transfer.ts";
import { columnSums, conv2dWeightProduct } from "../../../../blas/simd/convolution/weight_product.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { allocate, type MutableView } from "../../../../blas/view.ts";
import { numbersOf, randomOf } from "../../program/programs.ts";

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`columns of the matrix of windows have the same bits alone as among others, ${dtype}`, () => {
    const random = randomOf(7), context = createContext(), w = allocate<DType>(dtype, [10, 3, 3, 3]);
    const geometry = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 2 } as const;
    const of = (shape: readonly number[]) => numbersOf(random, { dtype, shape }) as MutableView<DType>; // only read
    const x = of([40, 6, 9, 9]), y = of([40, 10, 9, 9]), sizes = sizesOf({ geometry, x, w, y });
    const problem = { context, sizes, geometry, x, w, y };
    assertEquals(conv2dWeightProduct(problem), true);
    const wanted = w.data.slice();
    w.data.fill(0);
    const terms = termsOf(problem), { width, k } = terms;
    for (const group of [1, 0]) {
      for (let from = 0; from < k; from += 2 * width) {
        const sums = columnSums(problem, terms, { group, from, to: Math.min(k, from + 2 * width) });
        withScratch(context.scratch, [sums.lasting, sums.image, sums.given, ...sums.passing], ([at, x, y, ...own]) => {
          const to = transfers(problem, terms);
          sums.begin(to, at!);
          sums.clear(to, own);
          for (let index = 0; index < 40; index++) sums.add(to, index, x!, y!, own);
          sums.finish(to);
        });
      }
    }
    assertEquals(w.data, wanted);
  });
}
