/**
 * The threaded engine in use: errors, ends of threads, engines that come and go.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  adam,
  compile,
  constant,
  customOp,
  gradient,
  key,
  matmul,
  mul,
  randomNormal,
  sum,
  take,
  tanh,
  type Tensor,
  toArray,
} from "../../../mod.ts";
import { type Engine, engines, setEngine, threadedEngine } from "../../../blas/mod.ts";
import { type Pool, startPool } from "../../../blas/threaded/pool.ts";
import { threadedEngineOver } from "../../../blas/threaded/engine.ts";

const divided = () => ({ next: () => true, took: () => {} });

/** Runs a function on an engine of some threads that divides all that it can. */
async function onThreads(threads: number, f: (pool: Pool, engine: Engine) => void | Promise<void>): Promise<void> {
  const pool = await startPool(threads, { least: 0, choice: divided, patience: 2 });
  const engine = threadedEngineOver(engines.simd, pool), previous = setEngine(engine);
  try {
    await f(pool, engine);
  } finally {
    setEngine(previous);
    pool.close();
  }
}

const x = randomNormal(key(1), [200, 200]), step = compile((w: Tensor<"float32">) => tanh(matmul(w, matmul(x, w))));

Deno.test("threadedEngine has the number of threads that is asked for", async () => {
  for (const threads of [1, 2]) {
    const engine = await threadedEngine(threads);
    assertEquals([engine.threads, engine.name], [threads, `threaded (${threads})`]);
    engine.close();
  }
  const all = await threadedEngine();
  assertEquals(all.threads, navigator.hardwareConcurrency);
  all.close();
});

Deno.test("threadedEngine refuses numbers of threads that there cannot be", async () => {
  for (const threads of [0, -1, 1.5, NaN, Infinity, 257, "2" as unknown as number]) {
    await assertRejects(() => threadedEngine(threads), RangeError, "whole number of them from 1 to 256");
  }
  // What was given can be told from a number that would do.
  for (const [threads, told] of [["2", '"2"'], [2n, "2n"], [new Number(2), "an instance of Number"]] as const) {
    await assertRejects(() => threadedEngine(threads as never), RangeError, `Cannot start ${told} threads: `);
  }
});

Deno.test("an index that is none is refused as on one thread, and the program goes on afterwards", () =>
  onThreads(3, () => {
    const f = compile((x: Tensor<"float32">, indices: Tensor) => sum(tanh(take(mul(x, x), indices))));
    const right = constant([0, 5, 199]), wrong = constant([0, 200, 1]);
    const before = toArray(f(x, right));
    for (let k = 0; k < 3; k++) {
      assertThrows(() => f(x, wrong), RangeError, "index 200 at position 1");
      assertEquals(toArray(f(x, right)), before);
    }
  }));

Deno.test("an error of the caller's own function in the middle is passed on, and the program goes on afterwards", () =>
  onThreads(2, () => {
    let calls = 0, failing = false;
    const mine = customOp({
      name: "mine",
      forward: (t: Tensor<"float32">) => {
        toArray(t); // so that it is not traced
        calls++;
        if (failing) throw new Error("mine");
        return t;
      },
      vjp: (cotangent) => [cotangent],
    });
    const f = compile((w: Tensor<"float32">) => sum(tanh(mine(mul(w, w)))));
    const first = toArray(f(x));
    failing = true;
    assertThrows(() => f(x), Error, "mine");
    failing = false;
    assertEquals(toArray(f(x)), first);
    assert(calls >= 3);
  }));

Deno.test("two compiled functions in turn, and engines in turn, give what each gives alone", () =>
  onThreads(2, (_, engine) => {
    const other = compile((w: Tensor<"float32">) => gradient((w: Tensor<"float32">) => sum(tanh(matmul(x, w))))(w));
    const wanted = [toArray(step(x)), toArray(other(x))];
    for (let k = 0; k < 20; k++) {
      setEngine(k % 3 === 0 ? engines.simd : engine);
      assertEquals([toArray(step(x)), toArray(other(x))], wanted);
    }
    setEngine(engine);
  }));

Deno.test("a scan that was begun on threads goes on there while another engine is in use", () =>
  onThreads(2, () => {
    const optimizer = adam(),
      fold = compile((carry: ReturnType<typeof optimizer.init<Tensor<"float32">>>, x: Tensor<"float32">) => {
        const gradients = gradient((w: Tensor<"float32">) => sum(tanh(matmul(x, w))))(carry.params);
        return [optimizer.step(carry, gradients), sum(gradients)] as const;
      });
    const losses = (interrupt: boolean) => {
      const seen: unknown[] = [];
      for (const y of fold.scan(optimizer.init(x), [x, x, x, x])) {
        seen.push(toArray(y));
        if (interrupt) setEngine(engines.reference);
      }
      return seen;
    };
    const wanted = losses(false);
    assertEquals(losses(true), wanted);
  }));

Deno.test("after close, the engine and what was compiled on it run on the calling thread", () =>
  onThreads(3, (pool) => {
    const before = toArray(step(x));
    pool.close();
    pool.close();
    assertEquals(toArray(step(x)), before);
    assertEquals(toArray(compile((w: Tensor<"float32">) => tanh(matmul(w, matmul(x, w))))(x)), before);
  }));

Deno.test("a thread that does not arrive is an error, not a hang", async () => {
  // The only other thread is told to stop while it is believed to be there.
  await onThreads(2, (pool) => {
    step(x);
    pool.endThreads();
    assertThrows(() => step(x), Error, "Cannot run on 2 threads");
    assertThrows(() => step(x), Error, "close the engine, and make a new one");
  });
});

Deno.test("pools can be started and closed over and over", async () => {
  for (let k = 0; k < 20; k++) await onThreads(2, () => void step(x));
  assert(true);
});
