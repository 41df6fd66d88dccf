/**
 * Which phases threads divide among them, and where they wait for each other.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../../dtype.ts";
import { operandsOf } from "../../../program/operands.ts";
import type { Instruction, ValueType } from "../../../program/program.ts";
import { sizeOf } from "../../../shape.ts";
import type { Lowered, TeamWork } from "../emitter.ts";
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
type Extent = { readonly from: number; readonly to: number };

/** The memory that a phase accesses. */
type Access = { readonly reads: readonly Extent[]; readonly writes: readonly Extent[]; readonly divided: boolean };

const overlap = (some: readonly Extent[], others: readonly Extent[]): boolean =>
  some.some(({ from, to }) => others.some((other) => from < other.to && other.from < to));

/** Tells whether two phases must not run at the same time. Two that only the first thread runs never do. */
const conflict = (a: Access, b: Access): boolean =>
  (a.divided || b.divided) &&
  (overlap(a.writes, b.reads) || overlap(a.writes, b.writes) || overlap(a.reads, b.writes));

/** The places of instructions' data in memory. */
export type Places = {
  readonly types: readonly ValueType[];
  /** The byte address of each value. */
  readonly address: (value: number) => number;
  /** The number of the first result of each instruction. */
  readonly first: readonly number[];
  /** The byte address of each instruction's workspace, and its length. */
  readonly workspaces: readonly Extent[];
  /** As in `Team`. */
  readonly least: number;
};

/** A step of a loop has several barriers, so it must take this many times as long as an instruction that is worth dividing. */
const MEETINGS = 5;

/** Tells whether threads divide the instructions of the programs that an instruction holds. */
export const isDivided = ({ nanoseconds }: TeamWork, least: number): boolean => nanoseconds >= MEETINGS * least;

/**
 * Decides, for each phase of each instruction of a list, how threads run it.
 *
 * @param lowered The lowered instructions; all threads wait before and after one that is `undefined`.
 */
export function teamPhases(
  instructions: readonly Instruction[],
  lowered: readonly (Lowered | undefined)[],
  { types, address, first, workspaces, least }: Places,
): readonly (readonly TeamPhase[])[] {
  let open: Access[] = [];
  const extent = (value: number): readonly Extent[] => {
    const { dtype, shape } = types[value]!, from = address(value), bytes = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
    return bytes === 0 ? [] : [{ from, to: from + bytes }];
  };
  return instructions.map((instruction, i) => {
    const one = lowered[i];
    if (one === undefined) {
      open = [];
      return [];
    }
    const workspace = workspaces[i]!, own = workspace.from < workspace.to ? [workspace] : [];
    const reads = [...operandsOf(instruction.operation).flatMap(({ value }) => extent(value)), ...own];
    const writes = [...instruction.results.flatMap((_, k) => extent(first[i]! + k)), ...own];
    // The first thread checks indices, since it throws the error.
    const long = nanosecondsOf(instruction) >= least && instruction.operation.kind !== "checkIndices";
    return one.shares.phases.map(({ units }, k): TeamPhase => {
      const access: Access = {
        reads,
        writes,
        divided: one.team === undefined ? long && units > 1 : isDivided(one.team, least),
      };
      const follows = k > 0 && (access.divided || open.at(-1)!.divided);
      const barrier = follows || open.length >= MOST_OPEN || open.some((other) => conflict(other, access));
      if (barrier) open = [];
      open.push(access);
      return { divided: access.divided, barrier };
    });
  });
}
