/**
 * Matrix products of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { GemmOperation } from "../../program/operations/gemm.ts";
import { sizeOf } from "../../shape.ts";
import { type GemmProblem, problemOf } from "../../simd/program/products/gemm_plan.ts";
import type { Code, Move } from "../code/code.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { lowerDots } from "./dots.ts";
import { planProduct } from "./plan.ts";
import { emitProduct, type ProductPlaces, workBytes } from "./product.ts";

/** The most axes of a batch: each takes a register that counts. */
const MOST_AXES = 2;

/** Prepares a product, or a batch of them. */
export const lowerGemm: MachineLowering<GemmOperation> = (operation, results, bits) => {
  const { a, b, epilogue } = operation;
  const { dtype } = results[0]!,
    problem = problemOf(a, b),
    { m, n, k, batch } = problem,
    bytes = BYTES_PER_ELEMENT[dtype];
  const axes = batch.filter(({ length }) => length !== 1);
  if (m * n * k * sizeOf(a.shape) === 0 || axes.length > MOST_AXES) return undefined;
  const plan = planProduct({ dtype, m, n, k, a: problem.a, b: problem.b, c: n }, bits);
  if (plan === undefined) return lowerDots(operation, results, bits);
  const then = epilogueOf(epilogue, { dtype, bits }), { staged } = then;
  return {
    workspace: staged + workBytes(plan),
    ...then.lowered,
    emit: (code, regions) => {
      const { value, results, workspace } = regions;
      const places: ProductPlaces = {
        a: code.pointer(value(a.value), a.offset * bytes),
        b: code.pointer(value(b.value), b.offset * bytes),
        c: code.pointer(epilogue === undefined ? results[0]! : workspace),
        work: workspace,
        offset: staged,
      };
      emitBatch(code, axes, bytes, places, () => emitProduct(code, plan, places));
      code.free(places.a, places.b, places.c);
      then.emit(code, regions);
    },
  };
};

/** Writes loops over the axes of a batch, around a product. */
function emitBatch(
  code: Code,
  axes: GemmProblem["batch"],
  bytes: number,
  places: ProductPlaces,
  product: () => void,
): void {
  const [axis, ...inner] = axes;
  if (axis === undefined) return product();
  const moves: readonly Move[] = [[places.a, axis.a * bytes], [places.b, axis.b * bytes], [places.c, axis.c * bytes]];
  code.loop(axis.length, moves, () => emitBatch(code, inner, bytes, places, product));
  moves.forEach(([pointer, by]) => code.move(pointer, -axis.length * by));
}
