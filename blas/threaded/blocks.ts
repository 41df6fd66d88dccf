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
  /**
   * Copies out all results at once, while the other threads compute the last blocks: only those that are not computed when
   * this begins are stored on their own. Each block then has a slot, so there may be {@link BlockThreads.most} of them.
   */
  readonly gather?: { readonly bytes: number; readonly copy: () => void };
};

/** Threads that compute blocks, and their memory. */
export type BlockThreads = Pick<Team, "isReady" | "settle"> & {
  readonly scratch: Scratch;
  /** The number of threads, including the calling one. */
  readonly size: number;
  /** The number of blocks that are in memory at a time. */
  readonly slots: number;
  /** The most blocks of a call that copies all results at once. */
  readonly most: number;
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

/** The most blocks of a call that copies all results at once. */
const MOST_GATHERED = 64;

/** The milliseconds that copying a byte to a new array is expected to take, and the part of that which a measured time has. */
const GATHERED = 4e-8, LEARNED = 0.25;

/** A thread that sleeps this often in a call shares its core with another one. */
const OFTEN = 3;

/** Makes the memory in which the threads of a team compute blocks. */
export function blockThreads(team: Team): BlockThreads {
  const looks = team.size > coreCount() ? FEW_CORES : ENOUGH_CORES;
  const scratch = new Scratch(undefined, true), slots = 2 * team.size + 2;
  const most = Math.max(MOST_GATHERED, slots);
  const control = scratch.reserve(controlBytes(team.size)), table = scratch.reserve(blockTableBytes(most));
  const { memory } = scratch, words = new Int32Array(memory.buffer, table, blockTableBytes(most) / 4);
  const at = (bytes: number): number => bytes / Int32Array.BYTES_PER_ELEMENT;
  const total = at(BLOCK_WORDS.total), next = at(BLOCK_WORDS.next), ready = at(BLOCK_WORDS.ready);
  const slept = at(BLOCK_WORDS.slept),
    sleeping = at(BLOCK_WORDS.sleeping),
    numbers = at(numbersOf(0, most)),
    step = at(numbersOf(1, most)) - numbers;
  const done = (slot: number): number => at(BLOCK_WORDS.done + slot * CACHE_LINE);
  let work: Blocks, loaded = 0, stored = 0, loading = 0, end = 0, ring = slots, isDirect = false;
  let prepared: Prepared | undefined, isGathered = false, byteTime = GATHERED;
  const covered = new Uint8Array(most);

  const announce = (count: number): void => {
    Atomics.store(words, ready, count);
    if (Atomics.load(words, sleeping) === 0) return;
    Atomics.store(words, sleeping, 0);
    Atomics.notify(words, ready);
  };
  const load = (): void => {
    loading = loaded % ring;
    words.set(work.operands?.(loading) ?? [0, 0], numbers + loading * step + at(OPERANDS_FROM));
    work.load(loaded++, loading);
  };
  /** Tells whether the next block can be loaded. */
  const canLoad = (): boolean => loaded < end && loaded - stored < ring && stored >= (work.after?.(loaded) ?? 0);
  /** Stores the next block if it is computed. */
  const store = (): boolean => {
    const slot = stored % ring;
    if (Atomics.load(words, done(slot)) !== stored + 1) return false;
    if (covered[stored] !== 1) work.store(stored, slot);
    stored++;
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
    const slot = block % ring, first = numbers + slot * step, { kernel, parameters } = prepared!;
    kernel(...words.subarray(first, first + parameters));
    Atomics.store(words, done(slot), block + 1);
    return true;
  };
  /** Loads all blocks, computes some of them, and copies the results when the others take about as long for the rest. */
  const gatherAll = ({ bytes, copy }: { readonly bytes: number; readonly copy: () => void }): void => {
    const start = performance.now();
    for (; loaded < end; announce(loaded)) load();
    for (let own = 0;; own++) {
      const taken = Atomics.load(words, next), others = taken - own;
      if (taken >= end || (end - taken) / others * (performance.now() - start) < byteTime * bytes) break;
      compute();
    }
    for (let k = 0; k < end; k++) covered[k] = Number(Atomics.load(words, done(k)) === k + 1);
    const from = performance.now();
    copy();
    byteTime += LEARNED * ((performance.now() - from) / bytes - byteTime);
    isGathered = true;
  };
  /** What the calling thread does: copying is first, since nobody else can do that. */
  const calling = (): void => {
    if (stored === 0) work.begin?.();
    announce(loaded);
    if (work.gather !== undefined && !isGathered) gatherAll(work.gather);
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
    buildBlocks(builder, run, { table, control, slots: most, looks });
    const module = new WebAssembly.Module(builder.toBytes()),
      { exports } = new WebAssembly.Instance(module, {
        engine: { memory, ...SLOW_FUNCTIONS },
      });
    const one: Prepared = {
      kernel: exports.run as KernelCall, // the kernel's name, as `Instantiate` says
      parameters: run.parameters.length,
      run: team.prepare({
        module,
        memory,
        control,
        names: ["blocks"],
        segments: [calling],
        always: true,
        joinable: true,
      }),
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
    isReady: team.isReady,
    settle: team.settle,
    slots,
    most,
    instantiate,
    run: (blocks) => {
      work = blocks;
      ring = blocks.gather === undefined ? slots : most;
      isGathered = false;
      covered.fill(0);
      loaded = 0;
      stored = 0;
      end = blocks.count;
      isDirect = false;
      words.fill(0, 0, numbers);
      words[at(BLOCK_WORDS.slots)] = ring;
      load();
      while (stored < end) {
        words[total] = end;
        words[ready] = stored;
        prepared!.run([0]);
        while (stored < loaded && store());
      }
      if (words[slept]! >= OFTEN * (team.size - 1)) team.crowded();
    },
  };
}
