/**
 * Matrix products of programs in machine code.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import type { GemmOperation } from "../../program/operations/gemm.ts";
import { sizeOf } from "../../shape.ts";
import { type GemmProblem, problemOf } from "../../simd/program/products/gemm_plan.ts";
import { isExactProduct } from "../../simd/block_sizes.ts";
import type { Code, Move } from "../code/code.ts";
import { at } from "../code/regions.ts";
import { epilogueOf } from "../maps/epilogue.ts";
import type { MachineLowering } from "../program/lowering.ts";
import { lowerDots } from "./dots.ts";
import { mostRows, planProduct, type ProductPlan } from "./plan.ts";
import { cutBlocks, emitProduct, type ProductPlaces, type RowBlocks, workBytes } from "./product.ts";

/** The most axes of a batch: each takes a register that counts. */
const MOST_AXES = 2;

/** Prepares a product, or a batch of them. */
export const lowerGemm: MachineLowering<GemmOperation> = (operation, results, bits, whole) => {
  const { a, b, epilogue } = operation;
  const { dtype } = results[0]!,
    problem = problemOf(a, b),
    { m, n, k, batch } = problem,
    bytes = BYTES_PER_ELEMENT[dtype];
  const axes = batch.filter(({ length }) => length !== 1);
  if (m * n * k * sizeOf(a.shape) === 0 || axes.length > MOST_AXES) return undefined;
  const all = sizeOf(whole[0]!.shape);
  // Of few results, all terms are added in float64, which WebAssembly does.
  if (isExactProduct(all, k, dtype)) return undefined;
  const plan = planProduct({ dtype, m, n, k, a: problem.a, b: problem.b, c: n }, bits, all);
  if (plan === undefined) return lowerDots(operation, results, bits);
  const isSingle = axes.length === 0, rows = isSingle ? blockRows(plan) : m, cut = cutBlocks(plan, rows);
  // Blocks of rows, or whole products of a batch, are followed by the loop while they are in the caches.
  const together = k <= plan.pass,
    counts = cut.rest === 0 ? [rows * n] : cut.whole === 0 ? [] : [rows * n, cut.rest * n];
  const blocks = isSingle ? counts : axes.length === 1 ? [m * n] : [];
  const then = epilogueOf(epilogue, { dtype, bits, blocks, apart: isSingle && !together, held: HELD }),
    { staged } = then;
  return {
    workspace: staged + workBytes(plan),
    ...then.lowered,
    emit: (code, regions) => {
      const { value, results, workspace } = regions, isBatch = then.inBlocks && !isSingle;
      const places: ProductPlaces = {
        a: code.pointer(value(a.value), a.offset * bytes),
        b: code.pointer(value(b.value), b.offset * bytes),
        c: code.pointer(epilogue === undefined ? results[0]! : workspace),
        work: workspace,
        offset: staged,
      };
      if (isBatch) {
        const [axis] = axes as [GemmProblem["batch"][number]]; // there is one
        code.count(axis.length, 1, (counter) => {
          const own = {
            ...places,
            a: code.pointerToAlong(at(places.a), counter, axis.a * bytes),
            b: code.pointerToAlong(at(places.b), counter, axis.b * bytes),
          };
          emitProduct(code, plan, own);
          code.free(own.a, own.b);
          then.emitBlock(code, regions, { first: 0, count: m * n, counter, step: m * n });
        });
      } else {
        const done: RowBlocks["done"] = (first, count, counter) =>
          then.emitBlock(code, regions, {
            first: first * n,
            count: count * n,
            ...counter && { counter, step: rows * n },
          });
        const blocked = then.inBlocks ? { rows, together, done } : undefined;
        emitBatch(code, axes, bytes, places, () => emitProduct(code, plan, places, blocked));
      }
      code.free(places.a, places.b, places.c);
      then.emit(code, regions);
    },
  };
};

/** The registers that are in use after each block: the matrices, and the number of the block. */
const HELD = 4;

/** Bytes of a block of the product, which stays in the first-level cache, unless that is too few rows. */
const BLOCK_BYTES = 16_384;

/** The fewest rows of a block, for each of which the second matrix is read again, and the bytes up to which that is cheap. */
const LEAST_ROWS = 48, NEAR = 262_144;

/** Returns the rows of a block: whole tiles. */
function blockRows({ n, k, pass, bytes, vectors, bits, block }: ProductPlan): number {
  if (Math.min(k, pass) * n * bytes > NEAR) return block;
  const most = mostRows(vectors, bits), rows = Math.max(LEAST_ROWS, Math.floor(BLOCK_BYTES / (n * bytes)));
  return Math.min(block, Math.floor(rows / most) * most);
}

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
