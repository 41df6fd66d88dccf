/**
 * Pointers that step through several strided arrays together, as few pointers as possible.
 *
 * @module
 */
import { type Expression, type FunctionBuilder, i32, type Local } from "../../wasm/mod.ts";
import { type Place, placeAt } from "./lane_access.ts";

/** An array in memory, as loops step through it; all numbers are in bytes. */
export type Source = {
  /** The position of the element whose indices are all 0: an address, or the distance from `start`. */
  readonly base: number;
  /** An address that is known only when the code runs. */
  readonly start?: Local<"i32">;
  /** The steps along each level of the loops. */
  readonly strides: readonly number[];
};

/** Pointers to the elements of all arrays at one index. */
export type Pointers = {
  /** Returns the place `offset` bytes after the element of a source that its pointer points to. */
  readonly place: (source: number, offset: number) => Place;
  /** Moves all pointers by a number of indices along a level. */
  readonly advance: (level: number, steps: number) => void;
  /** Moves all pointers along a level, by a number of indices that is known only when the code runs. */
  readonly skip: (level: number, steps: Local<"i32">) => void;
  /**
   * Emits a loop of `iterations` iterations, each `step` indices further along a level. It restores the pointers at the end,
   * so that code after the loop finds its elements at constant distances.
   */
  readonly loop: (level: number, iterations: number, step: number, body: () => void) => void;
};

/** The options of {@link pointersTo}. */
export type PointerOptions = {
  /** Tells whether the pointers will move along a level. */
  readonly moves: (level: number) => boolean;
  /** The first index along level 0. Default 0. */
  readonly from?: Expression<"i32"> | undefined;
};

/** A pointer, and its steps along each level. */
type Pointer = { readonly local: Local<"i32">; readonly strides: readonly number[] };

/**
 * Declares pointers and sets them. Arrays with equal steps share one pointer, which counts from 0: the difference is a
 * constant in the instructions. Arrays that run backwards have their own, since a pointer must not be negative.
 */
export function pointersTo(
  f: FunctionBuilder,
  sources: readonly Source[],
  { moves, from }: PointerOptions,
): Pointers {
  const pointers = new Map<string, Pointer>();
  const places = sources.map(({ base, start, strides: all }, k) => {
    const strides = all.map((stride, level) => moves(level) ? stride : 0);
    if (strides.every((stride) => stride === 0)) return { pointer: start, base };
    const backwards = strides.some((stride) => stride < 0);
    const key = `${strides} ${start?.index} ${backwards ? k : ""}`, found = pointers.get(key);
    if (found !== undefined) return { pointer: found.local, base: backwards ? 0 : base };
    const local = f.local("i32"), first = backwards ? base : 0;
    const begin: Expression<"i32"> | number = start === undefined ? first : first === 0 ? start : i32.add(start, first);
    f.set(local, from === undefined || strides[0] === 0 ? begin : i32.add(begin, i32.mul(from, strides[0]!)));
    pointers.set(key, { local, strides });
    return { pointer: local, base: backwards ? 0 : base };
  });
  function advance(level: number, steps: number) {
    for (const { local, strides } of pointers.values()) {
      if (strides[level] !== 0 && steps !== 0) f.increment(local, strides[level]! * steps);
    }
  }
  return {
    place: (source, offset) => {
      const { pointer, base } = places[source]!;
      return placeAt(pointer, base + offset);
    },
    advance,
    skip(level, steps) {
      for (const { local, strides } of pointers.values()) {
        if (strides[level] !== 0) f.increment(local, i32.mul(steps, strides[level]!));
      }
    },
    loop(level, iterations, step, body) {
      if (iterations === 1) return body();
      if (iterations === 0) return;
      f.for({ to: iterations }, () => {
        body();
        advance(level, step);
      });
      advance(level, -iterations * step);
    },
  };
}
