/**
 * A soak test of threads: many training steps, with errors in between, alternating between engines and between two
 * compiled functions; then many pools, closed or dropped.
 *
 *     deno run -A --v8-flags=--expose-gc bench/threads_soak.ts [--steps=100000] [--pools=100] [--engine=machine]
 *
 * Ends with an error if a result differs from that of one thread. The memory of the process is shown as it goes.
 *
 * @module
 */
import {
  adam,
  compile,
  constant,
  gradient,
  key,
  matmul,
  mean,
  mul,
  randomNormal,
  sum,
  take,
  tanh,
  type Tensor,
  tensorData,
} from "@nanograd/nanograd";
import { engines, machineEngine, setEngine, threadedEngine } from "@nanograd/nanograd/blas";
import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

const { steps = "100000", pools = "100", engine: name } = parseArgs(Deno.args, {
  string: ["steps", "pools", "engine"],
});
const isMachine = name === "machine", alone = isMachine ? await machineEngine() : engines.simd;
const onTwoThreads = () => isMachine ? machineEngine({ threads: 2 }) : threadedEngine(2);

type Matrix = Tensor<"float32">;

const x = randomNormal(key(1), [64, 96]), w = randomNormal(key(2), [96, 64]), optimizer = adam();
const loss = (w: Matrix, x: Matrix) => mean(mul(tanh(matmul(x, w)), tanh(matmul(x, w))));
const step = (carry: ReturnType<typeof optimizer.init<Matrix>>, x: Matrix) => {
  return optimizer.step(carry, gradient((w: Matrix) => loss(w, x))(carry.params));
};
const pick = (x: Matrix, indices: Tensor) => sum(tanh(take(mul(x, x), indices)));
const bits = (t: Tensor) => [...tensorData(t)];
const resident = () => `${(Deno.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`;

/** Trains for some steps on two engines, with errors in between. */
async function train(count: number): Promise<void> {
  const threaded = await onTwoThreads(), right = constant([0, 5, 63]), wrong = constant([0, 64, 1]);
  const both = [alone, threaded].map((engine) => ({
    engine,
    step: compile(step),
    pick: compile(pick),
    carry: optimizer.init(w),
  }));
  for (let k = 0; k < count; k++) {
    for (const one of both) {
      setEngine(one.engine);
      one.carry = one.step(one.carry, x);
      if (k % 7 === 0) one.pick(x, right);
      if (k % 1000 === 0) assertThrows(() => one.pick(x, wrong), RangeError, "index 64");
    }
    if (k % 10_000 === 0 || k === count - 1) {
      assertEquals(bits(both[0]!.carry.params), bits(both[1]!.carry.params));
      console.log(`step ${k}: the same bits; ${resident()}`);
    }
  }
  setEngine(engines.simd);
  threaded.close();
}

/** Makes pools, and closes every second one; the others are dropped. */
async function churn(count: number): Promise<void> {
  const { gc } = globalThis as { readonly gc?: () => void };
  for (let k = 0; k < count; k++) {
    const engine = await onTwoThreads();
    setEngine(engine);
    compile(step)(optimizer.init(w), x);
    matmul(randomNormal(key(3), [256, 256]), randomNormal(key(4), [256, 256]));
    setEngine(engines.simd);
    if (k % 2 === 0) engine.close();
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5)); // lets finalizers run
    if (k % 20 === 19) console.log(`${k + 1} pools; ${resident()}`);
  }
}

await train(Number(steps));
await churn(Number(pools));
console.log("done");
