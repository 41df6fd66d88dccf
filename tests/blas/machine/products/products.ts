/**
 * Products for tests: plans, their memory, and what they must give.
 *
 * @module
 */
import { planProduct, type Problem, type ProductPlan } from "../../../../blas/machine/products/plan.ts";
import { emitProduct, workBytes } from "../../../../blas/machine/products/product.ts";
import type { Code } from "../../../../blas/machine/code/code.ts";
import type { Region } from "../../../../blas/machine/code/regions.ts";

/** The layouts of a matrix: plain, transposed, a part of a larger one, every row the same. */
export const LAYOUTS = ["plain", "transposed", "part", "repeated"] as const;

/** Returns the strides of a matrix, and the elements that it needs. */
export function laidOut(rows: number, columns: number, layout: typeof LAYOUTS[number]) {
  const row = layout === "plain" ? columns : layout === "transposed" ? 1 : layout === "part" ? columns + 3 : 0;
  const column = layout === "transposed" ? rows : 1;
  return { strides: { row, column }, elements: (rows - 1) * row + (columns - 1) * column + 1 };
}

/** Makes a product, or `undefined` if there is no code for it. */
export function productOf(
  dtype: "float32" | "float64",
  bits: 256 | 512,
  [m, n, k]: readonly [number, number, number],
  a: typeof LAYOUTS[number],
  b: typeof LAYOUTS[number],
  gap = 0,
):
  | { readonly plan: ProductPlan; readonly problem: Problem; readonly elements: readonly [number, number, number] }
  | undefined {
  const [p, q] = [laidOut(m, k, a), laidOut(k, n, b)];
  const problem: Problem = { dtype, m, n, k, a: p.strides, b: q.strides, c: n + gap };
  const plan = planProduct(problem, bits);
  return plan && { plan, problem, elements: [p.elements, q.elements, (m - 1) * (n + gap) + n] };
}

/** Writes the code of a product on these regions. */
export function writeProduct(code: Code, plan: ProductPlan, [a, b, c, work]: readonly Region[]): void {
  const [p, q, to] = [a, b, c].map((one) => code.pointer(one!));
  emitProduct(code, plan, { a: p!, b: q!, c: to!, work: work!, offset: 0 });
  code.free(p!, q!, to!);
}

/** Returns the bytes of the regions of a product. */
export const bytesOf = (plan: ProductPlan, elements: readonly number[]): readonly number[] => [
  ...elements.map((count) => count * plan.bytes),
  workBytes(plan),
];

/** Returns what a product must be: sums in float64. */
export function expected({ m, n, k, a, b }: Problem, p: ArrayLike<number>, q: ArrayLike<number>): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += p[i * a.row + l * a.column]! * q[l * b.row + j * b.column]!;
      c[i * n + j] = sum;
    }
  }
  return c;
}
