/**
 * Putting positions of different remainders back into one image.
 *
 * @module
 */
import type { PositionPhase } from "../../simd/program/products/conv_residues.ts";
import type { Vector } from "../assembler/registers.ts";
import type { Code, Move } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { at, type Pointer } from "../code/regions.ts";

/** Positions of an image with remainders of 2 on both axes. */
export type Merged = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The positions of each pair of remainders. */
  readonly phases: readonly PositionPhase[];
  /** Bytes from the positions of one pair to those of the next; all pairs of a channel lie together. */
  readonly part: number;
};

/** Writes the rows of all channels. Both pointers are the same afterwards. */
export function mergeRows(code: Code, lanes: Lanes, merged: Merged, from: Pointer, to: Pointer): void {
  const { channels, height, width, phases, part } = merged, row = width * lanes.bytes;
  const moves: readonly Move[] = [[from, phases.length * part], [to, height * row]];
  code.loop(channels, moves, () => {
    phases.forEach((first, k) => {
      if (first.across.first !== 0) return;
      // The phase of the other columns in the same rows.
      const other = phases.findIndex(({ down, across }) => down === first.down && across !== first.across);
      const { count, first: top } = first.down, source = code.pointerTo(at(from, k * part));
      const second = code.pointerTo(at(from, other * part)), target = code.pointerTo(at(to, top * row));
      const steps: readonly Move[] = [
        [source, first.across.count * lanes.bytes],
        [second, phases[other]!.across.count * lanes.bytes],
        [target, 2 * row],
      ];
      code.loop(count, steps, () => interleave(code, lanes, width, source, second, target));
      code.free(source, second, target);
    });
  });
  moves.forEach(([pointer, by]) => code.move(pointer, -channels * by));
}

/** Writes a row whose even elements come of one place, and the odd ones of another. */
function interleave(code: Code, given: Lanes, width: number, even: Pointer, odd: Pointer, to: Pointer): void {
  const lanes = new Lanes(code, given.dtype, 256), { count } = lanes, turns = Math.floor(width / (2 * count));
  // Four registers are four.
  const [x, y, low, high] = code.vectors(4) as [Vector, Vector, Vector, Vector], rest = width % (2 * count);
  const put = (name: "unpckl" | "unpckh", to: Vector) => lanes.binary(name, to, x, y);
  const combine = (to: Vector, immediate: number) =>
    code.assembler.vector("binary", "vperm2f128", 256, [to, low, high], { immediate });
  const some = (left: number) => {
    const apart = (elements: number, use: (edge: ReturnType<Lanes["edge"]> | undefined) => void) => {
      if (elements <= 0) return;
      const edge = elements < count ? lanes.edge(elements) : undefined;
      use(edge);
      if (edge !== undefined) lanes.release(edge);
    };
    lanes.zero(y);
    apart(Math.ceil(left / 2), (edge) => lanes.load(x, at(even), edge));
    apart(Math.floor(left / 2), (edge) => lanes.load(y, at(odd), edge));
    put("unpckl", low);
    put("unpckh", high);
    // Each half of these has neighbours; the lower halves come first.
    combine(x, 0x20);
    apart(Math.min(count, left), (edge) => lanes.store(at(to), x, edge));
    combine(x, 0x31);
    apart(Math.min(count, left - count), (edge) => lanes.store(at(to, lanes.width), x, edge));
  };
  const moves: readonly Move[] = [[even, lanes.width], [odd, lanes.width], [to, 2 * lanes.width]];
  code.loop(turns, moves, () => some(2 * count));
  if (rest > 0) some(rest);
  moves.forEach(([pointer, by]) => code.move(pointer, -turns * by));
  code.free(x, y, low, high);
}
