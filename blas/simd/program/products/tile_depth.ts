/**
 * The order in which a tile sums products, rearranged for the compiler that turns its code into machine code.
 *
 * @module
 */
import type { Depth, TileStep } from "./tile.ts";

/**
 * Returns the same steps, with the tail moved before the innermost loop, relative to the pointers there: if sums are
 * used after a loop, V8 spills some of them inside it.
 */
export function withTailInFront({ loops, steps, tail, chains }: Depth): Depth & { readonly head: readonly TileStep[] } {
  const { count, a, b } = loops[loops.length - 1]!;
  const head = tail.map((at) => ({ a: at.a + count * a, b: at.b + count * b }));
  if (head.some(({ a, b }) => a < 0 || b < 0)) return { loops, steps, tail, chains, head: [] }; // an offset cannot be negative
  return { loops, steps, tail: [], chains, head };
}

/** The most steps that are emitted without a loop. */
const STRAIGHT = 18;

/** Returns the same steps without a loop, if they are few. */
export function withoutShortLoops(depth: Depth): Depth {
  const { loops, steps, tail, chains } = depth;
  const most = loops.reduceRight(
    (sum, { count }, i) => count * sum + (i === loops.length - 1 ? tail.length : 0),
    steps.length,
  );
  if (most > STRAIGHT || chains || loops.some(({ a, b }) => a < 0 || b < 0)) return depth;
  const shift = (list: readonly TileStep[], { a, b }: TileStep, by: number) =>
    list.map((at) => ({ a: at.a + a * by, b: at.b + b * by }));
  const all = loops.reduceRight<readonly TileStep[]>((inside, loop, level) => {
    const unrolled = Array.from({ length: loop.count }, (_, i) => shift(inside, loop, i)).flat();
    return level === loops.length - 1 ? [...unrolled, ...shift(tail, loop, loop.count)] : unrolled;
  }, steps);
  const { count, a, b } = loops[0]!;
  return { loops: [{ count: 1, a: count * a, b: count * b }], steps: all, tail: [] };
}
