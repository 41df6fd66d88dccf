/**
 * A matrix product from its plan: packing (pack_matrices), rows of tiles (matrix_emitter), and how it divides (`blas/simd/program/products/gemm_shares.ts`, which `gemm.ts` calls).
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { lowerGemm } from "../../../../../blas/simd/program/products/gemm.ts";
import { gemmShares } from "../../../../../blas/simd/program/products/gemm_shares.ts";
import {
  afterPacking,
  type GemmLowering,
  type GemmPlan,
  type GemmProblem,
  planOf,
  problemOf,
} from "../../../../../blas/simd/program/products/gemm_plan.ts";
import { isSmall, matrixEmitter, sumBytes } from "../../../../../blas/simd/program/products/matrix_emitter.ts";
import { packMatrices } from "../../../../../blas/simd/program/products/pack_matrices.ts";
import { packedElements } from "../../../../../blas/simd/program/products/pack.ts";
import { linesBytes } from "../../../../../blas/simd/program/products/line_pack.ts";
import { KERNEL_VARIANTS, kernelMemory, wholes } from "../../kernel_memory.ts";
import { whole } from "../small_programs.ts";

const A = 1000, B = 10_000, C = 30_000, PACKED = 50_000, SUMS = 80_000;

/** Plans that pack nothing, panels, and both matrices along the axis of sums; one of them in passes. */
const PLANS: readonly Pick<GemmPlan, "form" | "packed" | "upright" | "pass">[] = [
  { form: "outer", packed: false, upright: false, pass: 400 },
  { form: "outer", packed: "panels", upright: false, pass: 8 },
  { form: "dot", packed: "columns", upright: true, pass: 400 },
  { form: "dot", packed: "columns", upright: true, pass: 4 },
];

for (const [dtype, fused] of KERNEL_VARIANTS) {
  const bytes = dtype === "float32" ? 4 : 8, where = `in ${dtype}${fused ? " with fused multiply-add" : ""}`;

  Deno.test(`rows of a product equal three plain loops, by every plan ${where}`, () => {
    for (const [m, n, k] of [[1, 1, 1], [5, 9, 7], [13, 18, 21]] as const) {
      for (const given of PLANS) {
        for (const wide of dtype === "float32" ? [false, true] : [false]) {
          const plan: GemmPlan = { ...given, wide, exact: wide && "chains", transposed: false },
            upright = given.upright;
          const problem: GemmProblem = {
            m,
            n,
            k,
            // What is packed along the axis of sums does not lie along it.
            a: { rows: m, columns: k, row: upright ? 1 : k, column: upright ? m : 1 },
            b: { rows: k, columns: n, row: n, column: 1 },
            batch: [],
            unit: 1,
          };
          const packedBytes = plan.packed === "panels"
            ? packedElements(problem, dtype) * bytes
            : plan.packed === "columns"
            ? linesBytes(n, k, bytes)
            : 0;
          const lowering = {
            oriented: problem,
            plan,
            packedBytes,
            uprightBytes: plan.upright ? linesBytes(m, k, bytes) : 0,
          } as GemmLowering;
          const { run, put, take } = kernelMemory(dtype, fused, (module, lanes) => {
            const emit = matrixEmitter(module, lanes, afterPacking(problem, plan, bytes), plan);
            const names = { a: "i32", b: "i32", c: "i32", packed: "i32", sums: "i32" } as const;
            module.function({ name: "run", parameters: names }, (f, { a, b, c, packed, sums }) => {
              const at = packMatrices(f, lanes, lowering, { a, b }, packed);
              emit(f, m, { ...at, c, sums });
            });
          }, 12);
          const a = wholes(m * k, 2), b = wholes(k * n, 3);
          run("run", put(A, a), put(B, b), put(C, new Array(m * n + 1).fill(-1)), PACKED * bytes, SUMS * bytes);
          const wanted = Array.from({ length: m * n }, (_, at) => {
            const i = Math.floor(at / n), j = at % n;
            return Array.from({ length: k }, (_, p) => a[i * problem.a.row + p * problem.a.column]! * b[p * n + j]!)
              .reduce((x, y) => x + y);
          });
          assertEquals(take(C, m * n + 1), [...wanted, -1], JSON.stringify([m, n, k, plan]));
        }
      }
    }
  });
}

Deno.test("small products are computed where they stand, and only wide sums take memory", () => {
  const problem = problemOf(whole(0, [8, 16]), whole(1, [16, 16])), plan = planOf(problem, "float32", false);
  assertEquals([isSmall(problem), isSmall({ ...problem, k: 17 })], [true, false]);
  assertEquals([sumBytes({ ...plan, wide: true }, 9), sumBytes({ ...plan, wide: false }, 9)], [128, 0]);
});

Deno.test("small products do not divide, batches do by their indices, and large ones by rows", () => {
  const unitsOf = (a: readonly number[], b: readonly number[]) =>
    lowerGemm({ kind: "gemm", a: whole(0, a), b: whole(1, b) }, "float32", gemmShares).shares.phases.map(({ units }) =>
      units
    );
  assertEquals(unitsOf([8, 16], [16, 16]), [1]);
  assertEquals(unitsOf([5, 20, 30], [5, 30, 20]), [5]);
  const [units] = unitsOf([600, 64], [64, 64]).slice(-1);
  assert(units! >= 8 && units! <= 600 / 12, `${units} units of 12 rows or more`);
});
