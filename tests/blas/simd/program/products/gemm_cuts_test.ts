/**
 * Where products are cut, and what their units read and write.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { lowerGemm } from "../../../../../blas/simd/program/products/gemm.ts";
import { gemmShares } from "../../../../../blas/simd/program/products/gemm_shares.ts";
import { unitsIn } from "../../../../../blas/simd/program/products/gemm_cuts.ts";
import { touchedByBatch, touchedByRows } from "../../../../../blas/simd/program/products/gemm_touched.ts";
import { planOf, problemOf } from "../../../../../blas/simd/program/products/gemm_plan.ts";
import { turned, whole } from "./run_product.ts";

const phasesOf = (a: readonly number[], b: readonly number[], isTurned = false) => {
  const second = isTurned ? turned(whole(1, [b[1]!, b[0]!])) : whole(1, b);
  return lowerGemm({ kind: "gemm", a: whole(0, a), b: second }, "float32", gemmShares).shares.phases;
};

Deno.test("rows are cut so that many numbers of threads have as many each, and the next instruction's rows", () => {
  assertEquals([unitsIn({ size: 5, full: 2, rest: 1 }), unitsIn({ size: 5, full: 2, rest: 0 })], [3, 2]);
  const [product] = phasesOf([1024, 96], [96, 80], true);
  assertEquals(product!.units % 8, 0);
  assertEquals(product!.touched!(0, product!.units / 2), {
    reads: [{ of: 0, from: 0, to: 512 * 96 }, { of: 1, from: 0, to: 96 * 80 }],
    writes: [{ of: 0, from: 0, to: 512 * 80 }],
    workspace: { from: 0, to: Infinity },
  });
});

Deno.test("packing reads one matrix only, so no thread waits for the other matrix before it", () => {
  const [packing, product] = phasesOf([1024, 96], [96, 80]);
  assertEquals(packing!.touched!(0, 1).reads, [{ of: 1, from: 0, to: 96 * 80 }]);
  assertEquals(packing!.touched!(0, 1).writes, []);
  assertEquals(product!.touched!(0, 1).reads.length, 2);
});

Deno.test("a weight that is no smaller than what it is multiplied with is divided itself", () => {
  const reads = ([phase]: ReturnType<typeof phasesOf>) => phase!.touched?.(0, 1).reads;
  assertEquals(reads(phasesOf([64, 100], [100, 128], true)), undefined); // columns: each unit reads all rows
  assertEquals(reads(phasesOf([128, 100], [100, 64], true))![1], { of: 1, from: 0, to: 6400 });
});

Deno.test("units of a batch read and write their matrices", () => {
  const [a, b] = [whole(0, [8, 20, 30]), whole(1, [8, 30, 10])] as const, problem = problemOf(a, b);
  const lowering = {
    a,
    b,
    dtype: "float32",
    bytes: 4,
    problem,
    oriented: problem,
    computed: problem,
    plan: planOf(problem, "float32", false),
    shape: [8, 20, 10],
    size: 1600,
    blockRows: 0,
    packedBytes: 0,
    uprightBytes: 0,
  } as const;
  assertEquals(touchedByBatch(lowering, 0)(2, 3), {
    reads: [{ of: 0, from: 1200, to: 1800 }, { of: 1, from: 600, to: 900 }],
    writes: [{ of: 0, from: 400, to: 600 }],
    workspace: undefined,
  });
  const rows = { ...lowering, problem: { ...problem, batch: [] }, oriented: { ...problem, batch: [] } };
  // The last unit has all rows that are left.
  assertEquals(touchedByRows(rows, { size: 6, full: 2, rest: 8 })(2, 3).reads[0], { of: 0, from: 360, to: 600 });
});
