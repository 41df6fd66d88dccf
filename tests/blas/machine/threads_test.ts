/**
 * The machine engine on several threads: the same bits as on one, and what happens when something fails. Single products
 * are divided by blas/machine/eager/gemm.ts; functions are put into memory by blas/machine/memory/linked.ts.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  add,
  compile,
  constant,
  gradient,
  key,
  matmul,
  mul,
  randomNormal,
  scanAlong,
  sum,
  take,
  tanh,
  type Tensor,
  tensorData,
  transpose,
} from "../../../mod.ts";
import { type Engine, engines, machineEngine, setEngine, type ThreadedEngine } from "../../../blas/mod.ts";
import { machineEngineOn, machineGenerator } from "../../../blas/machine/mod.ts";
import { threadedMachineOver } from "../../../blas/machine/threads.ts";
import { optimize } from "../../../blas/program/passes/mod.ts";
import { type Pool, startPool } from "../../../blas/threaded/pool.ts";
import { numbersOf, programOf, randomOf } from "../../blas/program/programs.ts";
import { cnnStep, mlpStep } from "../../blas/program/training_steps.ts";
import { resultsOf, withNumbers } from "../../blas/simd/program/program_runs.ts";
import { carriedOf, DTYPES, seeds } from "../../blas/simd/program/small_programs.ts";
import { machine, WIDTHS } from "./machine.ts";

const ignore = machine === undefined, always = () => ({ next: () => true, took: () => {} });

/** Runs a function with threads that divide all that they can. */
async function withPool(threads: number, f: (pool: Pool) => void | Promise<void>): Promise<void> {
  const pool = await startPool(threads, { least: 0, choice: always, patience: 2 });
  try {
    await f(pool);
  } finally {
    pool.close();
  }
}

/** Runs a function on such threads' engine, with the engine of one thread. */
const onThreads = (threads: number, f: (engine: ThreadedEngine, pool: Pool, single: Engine) => void): Promise<void> =>
  withPool(threads, (pool) => {
    const engine = threadedMachineOver(machine!, engines.simd, pool), previous = setEngine(engine);
    try {
      f(engine, pool, machineEngineOn(machine!, engines.simd));
    } finally {
      setEngine(previous);
    }
  });

Deno.test(
  "a random program in machine code gives the same bits on three threads as on one",
  { ignore },
  () =>
    withPool(3, (team) =>
      fc.assert(
        fc.property(
          seeds,
          fc.integer({ min: 1, max: 8 }),
          fc.boolean(),
          fc.constantFrom(...WIDTHS),
          (seed, count, carry, bits) => {
            const random = randomOf(seed), program = programOf(random, count, random.pick(DTYPES));
            const carried = carry ? carriedOf(random, program) : [];
            const given = program.parameters.map((one) => numbersOf(random, one));
            const generator = machineGenerator({ ...machine!, bits });
            assertEquals(
              resultsOf(program, given, { carried, generator, team }),
              resultsOf(program, given, { carried, generator }),
            );
          },
        ),
        { numRuns: 25, endOnFailure: true },
      )),
);

Deno.test(
  "training steps in machine code give the same bits on two and four threads as on one",
  { ignore },
  async () => {
    const random = randomOf(8), generator = machineGenerator(machine!);
    for (const traced of [mlpStep(33, [40, 50, 10]), cnnStep(5, 12, [4, 8, 9])]) {
      const program = withNumbers(optimize(traced)), given = program.parameters.map((one) => numbersOf(random, one));
      const wanted = resultsOf(program, given, { generator });
      for (const threads of [2, 4]) {
        await withPool(threads, (team) => assertEquals(resultsOf(program, given, { generator, team }), wanted));
      }
    }
  },
);

const x = randomNormal(key(1), [200, 200]), xs = randomNormal(key(2), [6, 24, 24]), w = randomNormal(key(3), [24, 24]);
const step = () => compile((y: Tensor<"float32">) => tanh(matmul(y, matmul(x, y))));

Deno.test(
  "loops and their derivatives have the bits of one thread",
  { ignore },
  () =>
    onThreads(2, (engine, _, single) => {
      const loop = (xs: Tensor<"float32">) =>
        scanAlong(
          (carry: Tensor<"float32">, slice: Tensor<"float32">) => {
            const next = tanh(add(matmul(carry, w), slice));
            return [next, mul(next, next)] as const;
          },
          w,
          xs,
        )[1];
      const derivative = gradient((xs: Tensor<"float32">) => sum(loop(xs)));
      const results = (own: Engine) => {
        setEngine(own);
        return [compile(loop), compile((xs: Tensor<"float32">) => derivative(xs))].map((f) => [...tensorData(f(xs))]);
      };
      assertEquals(results(engine), results(single));
    }),
);

Deno.test(
  "plain products have the bits of one thread, whatever their layout",
  { ignore },
  () =>
    onThreads(3, (engine, _, single) => {
      const a = randomNormal(key(4), [301, 170]), b = randomNormal(key(5), [170, 203]);
      const stack = randomNormal(key(6), [5, 120, 130]), one = randomNormal(key(7), [130, 90]);
      const results = (own: Engine) => {
        setEngine(own);
        // The first call of a size is not machine code yet.
        const both = (f: () => Tensor<"float32">) => [f(), f(), f()].slice(1).map((y) => [...tensorData(y)]);
        return [
          both(() => matmul(a, b)),
          both(() => transpose(matmul(transpose(b), transpose(a)))),
          both(() => matmul(a, transpose(a))),
          both(() => matmul(stack, one)),
        ];
      };
      assertEquals(results(engine), results(single));
    }),
);

Deno.test(
  "an index that is none is refused as on one thread, and the program goes on afterwards",
  { ignore },
  () =>
    onThreads(3, () => {
      const f = compile((x: Tensor<"float32">, indices: Tensor) => sum(tanh(take(mul(x, x), indices))));
      const right = constant([0, 5, 199]), wrong = constant([0, 200, 1]), before = tensorData(f(x, right));
      for (let k = 0; k < 2; k++) {
        assertThrows(() => f(x, wrong), RangeError, "index 200 at position 1");
        assertEquals(tensorData(f(x, right)), before);
      }
    }),
);

Deno.test("after close, programs and products run on the calling thread", { ignore }, () =>
  onThreads(3, (engine) => {
    const f = step(), before = tensorData(f(x)), products = () => [matmul(x, x), matmul(x, x)].map(tensorData);
    products();
    const plain = products();
    engine.close();
    assertEquals([tensorData(f(x)), tensorData(step()(x)), ...products()], [before, before, ...plain]);
  }));

Deno.test(
  "a thread that is gone is an error, not a hang, and for products too",
  { ignore },
  () =>
    onThreads(2, (_, pool) => {
      const f = step(), product = () => matmul(x, x);
      f(x);
      for (let k = 0; k < 3; k++) product();
      pool.endThreads();
      assertThrows(() => f(x), Error, "Cannot run on 2 threads");
      for (let k = 0; k < 2; k++) assertThrows(product, Error, "close the engine, and make a new one");
    }),
);

Deno.test(
  "a product that a thread did not finish keeps its arrays from others",
  { ignore },
  () =>
    onThreads(2, (_, pool) => {
      const product = () => matmul(x, x);
      for (let k = 0; k < 3; k++) product();
      pool.endThreads();
      for (let k = 0; k < 2; k++) assertThrows(product, Error, "Cannot run on 2 threads");
      const small = randomNormal(key(8), [32, 32]),
        results = [1, 2, 3].map(() => [...tensorData(matmul(small, small))]);
      assertEquals(results[1], results[2]);
    }),
);

Deno.test(
  "machineEngine({ threads }) says how many threads it has, and falls back on threads",
  { ignore },
  async () => {
    const engine = await machineEngine({ threads: 2 });
    assertEquals(engine.threads, 2);
    assertStringIncludes(engine.name, ", 2 threads)");
    engine.close();
    await assertRejects(() => machineEngine({ threads: 0 }), RangeError, "whole number of them from 1 to 256");
    const { dlopen } = Deno;
    Object.assign(Deno, { dlopen: undefined });
    try {
      await assertRejects(() => machineEngine({ threads: 2 }), Error, "Cannot make a machine engine");
      const other = await machineEngine({ threads: 2, fallback: true });
      assertEquals(other.name, "threaded (2)");
      other.close();
    } finally {
      Object.assign(Deno, { dlopen });
    }
  },
);

Deno.test("small programs run on one thread, and long ones as is faster", { ignore }, async () => {
  const engine = await machineEngine({ threads: 2 }), previous = setEngine(engine);
  try {
    const f = step(), g = compile((y: Tensor<"float32">) => add(y, y)), first = tensorData(f(x));
    for (let k = 0; k < 30; k++) assertEquals([tensorData(f(x)), tensorData(g(w))[0]], [first, 2 * tensorData(w)[0]!]);
    assert(engine.threads === 2);
  } finally {
    setEngine(previous);
    engine.close();
  }
});
