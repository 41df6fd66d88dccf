/**
 * Merging images from phases of positions that were computed separately.
 *
 * @module
 */
import { type FunctionBuilder, i32, type Local } from "../../../wasm/mod.ts";
import type { LaneInstructions } from "../../lane_instructions.ts";
import type { PositionPhase } from "./conv_residues.ts";
import { loadPartialVector, storePartialVector } from "./partial_vector.ts";
import { repeat } from "./repeat.ts";

/** The number of vectors that one iteration copies. */
const UNROLL = 4;

/** Emits the merging of images from phases, each of them an array `[channels, rows, columns]`. */
export function emitMerge(
  f: FunctionBuilder,
  lanes: LaneInstructions,
  { channels, height, width, stride: [down, across], phases, starts }: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly stride: readonly [number, number];
    readonly phases: readonly PositionPhase[];
    /** The start of each phase, in bytes from `apart`. */
    readonly starts: readonly number[];
  },
  apart: Local<"i32">,
  target: Local<"i32">,
): void {
  const { bytes, count, scalar, interleave } = lanes;
  /** Emits the copying of positions that are a stride apart, one by one. */
  function spread(from: Local<"i32">, to: Local<"i32">, many: number) {
    const at = f.let(from), put = f.let(to);
    repeat(f, many, () => {
      f.do(scalar.store(put, scalar.load(at)));
      f.increment(at, bytes);
      f.increment(put, across * bytes);
    });
  }
  /** Emits the interleaving of two phases, the first of which may have one element more. */
  function inTurns([even, odd]: readonly Local<"i32">[], to: Local<"i32">, total: number) {
    const from = [f.let(even!), f.let(odd!)], put = f.let(to);
    function pair(i: number, left: number) {
      const own = (parity: number) => Math.min(count, Math.floor((left + 1 - parity) / 2));
      const [a, b] = from.map((pointer, parity) => f.let(loadPartialVector(lanes, own(parity), pointer, 16 * i)));
      interleave(a!, b ?? a!).forEach((vector, half) => {
        const many = Math.min(count, left - half * count);
        if (many > 0) f.do(...storePartialVector(lanes, many, put, f.let(vector), 32 * i + 16 * half));
      });
    }
    const whole = Math.floor(total / (2 * count)), loops = Math.floor(whole / UNROLL);
    repeat(f, loops, () => {
      for (let i = 0; i < UNROLL; i++) pair(i, 2 * count);
      from.forEach((pointer) => f.increment(pointer, 16 * UNROLL));
      f.increment(put, 32 * UNROLL);
    });
    for (let i = 0; i < whole - loops * UNROLL; i++) pair(i, 2 * count);
    const left = total - whole * 2 * count;
    if (left > 0) pair(whole - loops * UNROLL, left);
  }
  for (const first of new Set(phases.map(({ down }) => down.first))) {
    const own = phases.map((phase, i) => ({ phase, start: starts[i]! })).filter(({ phase }) =>
      phase.down.first === first
    )
      .sort((a, b) => a.phase.across.first - b.phase.across.first);
    const rows = own[0]!.phase.down.count, sources = own.map(({ start }) => f.let(i32.add(apart, start)));
    const plane = f.let(i32.add(target, first * width * bytes));
    repeat(f, channels, () => {
      const line = f.let(plane);
      repeat(f, rows, () => {
        if (across === 2 && own.length === 2) inTurns(sources, line, width);
        else {
          own.forEach(({ phase }, i) => {
            spread(sources[i]!, f.let(i32.add(line, phase.across.first * bytes)), phase.across.count);
          });
        }
        own.forEach(({ phase }, i) => f.increment(sources[i]!, phase.across.count * bytes));
        f.increment(line, down * width * bytes);
      });
      f.increment(plane, height * width * bytes);
    });
  }
}
