/**
 * Plain calls in blocks: the calling thread copies blocks of the operands into shared memory and blocks of the results
 * out, since only it can reach users' arrays; in the meantime the other threads compute the blocks that are there. When
 * it has nothing to copy, it computes blocks too.
 *
 * @module
 */
import { CACHE_LINE } from "../alignment.ts";
import type { Instantiate, KernelCall } from "../simd/instantiate.ts";
import { SLOW_FUNCTIONS } from "../simd/math/slow_paths.ts";
import { controlBytes } from "../simd/program/team/control.ts";
import type { Team, TeamStep } from "../simd/program/team/team.ts";
import { Scratch } from "../simd/scratch.ts";
import { coreCount } from "./core_count.ts";
import { BLOCK_WORDS, blockTableBytes, buildBlocks, numbersOf, OPERANDS_FROM } from "./block_code.ts";

/** The blocks of a call. */
export type Blocks = {
  readonly count: number;
  /** Runs before the first block can be computed, while the threads wake up. Default: nothing. */
  readonly begin?: () => void;
  /** Returns how many blocks must have been stored before one is loaded. Default: 0. */
  readonly after?: (block: number) => number;
  /** Copies what a block needs to the memory of a slot, and calls the kernel with the addresses there. */
  readonly load: (block: number, slot: number) => void;
  /** Returns the first address of the operands that were copied to a slot, and the one behind them. Default: unknown. */
  readonly operands?: (slot: number) => readonly [from: number, to: number];
  /** Copies the results of a block from the memory of its slot. */
  readonly store: (block: number, slot: number) => void;
  /**
   * Computes a block in the calling thread, in memory that other cores have not touched: that takes longer to copy. A
   * kernel that this calls runs at once. Default: the calling thread computes blocks in the memory of slots.
   */
  readonly directly?: (block: number) => void;
};

/** Threads that compute blocks, and their memory. */
export type BlockThreads = {
  readonly scratch: Scratch;
  /** The number of threads, including the calling one. */
  readonly size: number;
  /** The number of blocks that are in memory at a time. */
  readonly slots: number;
  /** Instantiates kernels of up to 64 parameters: a call gives a thread the block that is being loaded. */
  readonly instantiate: Instantiate;
  /** Computes all blocks. */
  readonly run: (blocks: Blocks) => void;
};

/** A kernel that threads have. */
type Prepared = {
  /** Computes a block in the calling thread. */
  readonly kernel: KernelCall;
  readonly parameters: number;
  readonly run: (steps: readonly TeamStep[]) => void;
};

/** How often the calling thread polls for a block before it leaves the waiting to the team: about 20 microseconds. */
const LOOKS = 2000;

/**
 * How often another thread polls for a block before it sleeps: about 60 microseconds, for the calling thread may have to
 * wait for pages of its results; if there are fewer cores than threads, a few microseconds, since another thread could run.
 */
const ENOUGH_CORES = 30_000, FEW_CORES = 2000;

/** A thread that sleeps this often in a call shares its core with another one. */
const OFTEN = 3;

/** Makes the memory in which the threads of a team compute blocks. */
export function blockThreads(team: Team): BlockThreads {
  const looks = team.size > coreCount() ? FEW_CORES : ENOUGH_CORES;
  const scratch = new Scratch(undefined, true), slots = 2 * team.size + 2;
  const control = scratch.reserve(controlBytes(team.size)), table = scratch.reserve(blockTableBytes(slots));
  const { memory } = scratch, words = new Int32Array(memory.buffer, table, blockTableBytes(slots) / 4);
  const at = (bytes: number): number => bytes / Int32Array.BYTES_PER_ELEMENT;
  const total = at(BLOCK_WORDS.total), next = at(BLOCK_WORDS.next), ready = at(BLOCK_WORDS.ready);
  const slept = at(BLOCK_WORDS.slept),
    sleeping = at(BLOCK_WORDS.sleeping),
    numbers = at(numbersOf(0, slots)),
    step = at(numbersOf(1, slots)) - numbers;
  const done = (slot: number): number => at(BLOCK_WORDS.done + slot * CACHE_LINE);
  let work: Blocks, loaded = 0, stored = 0, loading = 0, end = 0, isDirect = false, prepared: Prepared | undefined;

  const announce = (count: number): void => {
    Atomics.store(words, ready, count);
    if (Atomics.load(words, sleeping) === 0) return;
    Atomics.store(words, sleeping, 0);
    Atomics.notify(words, ready);
  };
  const load = (): void => {
    loading = loaded % slots;
    words.set(work.operands?.(loading) ?? [0, 0], numbers + loading * step + at(OPERANDS_FROM));
    work.load(loaded++, loading);
  };
  /** Tells whether the next block can be loaded. */
  const canLoad = (): boolean => loaded < end && loaded - stored < slots && stored >= (work.after?.(loaded) ?? 0);
  /** Stores the next block if it is computed. */
  const store = (): boolean => {
    const slot = stored % slots;
    if (Atomics.load(words, done(slot)) !== stored + 1) return false;
    work.store(stored++, slot);
    return true;
  };
  /** Computes the last block that is not loaded, if that needs no slot; otherwise one that is there, if nobody does yet. */
  const compute = (): boolean => {
    if (work.directly !== undefined && loaded < end) {
      Atomics.store(words, total, --end);
      isDirect = true;
      work.directly(end);
      isDirect = false;
      return true;
    }
    const block = Atomics.load(words, next);
    if (block >= loaded || Atomics.compareExchange(words, next, block, block + 1) !== block) return block < loaded;
    const slot = block % slots, first = numbers + slot * step, { kernel, parameters } = prepared!;
    kernel(...words.subarray(first, first + parameters));
    Atomics.store(words, done(slot), block + 1);
    return true;
  };
  /** What the calling thread does: copying is first, since nobody else can do that. */
  const calling = (): void => {
    if (stored === 0) work.begin?.();
    announce(loaded);
    for (let looks = LOOKS; stored < end && looks > 0;) {
      if (store()) looks = LOOKS;
      else if (canLoad()) {
        load();
        announce(loaded);
      } else if (!compute()) looks--;
    }
    Atomics.store(words, total, loaded);
    announce(loaded + 1); // another number, so that nobody falls asleep over it
  };
  const instantiate: Instantiate = (builder, run) => {
    buildBlocks(builder, run, { table, control, slots, looks });
    const module = new WebAssembly.Module(builder.toBytes()),
      { exports } = new WebAssembly.Instance(module, {
        engine: { memory, ...SLOW_FUNCTIONS },
      });
    const one: Prepared = {
      kernel: exports.run as KernelCall, // the kernel's name, as `Instantiate` says
      parameters: run.parameters.length,
      run: team.prepare({ module, memory, control, names: ["blocks"], segments: [calling], always: true }),
    };
    return (...given) => {
      prepared = one;
      if (isDirect) one.kernel(...given);
      else words.set(given, numbers + loading * step);
    };
  };
  return {
    scratch,
    size: team.size,
    slots,
    instantiate,
    run: (blocks) => {
      work = blocks;
      loaded = 0;
      stored = 0;
      end = blocks.count;
      isDirect = false;
      words.fill(0, 0, numbers);
      load();
      while (stored < end) {
        words[total] = end;
        words[ready] = stored;
        prepared!.run([0]);
        while (stored < loaded && store());
      }
      if (words[slept]! >= OFTEN * (team.size - 1)) team.spread();
    },
  };
}
