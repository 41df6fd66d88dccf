/**
 * Memory plans: the address of every value of a program.
 *
 * @module
 */
import { CACHE_LINE, toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { sizeOf } from "../../shape.ts";
import { firstResults, isWhole, lastLoop, operandsOf, valueTypes } from "../operands.ts";
import { blockOf } from "../operations/exchange.ts";
import type { Program, ValueType } from "../program.ts";
import { type Copy, orderCopies } from "./order_copies.ts";
import { type Interval, placeSpans } from "./place_spans.ts";

/** A result (its position in the program's list) that is the next run's parameter. */
export type Carried = readonly [result: number, parameter: number];

/** The memory needs of an instruction's code. */
export type Needs = {
  /** Bytes of workspace while it runs. */
  readonly workspace: number;
  /** For how many instructions before and after it the workspace is its own, if it is small. Default: 0. */
  readonly lasts?: number;
  /** Whether results may share memory with operands that its last loop reads at the same indices. */
  readonly inPlace: boolean;
  /** Whether the results lie one after another, as {@link blockOf} says, if possible in place of the operands. */
  readonly block?: boolean;
};

/** The memory plan of a program. Addresses are in bytes, multiples of 64. */
export type MemoryPlan = {
  /** The address of each value. */
  readonly addresses: readonly number[];
  /** The address of each instruction's workspace. */
  readonly workspaces: readonly number[];
  /** The length of each instruction's workspace. */
  readonly workspaceBytes: readonly number[];
  /** The copies, in this order, by which carried results become parameters. */
  readonly moves: readonly Copy[];
  /** The total number of bytes. */
  readonly peak: number;
  /** The bytes that any plan needs at least: those that are in use at the same time. */
  readonly lowerBound: number;
};

/** The most bytes of a workspace that is kept for longer than its instruction runs. */
const SMALL = 65_536;

const bytesOf = ({ dtype, shape }: ValueType): number => sizeOf(shape) * BYTES_PER_ELEMENT[dtype];

/**
 * Plans the memory of a program. Parameters and constants have their own memory; a result may share that of an operand
 * that is read for the last time, and a carried result that of its parameter. Therefore a run may overwrite parameters
 * that are carried to: they must be written, or carried over, before the next run.
 *
 * @param program The program.
 * @param needs The needs of each instruction.
 * @param carried The results that become parameters of the next run.
 * @param elsewhere Values that are stored elsewhere, and take no memory here.
 */
export function planMemory(
  program: Program,
  needs: readonly Needs[],
  carried: readonly Carried[] = [],
  elsewhere: ReadonlySet<number> = new Set(),
): MemoryPlan {
  const types = valueTypes(program), uses = lastUses(program, types.length), end = program.instructions.length;
  const fixed = program.parameters.length + program.constants.length;
  const sizes = types.map((type, value) => elsewhere.has(value) ? 0 : bytesOf(type));
  const shares = shareMemory(program, { sizes, uses, needs, carried });
  const places = placesInBlocks(program, needs, shares);
  // A span lasts from the first of its values until the last.
  const spans = new Map<number, Interval>();
  sizes.forEach((size, value) => {
    const owner = shares[value]!, { block = owner, bytes = toLines(size) } = places.get(owner) ?? {};
    const from = uses.definedAt[value]!, to = owner < fixed ? end : uses.lastUse[value]!;
    const found = spans.get(block);
    spans.set(block, { bytes, from: Math.min(found?.from ?? from, from), to: Math.max(found?.to ?? to, to) });
  });
  const owners = [...spans.keys()];
  const copies = carried.flatMap(([result, parameter]) => {
    const value = program.results[result]!;
    return shares[value] === parameter ? [] : [{ value, parameter, bytes: sizes[parameter]! }];
  });
  // A parameter that is both carried and carried to may have to be copied aside.
  const aside = copies.reduce(
    (most, { value, bytes }) => shares[value]! < fixed ? Math.max(most, toLines(bytes)) : most,
    0,
  );
  const all: readonly Interval[] = [
    ...spans.values(),
    ...needs.map(({ workspace, lasts = 0 }, i) => {
      const more = workspace > SMALL ? 0 : lasts;
      return { bytes: toLines(workspace), from: Math.max(0, i - more), to: Math.min(end, i + more) };
    }),
    { bytes: aside, from: end, to: end },
  ];
  const lowerBound = mostAtOneTime(all, end);
  const placed = placeSpans(all, lowerBound), starts = placed.map((at) => at + CACHE_LINE); // so that no address is 0
  const startOf = new Map(owners.map((owner, i) => [owner, starts[i]!]));
  const addresses = shares.map((owner) => {
    const { block = owner, position = 0 } = places.get(owner) ?? {};
    return startOf.get(block)! + position;
  });
  return {
    addresses,
    workspaces: needs.map((_, i) => starts[owners.length + i]!),
    workspaceBytes: needs.map(({ workspace }) => toLines(workspace)),
    moves: copies.length === 0 ? [] : orderCopies(
      copies.map(({ value, parameter, bytes }) => ({ from: addresses[value]!, to: addresses[parameter]!, bytes })),
      starts.at(-1)!,
    ),
    peak: all.reduce((most, { bytes }, i) => Math.max(most, placed[i]! + bytes), 0),
    lowerBound,
  };
}

/** The place of memory that is part of a block: the first owner in the block stands for it. */
type PlaceInBlock = { readonly block: number; readonly position: number; readonly bytes: number };

/** Returns the places of memory, by its owner, that is part of a block. */
function placesInBlocks(
  { instructions, ...program }: Program,
  needs: readonly Needs[],
  shares: readonly number[],
): ReadonlyMap<number, PlaceInBlock> {
  const places = new Map<number, PlaceInBlock>(), first = firstResults({ instructions, ...program });
  instructions.forEach(({ results }, i) => {
    if (needs[i]!.block !== true || results.length === 0) return;
    const { positions, bytes } = blockOf(results), block = shares[first[i]!]!;
    results.forEach((_, k) => places.set(shares[first[i]! + k]!, { block, position: positions[k]!, bytes }));
  });
  return places;
}

/** Returns the most bytes of spans that are needed at one time, from time 0 to `end`. */
function mostAtOneTime(spans: readonly Interval[], end: number): number {
  const changes = new Array<number>(end + 2).fill(0);
  for (const { bytes, from, to } of spans) {
    changes[Math.max(0, from)]! += bytes;
    changes[to + 1]! -= bytes;
  }
  let most = 0, now = 0;
  for (const change of changes) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
}

/** The instructions that compute values, and that read them last; -1: none; the number of instructions: the end. */
type Uses = { readonly definedAt: readonly number[]; readonly lastUse: readonly number[] };

function lastUses({ instructions, parameters, constants, results }: Program, count: number): Uses {
  const definedAt = new Array<number>(parameters.length + constants.length).fill(-1);
  instructions.forEach(({ results }, i) => results.forEach(() => definedAt.push(i)));
  const lastUse = definedAt.slice(0, count);
  instructions.forEach(({ operation }, i) => operandsOf(operation).forEach(({ value }) => lastUse[value] = i));
  for (const value of results) lastUse[value] = instructions.length;
  return { definedAt, lastUse };
}

type Sharing = {
  /** Bytes of each value. */
  readonly sizes: readonly number[];
  readonly uses: Uses;
  readonly needs: readonly Needs[];
  readonly carried: readonly Carried[];
};

/** Returns, for each value, the first value that shares its memory. Memory is part of one block at most. */
function shareMemory(program: Program, { sizes, uses, needs, carried }: Sharing): readonly number[] {
  const { definedAt, lastUse } = uses, fixed = program.parameters.length + program.constants.length;
  const inBlocks = new Set<number>();
  const owner = sizes.map((_, value) => value), taken = new Set<number>();
  const sameSize = (a: number, b: number) => sizes[a] === sizes[b] && sizes[a]! > 0;
  /** Tells whether an instruction reads a value only in its last loop, at the indices of its results. */
  const readsInPlace = (i: number, value: number): boolean => {
    const { operation, results } = program.instructions[i]!, { loop, before } = lastLoop(operation);
    if (before.some((operand) => operand.value === value)) return false;
    const reads = (loop?.operands ?? []).filter((operand) => operand.value === value);
    return reads.length === 0 ||
      (needs[i]!.inPlace && reads.every((operand) => isWhole(operand, sizeOf(results[0]!.shape))));
  };
  for (const [result, parameter] of carried) {
    const value = program.results[result]!, i = definedAt[value]!;
    if (needs[i]?.block === true) continue;
    if (value < fixed || owner[value] !== value || !sameSize(value, parameter)) continue;
    if (lastUse[parameter]! > i || (lastUse[parameter] === i && !readsInPlace(i, parameter))) continue;
    owner[value] = parameter;
  }
  const first = firstResults(program);
  program.instructions.forEach(({ operation, results }, i) => {
    if (needs[i]!.block === true) {
      operandsOf(operation).slice(0, results.length).forEach((operand, k) => {
        const { value: given } = operand, value = first[i]! + k, place = owner[given]!;
        const free = given >= fixed && lastUse[given] === i && sameSize(value, given);
        if (!free || taken.has(given) || inBlocks.has(place) || !isWhole(operand, sizeOf(results[k]!.shape))) return;
        owner[value] = place;
        taken.add(given);
      });
      results.forEach((_, k) => inBlocks.add(owner[first[i]! + k]!));
    }
    if (!needs[i]!.inPlace) return;
    const dying = new Set((lastLoop(operation).loop?.operands ?? []).map(({ value }) => value));
    results.forEach((_, k) => {
      const value = first[i]! + k;
      if (owner[value] !== value) return;
      for (const operand of dying) {
        const free = operand >= fixed && lastUse[operand] === i && sameSize(value, operand);
        if (!free || taken.has(operand) || !readsInPlace(i, operand)) continue;
        owner[value] = owner[operand]!;
        taken.add(operand);
        return;
      }
    });
  });
  return owner;
}
