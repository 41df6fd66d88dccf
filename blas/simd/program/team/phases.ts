/**
 * Which phases threads divide among them, and where they wait for each other.
 *
 * @module
 */
import { toLines } from "../../../alignment.ts";
import { BYTES_PER_ELEMENT } from "../../../dtype.ts";
import { operandsOf } from "../../../program/operands.ts";
import type { Instruction, ValueType } from "../../../program/program.ts";
import { sizeOf } from "../../../shape.ts";
import type { Lowered, Phase, TeamWork } from "../emitter.ts";
import { boundOf } from "./bounds.ts";
import { nanosecondsOf } from "./work.ts";

/** How the threads run a phase of an instruction. */
export type TeamPhase = {
  /** Whether each thread runs a share of it; otherwise the first thread runs all of it. */
  readonly divided: boolean;
  /** Whether all threads wait for each other before it begins. */
  readonly barrier: boolean;
};

/** The most phases without a barrier, so that the search for conflicts takes linear time. */
const MOST_OPEN = 64;

/** Bytes `from` to `to - 1` of memory. */
export type Extent = { readonly from: number; readonly to: number };

/** Memory that one thread accesses, or any of them if `thread` is missing. */
type Owned = Extent & { readonly thread?: number | undefined };

/** The memory that a phase accesses. */
type Access = { readonly reads: readonly Owned[]; readonly writes: readonly Owned[] };

/** Tells whether different threads may access the same memory. */
const meet = (some: readonly Owned[], others: readonly Owned[]): boolean =>
  some.some((a) =>
    others.some((b) =>
      a.from < b.to && b.from < a.to && (a.thread === undefined || b.thread === undefined || a.thread !== b.thread)
    )
  );

/** Tells whether two phases must not run at the same time. */
const conflict = (a: Access, b: Access): boolean =>
  meet(a.writes, b.reads) || meet(a.writes, b.writes) || meet(a.reads, b.writes);

/** The places of instructions' data in memory. */
export type Places = {
  readonly types: readonly ValueType[];
  /** The byte address of each value. */
  readonly address: (value: number) => number;
  /** The number of the first result of each instruction. */
  readonly first: readonly number[];
  /** The byte address of each instruction's workspace, and its length. */
  readonly workspaces: readonly Extent[];
  /** The number of threads. */
  readonly threads: number;
  /** As in `Team`. */
  readonly least: number;
};

/** A step of a loop has several barriers, so it must take this many times as long as an instruction that is worth dividing. */
const MEETINGS = 5;

/** Tells whether threads divide the instructions of the programs that an instruction holds. */
export const isDivided = ({ nanoseconds }: TeamWork, least: number): boolean => nanoseconds >= MEETINGS * least;

/**
 * Decides, for each phase of each instruction of a list, how threads run it: long ones are divided, and short ones if
 * every thread has what it needs for its share, so that nothing waits for a single thread.
 *
 * @param lowered The lowered instructions; all threads wait before and after one that is `undefined`.
 */
export function teamPhases(
  instructions: readonly Instruction[],
  lowered: readonly (Lowered | undefined)[],
  places: Places,
): readonly (readonly TeamPhase[])[] {
  const { least } = places;
  let open: Access[] = [];
  return instructions.map((instruction, i) => {
    const one = lowered[i];
    if (one === undefined) {
      open = [];
      return [];
    }
    // The first thread checks indices, since it throws the error.
    const isWhole = instruction.operation.kind === "checkIndices";
    const isLong = nanosecondsOf(instruction) >= least, access = accessesOf(instruction, i, one, places);
    return one.shares.phases.map((phase): TeamPhase => {
      const waitsFor = (own: Access) => open.length >= MOST_OPEN || open.some((other) => conflict(other, own));
      const alone = access(phase, false), together = access(phase, true);
      const canDivide = !isWhole && (one.team === undefined ? phase.units > 1 : isDivided(one.team, least));
      const divided = canDivide && (isLong || one.team !== undefined || (waitsFor(alone) && !waitsFor(together)));
      const own = divided ? together : alone, barrier = waitsFor(own);
      if (barrier) open = [];
      open.push(own);
      return { divided, barrier };
    });
  });
}

/** Returns the function that tells what a phase of an instruction accesses, divided or run by the first thread. */
function accessesOf(
  instruction: Instruction,
  i: number,
  one: Lowered,
  { types, address, first, workspaces, threads }: Places,
) {
  const extent = (value: number, from: number, to: number): readonly Extent[] => {
    const bytes = BYTES_PER_ELEMENT[types[value]!.dtype], start = address(value);
    return from < to ? [{ from: start + from * bytes, to: start + to * bytes }] : [];
  };
  const whole = (value: number) => extent(value, 0, sizeOf(types[value]!.shape));
  const { from, to } = workspaces[i]!, own = from < to ? [{ from, to }] : [];
  const reads = [...operandsOf(instruction.operation).flatMap(({ value }) => whole(value)), ...own];
  const writes = [...instruction.results.flatMap((_, k) => whole(first[i]! + k)), ...own];
  const by = (thread: number, extents: readonly Extent[]): readonly Owned[] =>
    extents.map((one) => ({ ...one, thread }));
  const shared = from + toLines(one.shares.workspace), step = toLines(one.shares.scratch);
  return ({ units, touched }: Phase, divided: boolean): Access => {
    if (!divided) return { reads: by(0, reads), writes: by(0, writes) };
    if (touched === undefined || one.team !== undefined) return { reads, writes };
    const reading: Owned[] = [], writing: Owned[] = [];
    for (let thread = 0; thread < threads; thread++) {
      const start = boundOf(thread, units, threads), end = boundOf(thread + 1, units, threads);
      if (start === end) continue;
      const part = touched(start, end), apart = { from: shared + thread * step, to: shared + (thread + 1) * step };
      reading.push(...by(thread, part.reads.flatMap((one) => extent(one.of, one.from, one.to))));
      writing.push(
        ...by(thread, [...part.writes.flatMap((one) => extent(first[i]! + one.of, one.from, one.to)), apart]),
      );
    }
    const used = touched(0, units).workspace;
    // Any thread may access what it uses of the workspace that all threads share.
    const common = used === undefined || one.shares.workspace === 0
      ? []
      : [{ from: from + used.from, to: Math.min(from + used.to, shared) }];
    return { reads: [...reading, ...common], writes: [...writing, ...common] };
  };
}
