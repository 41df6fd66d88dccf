import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Program } from "../../../blas/program/program.ts";
import { addTimings, stopwatch, type Timing } from "../../../blas/program/timing.ts";

const instruction = {
  results: [{ dtype: "float32", shape: [] }],
  operation: { kind: "map", loop: { shape: [], operands: [], expressions: [] } },
} as const;
const program: Program = { parameters: [], constants: [], instructions: [instruction, instruction], results: [] };
const timing = (calls: number, milliseconds: number, bodies: Timing["bodies"] = []): Timing => ({
  calls,
  milliseconds,
  bodies,
});

Deno.test("stopwatch() counts runs and their time, and nothing between them", () => {
  const { timing, start, stop } = stopwatch();
  const wait = (milliseconds: number) => {
    for (const until = performance.now() + milliseconds; performance.now() < until;);
  };
  const began = performance.now();
  start();
  wait(2);
  stop();
  wait(20);
  start();
  wait(2);
  stop();
  assertEquals(timing.calls, 2);
  assertGreaterOrEqual(timing.milliseconds, 4);
  assertGreaterOrEqual(performance.now() - began - timing.milliseconds, 20);
});

Deno.test("addTimings() adds instruction by instruction, and body by body", () => {
  const body = (calls: number) => ({ program, instructions: [timing(calls, 1), timing(0, 0)] });
  const one = (calls: number) => ({ program, instructions: [timing(calls, 2, [body(calls)]), timing(3, 4)] });
  assertEquals(addTimings([one(1), one(5)]), {
    program,
    instructions: [
      timing(6, 4, [{ program, instructions: [timing(6, 2), timing(0, 0)] }]),
      timing(6, 8),
    ],
  });
});

Deno.test("addTimings() adds what each thread computed and waited", () => {
  const one = (computing: number) => ({
    program,
    instructions: [{ ...timing(1, 2), threads: [{ computing, waiting: 1 }, { computing: 2, waiting: computing }] }],
  });
  assertEquals(addTimings([one(3), one(5)]).instructions, [
    { ...timing(2, 4), threads: [{ computing: 8, waiting: 2 }, { computing: 4, waiting: 8 }] },
  ]);
});
