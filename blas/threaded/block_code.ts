/**
 * The code with which threads compute blocks of a plain call, and the words of memory by which they share them out.
 *
 * @module
 */
import { CACHE_LINE } from "../alignment.ts";
import { call, type Callable, constant, i32, memory, type ModuleBuilder } from "../wasm/mod.ts";
import { CONTROL, SLEEP_NANOSECONDS } from "../simd/program/team/control.ts";

/** The byte offsets of the words from the start of a table; those that several threads write have cache lines of their own. */
export const BLOCK_WORDS = /* @__PURE__ */ (() =>
  ({
    /** The number of blocks; fewer if threads should return after those that have been copied in. */
    total: 0,
    /** The number of slots in use. */
    slots: 4,
    /** The next block that nobody computes yet. */
    next: CACHE_LINE,
    /** How many blocks have been copied in, and what is not 0 if a thread sleeps until there are more. */
    ready: 2 * CACHE_LINE,
    sleeping: 3 * CACHE_LINE,
    /** How often threads have slept since the call began. */
    slept: 3 * CACHE_LINE + 4,
    /** For each slot, the number of the block after the last one that was computed there. */
    done: 4 * CACHE_LINE,
  }) as const)();

/** The largest number of parameters of a kernel: 256 bytes. */
export const MOST_NUMBERS = 64;

/** The byte offsets, from a kernel's arguments, of the first address of a block's operands and of the one behind them. */
export const OPERANDS_FROM = 256, OPERANDS_TO = 260;

/** The bytes of a kernel's arguments and of those addresses: whole cache lines. */
const NUMBERS_BYTES = 320;

/** The bytes of a table. */
export const blockTableBytes = (slots: number): number => BLOCK_WORDS.done + slots * CACHE_LINE + slots * NUMBERS_BYTES;

/** The byte offset of the arguments for the block in a slot. */
export const numbersOf = (slot: number, slots: number): number =>
  BLOCK_WORDS.done + slots * CACHE_LINE + slot * NUMBERS_BYTES;

/** The addresses of a table, and of the control memory of a team; and some numbers. */
export type BlockPlaces = {
  readonly table: number;
  readonly control: number;
  /** The most slots that a call uses. */
  readonly slots: number;
  /** How often a thread polls for another block before it sleeps. */
  readonly looks: number;
};

/**
 * Builds the exported function `blocks(thread, threads)`, which computes blocks until none is left: block `k` is in slot
 * `k % slots`, where the number of slots is in the table. It only waits for blocks to be copied in.
 *
 * After a block, it writes a word of each cache line of the block's operands as it was. Otherwise both cores have the
 * lines as read, and the calling thread has to wait before it writes each of them again: copying 64 KB took it 10
 * microseconds rather than 2.5, and writing the words takes 0.3.
 *
 * @param run The kernel that computes a block.
 */
export function buildBlocks(
  m: ModuleBuilder,
  run: Callable<"none">,
  { table, control, slots, looks: most }: BlockPlaces,
): void {
  const word = (name: keyof typeof BLOCK_WORDS) => constant("i32", table + BLOCK_WORDS[name]);
  m.function({ name: "blocks", parameters: { thread: "i32", threads: "i32" } }, (f) => {
    const looks = f.let(constant("i32", most));
    f.loop((again) => {
      f.if(i32["atomic.load"](constant("i32", control + CONTROL.failed)), () => f.return());
      const ready = f.let(i32["atomic.load"](word("ready"))), block = f.let(i32["atomic.load"](word("next")));
      f.if(i32.ge_s(block, i32["atomic.load"](word("total"))), () => f.return());
      f.if(i32.lt_s(block, ready), () => {
        const found = f.let(i32["atomic.rmw.cmpxchg"](word("next"), block, i32.add(block, 1)));
        f.if(i32.eq(found, block), () => {
          const slot = f.let(i32.rem_u(block, i32.load(word("slots"))));
          const at = f.let(i32.add(table + numbersOf(0, slots), i32.mul(slot, NUMBERS_BYTES)));
          f.do(
            call(run, ...run.parameters.map((_, k) => i32.load(at, 4 * k))),
          );
          const line = f.let(i32.load(at, OPERANDS_FROM)), end = f.let(i32.load(at, OPERANDS_TO));
          f.loop((more) => {
            f.if(i32.lt_u(line, end), () => {
              f.do(i32.store(line, i32.load(line)));
              f.increment(line, CACHE_LINE);
              f.branch(more);
            });
          });
          f.do(
            i32["atomic.store"](i32.add(word("done"), i32.mul(slot, CACHE_LINE)), i32.add(block, 1)),
          );
          f.set(looks, constant("i32", most));
        });
        f.branch(again);
      });
      f.increment(looks, -1);
      f.branchIf(again, i32.gt_s(looks, 0));
      f.do(i32["atomic.store"](word("sleeping"), 1));
      f.drop(i32["atomic.rmw.add"](word("slept"), 1));
      f.drop(memory["atomic.wait32"](word("ready"), ready, constant("i64", SLEEP_NANOSECONDS)));
      f.branch(again);
    });
  });
}
