/**
 * The choice of whether a program runs on all threads, given how long each run takes.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { threadChoice } from "../../../blas/threaded/thread_choice.ts";

/** Makes runs, each of which takes as long as `took` says; returns which were divided, and the time of all. */
function simulate(runs: number, took: (run: number, divided: boolean) => number) {
  const choice = threadChoice(), divided: boolean[] = [];
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const next = choice.next(), time = took(run, next);
    divided.push(next);
    choice.took(next, time);
    total += time;
  }
  return { divided, total };
}

const count = (divided: readonly boolean[]): number => divided.filter((one) => one).length;

Deno.test("the choice tries both ways, then the faster one, and the other one now and then", () => {
  const { divided } = simulate(400, (_, divided) => divided ? 2 : 1);
  assertEquals(count(divided.slice(0, 16)), 8);
  const later = count(divided.slice(16));
  assert(later >= 4 && later <= 24, `${later} of 384 were divided`);
});

Deno.test("long runs are tried in both ways a few times only, also in the beginning", () => {
  const { divided } = simulate(100, (_, divided) => divided ? 20 : 38);
  assertEquals(count(divided.slice(0, 16)), 12);
  assertEquals(count(divided.slice(16)), 84);
});

Deno.test("the choice notices when dividing becomes the faster way", () => {
  // Slow at first, as code is before it is optimized.
  const { divided } = simulate(60, (run, divided) => divided ? (run < 10 ? 4 : 1) : 2);
  assertEquals(divided.at(-1), true);
});

Deno.test("a choice made in a bad moment is revised after a few runs, however long they take", () => {
  for (const bad of [5, 100]) { // so much longer do divided runs take while another program uses a core
    for (const length of [0.01, 1, 9, 100]) {
      const time = (run: number, divided: boolean) => length * (divided ? (run < 12 ? bad : 1) : 2);
      // The third divided run of the second trial shows what is possible.
      const { divided } = simulate(60, (run, divided) => run === 11 ? length : time(run, divided));
      assert(count(divided.slice(20)) > 30, `${count(divided.slice(20))} of 40 were divided`);
    }
  }
});

Deno.test("a bad moment in each of the first tries only delays the faster way", () => {
  const { divided } = simulate(400, (run, divided) => divided ? (run < 60 ? 3 : 1) : 2);
  assert(count(divided.slice(200)) > 180, `${count(divided.slice(200))} of 200 were divided`);
});

Deno.test("a way that looks slow for no reason but a bad moment is tried though tries have cost much", () => {
  // Everything is slow for a while, and trying to divide is always slow.
  const busy = (run: number): boolean => run >= 300 && run < 306;
  const { divided } = simulate(1000, (run, divided) => busy(run) ? 6 : divided ? 2 : 1);
  assert(count(divided.slice(306, 400)) < 40, `${count(divided.slice(306, 400))} of 94 were divided`);
});

Deno.test("a few slow runs in a row, as garbage collection makes them, do not change the choice", () => {
  const { divided } = simulate(2000, (run, divided) => divided ? (run % 100 < 4 ? 3 : 1) : 1.8);
  assert(count(divided.slice(100)) > 1800, `${count(divided.slice(100))} of 1900 were divided`);
});

Deno.test("threads that must be woken for the first of several runs are used all the same", () => {
  let previous = false;
  const { divided } = simulate(1000, (_, divided) => {
    const time = divided ? (previous ? 1 : 6) : 2;
    previous = divided;
    return time;
  });
  assert(count(divided) > 940, `${count(divided)} of 1000 were divided`);
});

Deno.test("a slow run now and then does not change the choice", () => {
  const { divided } = simulate(2000, (run, divided) => run % 7 === 3 ? 50 : divided ? 1 : 1.8);
  assert(count(divided.slice(100)) > 1800, `${count(divided.slice(100))} of 1900 were divided`);
});

Deno.test("a short time in which another program uses a core costs few undivided runs", () => {
  const { divided } = simulate(2000, (run, divided) => divided ? (run >= 1000 && run < 1010 ? 5 : 1) : 1.9);
  assert(count(divided.slice(1000, 1100)) > 70, `${count(divided.slice(1000, 1100))} of 100 were divided`);
});

Deno.test("trying a way that takes far longer adds a few percent at most", () => {
  for (const slow of [1.1, 2, 12, 100]) {
    for (const divided of [true, false]) {
      const first = 200, time = (_: number, way: boolean) => way === divided ? slow : 1;
      const added = simulate(100_000, time).total - simulate(first, time).total - (100_000 - first);
      assert(added < 3000 + 5 * slow, `${added} runs' time were added where one way takes ${slow} times as long`);
    }
  }
});

Deno.test("ways between which the faster one changes are followed both times", () => {
  const { divided } = simulate(3000, (run, divided) => (run < 1000 || run >= 2000) === divided ? 1 : 1.5);
  assert(count(divided.slice(0, 1000)) > 900 && count(divided.slice(1000, 2000)) < 300);
  assert(count(divided.slice(2000)) > 700, `${count(divided.slice(2000))} of the last 1000 were divided`);
});

Deno.test("a clock too coarse to see a run does not end the trying", () => {
  const { divided } = simulate(100_000, (run, divided) => run < 1000 ? (divided ? 1 : 0) : divided ? 1 : 2);
  assertEquals(divided.at(-1), true);
  assertEquals(simulate(1000, () => 0).divided.length, 1000);
});
