/**
 * Explains a workload: which instruction of the compiled program takes the time, and how near it is to what the core can
 * do; and what of a plain call is no computation.
 *
 * @module
 */
import type { InstructionProfile } from "@nanograd/nanograd";
import { ownTime } from "./clock.ts";
import { digits, table } from "./markdown.ts";
import type { Runner } from "./runner.ts";
import { warmUp } from "./slice.ts";
import { median } from "./statistics.ts";

/** The rates that a core reaches at best: multiply-adds in GFLOP/s, and bytes that a copy reads and writes in GB/s. */
export type Rates = { readonly flops: number; readonly bytes: number };

/** The instructions of one kind that take the most time. */
export type Heaviest = {
  readonly kind: string;
  /** Their part of the program's time, from 0 to 1. */
  readonly share: number;
  /** GFLOP/s. */
  readonly flops: number;
  /** GB/s, read and written. */
  readonly bytes: number;
};

/** A plain call in milliseconds, and what is in it. */
export type PlainParts = {
  readonly plain: number;
  /** The same computation inside a program. */
  readonly compiled: number;
  /** New arrays for the results, written once. */
  readonly fresh: number;
  /** The operands copied into the kernels' memory. */
  readonly copied: number;
};

/** Returns the kind of instruction that takes the most time. */
export function heaviest(profile: readonly InstructionProfile[]): Heaviest {
  const kinds = [...Map.groupBy(profile, ({ kind }) => kind)].map(([kind, members]) => {
    const sum = (of: (one: InstructionProfile) => number) => members.reduce((total, one) => total + of(one), 0);
    const milliseconds = sum((one) => one.milliseconds), rate = (total: number) => total / milliseconds / 1e6;
    return {
      kind,
      share: sum(({ share }) => share),
      flops: rate(sum(({ flops = 0, calls }) => flops * calls)),
      bytes: rate(sum(({ bytes = 0, calls }) => bytes * calls)),
    };
  });
  const [most] = kinds.toSorted((a, b) => b.share - a.share);
  if (most === undefined) throw new TypeError("Cannot explain an empty profile: it must have run; call it first");
  return most;
}

/** Measures what a plain call consists of. */
export function plainParts({ plain, compiled, sizes }: Runner, dtype: "float32" | "float64"): PlainParts {
  const Elements = dtype === "float32" ? Float32Array : Float64Array;
  const source = new Elements(sizes.operands).fill(1), target = new Elements(sizes.operands);
  return {
    plain: timeOf(plain),
    compiled: timeOf(compiled),
    fresh: timeOf(() => void new Elements(sizes.results).fill(1)),
    copied: timeOf(() => target.set(source)),
  };
}

/** The bytes of the copy that {@link copyRate} measures: as many as fit into a second-level cache twice. */
const COPIED = 2 ** 18;

/** Returns the GB/s that a copy reads and writes within the caches. */
export function copyRate(): number {
  const source = new Float32Array(COPIED / Float32Array.BYTES_PER_ELEMENT).fill(1), target = source.slice();
  return 2 * COPIED / timeOf(() => target.set(source)) / 1e6;
}

/** The number of slices, and their milliseconds. */
const SLICES = 7, SLICE = 40;

/** Returns the median of some slices, in milliseconds a call. */
function timeOf(call: () => void): number {
  const calls = Math.max(1, Math.round(SLICE / warmUp(call)));
  return median(Array.from({ length: SLICES }, () => {
    const start = ownTime();
    for (let i = 0; i < calls; i++) call();
    return (ownTime() - start) / calls;
  }));
}

const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;

/** Writes what takes the time of compiled workloads as a table. */
export function compiledTable(rows: readonly (readonly [name: string, heaviest: Heaviest])[], rates: Rates): string {
  return table(
    ["workload", "kind", "of the time", "GFLOP/s", "of the core's", "GB/s", "of a copy's"],
    rows.map(([name, { kind, share, flops, bytes }]) => [
      name,
      kind,
      percent(share),
      ...flops === 0 ? ["", ""] : [digits(flops), percent(flops / rates.flops)],
      digits(bytes),
      percent(bytes / rates.bytes),
    ]),
  );
}

/** Writes what plain calls consist of as a table. */
export function plainTable(rows: readonly (readonly [name: string, parts: PlainParts])[]): string {
  return table(
    ["workload", "ms", "computing", "new arrays", "copying in", "the rest"],
    rows.map(([name, { plain, compiled, fresh, copied }]) => [
      name,
      digits(plain),
      ...[compiled, fresh, copied, Math.max(0, plain - compiled - fresh - copied)].map((part) => percent(part / plain)),
    ]),
  );
}
