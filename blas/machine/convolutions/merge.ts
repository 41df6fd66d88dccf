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

/** Positions of an image, by their remainders after division by the stride on both axes. */
export type Merged = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly stride: readonly [down: number, across: number];
  /** The positions of each pair of remainders, those of the same rows one after another. */
  readonly phases: readonly PositionPhase[];
  /** Bytes from the positions of one pair to those of the next; all pairs of a channel lie together. */
  readonly part: number;
};

/** The most elements of a row that are copied one by one without a loop. */
const UNROLLED = 16;

/** Writes the rows of all channels. Both pointers are the same afterwards. */
export function mergeRows(code: Code, lanes: Lanes, merged: Merged, from: Pointer, to: Pointer): void {
  const { channels, height, width, phases, part, stride: [, across] } = merged, row = width * lanes.bytes;
  const moves: readonly Move[] = [[from, phases.length * part], [to, height * row]];
  code.loop(channels, moves, () => {
    // The phases of the same rows.
    for (let k = 0; k < phases.length; k += across) {
      const { count, first } = phases[k]!.down;
      if (count === 0) continue;
      const source = code.pointerTo(at(from, k * part)), target = code.pointerTo(at(to, first * row));
      (across === 2 ? alternate : spread)(code, lanes, merged, phases.slice(k, k + across), source, target);
      code.free(source, target);
    }
  });
  moves.forEach(([pointer, by]) => code.move(pointer, -channels * by));
}

/** Writes rows whose elements come of two phases in turn. */
function alternate(
  code: Code,
  lanes: Lanes,
  { width, part, stride: [down] }: Merged,
  [even, odd]: readonly PositionPhase[],
  source: Pointer,
  target: Pointer,
): void {
  const second = code.pointerTo(at(source, part));
  const moves: readonly Move[] = [
    [source, even!.across.count * lanes.bytes],
    [second, odd!.across.count * lanes.bytes],
    [target, down * width * lanes.bytes],
  ];
  // Either of the two may have the first element.
  const [first, other] = even!.across.first === 0 ? [source, second] : [second, source];
  code.loop(even!.down.count, moves, () => interleave(code, lanes, width, first, other, target));
  code.free(second);
}

/** Writes rows whose elements come of any number of phases: each is copied by itself. */
function spread(
  code: Code,
  { bytes, dtype }: Lanes,
  { width, part, stride: [down, step] }: Merged,
  phases: readonly PositionPhase[],
  source: Pointer,
  target: Pointer,
): void {
  const lanes = new Lanes(code, dtype, 128), x = code.vector();
  phases.forEach(({ down: { count: rows }, across: { first, count } }, k) => {
    const from = code.pointerTo(at(source, k * part)), to = code.pointerTo(at(target, first * bytes));
    const some = (elements: number) => {
      for (let i = 0; i < elements; i++) {
        lanes.loadOne(x, at(from, i * bytes));
        lanes.storeOne(at(to, i * step * bytes), x);
      }
    };
    const turns = Math.floor(count / UNROLLED);
    code.loop(rows, [[from, count * bytes], [to, down * width * bytes]], () => {
      code.loop(turns, [[from, UNROLLED * bytes], [to, UNROLLED * step * bytes]], () => some(UNROLLED));
      some(count % UNROLLED);
      code.move(from, -turns * UNROLLED * bytes);
      code.move(to, -turns * UNROLLED * step * bytes);
    });
    code.free(from, to);
  });
  code.free(x);
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
