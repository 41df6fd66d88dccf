/**
 * Moving threads to cores of their own: spread.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { coreCount } from "../../../blas/threaded/core_count.ts";
import { startPool } from "../../../blas/threaded/pool.ts";
import { spreading } from "../../../blas/threaded/spread.ts";
import { COMMANDS, WORDS } from "../../../blas/threaded/words.ts";

/** A pool of two threads, and a clock: the other thread answers a round after some milliseconds. */
function pretended(answerTime: (round: number) => number) {
  let time = 0, attempts = 0, answered = 0;
  const words = new Int32Array(WORDS.count);
  const now = (): number => {
    const round = words[WORDS.round]!;
    if (round > answered) {
      time += answerTime(round);
      answered = round;
      words[WORDS.answers] = round;
    }
    return time += 0.001;
  };
  const command = (code: number): void => {
    assertEquals(code, COMMANDS.answer);
    attempts++;
    answered = 0;
  };
  const spread = spreading(
    { words, threads: 2, command, awaitFinish: () => assertEquals(words[WORDS.round], -1) },
    now,
  );
  return { spread, now, attempts: () => attempts, wait: (milliseconds: number) => time += milliseconds };
}

Deno.test("threads that answer at once are apart, and are left alone for a while", () => {
  const { spread, now, attempts, wait } = pretended(() => 0);
  for (let k = 0; k < 3; k++) spread();
  assertEquals(attempts(), 1);
  assert(now() < 1);
  wait(10);
  spread();
  assertEquals(attempts(), 2);
});

Deno.test("threads keep running until they are apart", () => {
  const { spread, now, attempts } = pretended((round) => round <= 3 ? 4 : 0);
  spread();
  assertEquals(attempts(), 1);
  assert(now() > 12 && now() < 13);
});

Deno.test("threads that cannot be moved apart take a small part of the time, and less and less of it", () => {
  const { spread, now, attempts, wait } = pretended(() => 4), took: number[] = [];
  for (let k = 0; k < 100_000; k++, wait(10)) {
    const before = attempts(), start = now();
    spread();
    if (attempts() > before) took.push(now() - start);
  }
  assert(took.length > 5 && took.every((one) => one < 45), `${took}`);
  const sum = took.reduce((total, one) => total + one);
  assert(sum < 0.003 * now(), `${sum} of ${now()} ms`);
});

Deno.test("the threads of a pool answer, and run afterwards; closed ones are left alone", async () => {
  const pool = await startPool(Math.min(2, coreCount()));
  try {
    for (let k = 0; k < 3; k++) {
      pool.crowded();
      pool.settle();
    }
  } finally {
    pool.close();
  }
  pool.crowded();
  pool.settle();
});
