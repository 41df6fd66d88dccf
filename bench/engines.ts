/**
 * Prints how long operations and whole training steps take on every engine, copies in and out included.
 *
 * `deno run --allow-ffi bench/engines.ts [pattern]`; without `--allow-ffi`, or without a native library, that column
 * stays empty. A pattern picks workloads by name. All engines take turns at a workload, and the best of several rounds
 * counts: on a shared machine, the best is what can be reproduced.
 *
 * @module
 */
import {
  activations,
  adam,
  add,
  constant,
  denseLayer,
  exp,
  forward,
  gelu,
  key,
  matmul,
  mseLoss,
  randomInteger,
  randomNormal,
  randomUniform,
  sequential,
  softmax,
  softmaxCrossEntropy,
  sum,
  tanh,
  type Tensor,
  train,
  transpose,
  valueAndGradient,
} from "@nanograd/nanograd";
import { type Engine, engines, nativeEngine, setEngine } from "@nanograd/nanograd/blas";

type Workload = { readonly name: string; readonly make: () => () => unknown };

const uniform = (...shape: readonly number[]): Tensor => randomUniform(key(shape.length), shape, { min: 0.1 });

const product = (name: string, m: number, k: number, n: number): Workload => ({
  name,
  make: () => {
    const a = uniform(m, k), b = uniform(k, n);
    return () => matmul(a, b);
  },
});

const elementwise = (name: string, f: (x: Tensor) => Tensor, ...shape: readonly number[]): Workload => ({
  name,
  make: () => {
    const x = uniform(...shape);
    return () => f(x);
  },
});

const mlp = sequential([
  denseLayer(784, 128, { activation: activations.relu }),
  denseLayer(128, 64, { activation: activations.relu }),
  denseLayer(64, 10),
]);
const tiny = sequential([denseLayer(2, 8, { activation: activations.relu }), denseLayer(8, 1)]);

function trainMlp(batch: number): () => unknown {
  const { params, state } = mlp.init(key(0)), optimizer = adam();
  const x = randomNormal(key(1), [batch, 784]), labels = randomInteger(key(2), [batch], { max: 10 });
  const differentiate = valueAndGradient((p: typeof params) =>
    softmaxCrossEntropy(mlp.apply({ params: p, state }, x, train(key(3)))[0], labels)
  );
  let now = optimizer.init(params);
  return () => now = optimizer.step(now, differentiate(now.params).gradients);
}

function trainTiny(): () => unknown {
  const { params, state } = tiny.init(key(0)), optimizer = adam();
  const x = constant([[0.1, 0.2]]), y = constant([[0.3]]);
  const differentiate = valueAndGradient((p: typeof params) =>
    mseLoss(tiny.apply({ params: p, state }, x, train(key(3)))[0], y)
  );
  let now = optimizer.init(params);
  return () => now = optimizer.step(now, differentiate(now.params).gradients);
}

function inferMlp(batch: number): () => unknown {
  const variables = mlp.init(key(0)), x = randomNormal(key(1), [batch, 784]);
  return () => forward(mlp, variables, x);
}

const WORKLOADS: readonly Workload[] = [
  ...[64, 128, 256, 512, 1024].map((n) => product(`matmul ${n} x ${n}`, n, n, n)),
  product("matmul 32 x 784 x 128", 32, 784, 128),
  product("matmul 1000 x 128 x 10", 1000, 128, 10),
  product("matmul 128 x 784 x 128", 128, 784, 128),
  {
    name: "matrix 1024 x 1024 times vector",
    make: () => {
      const a = uniform(1024, 1024), x = uniform(1024);
      return () => matmul(a, x);
    },
  },
  {
    name: "transposed matrix times vector",
    make: () => {
      const a = transpose(uniform(1024, 1024)), x = uniform(1024);
      return () => matmul(a, x);
    },
  },
  elementwise("add 1e6", (x) => add(x, x), 1_000_000),
  elementwise("add [1000, 1000] + [1000]", (x) => add(x, uniform(1000)), 1000, 1000),
  elementwise("exp 1e6", exp, 1_000_000),
  elementwise("tanh 1e6", tanh, 1_000_000),
  elementwise("gelu 1e6", gelu, 1_000_000),
  elementwise("sum 1e6", sum, 1_000_000),
  elementwise("softmax 1000 x 1000", softmax, 1000, 1000),
  elementwise("add 32", (x) => add(x, x), 32),
  ...[1, 32, 128, 512].map((batch) => ({ name: `784-128-64-10, Adam, batch ${batch}`, make: () => trainMlp(batch) })),
  ...[1, 32].map((batch) => ({ name: `784-128-64-10, output, batch ${batch}`, make: () => inferMlp(batch) })),
  { name: "2-8-1, Adam, batch 1", make: trainTiny },
];

/** Returns the best of several rounds of about 40 ms each, in milliseconds per call, for every engine. */
function times({ make }: Workload, candidates: readonly Engine[]): readonly number[] {
  const calls = candidates.map((engine) => {
    setEngine(engine);
    const run = make();
    const start = performance.now();
    run();
    return { engine, run, count: Math.max(1, Math.ceil(40 / (performance.now() - start))) };
  });
  const best = calls.map(() => Infinity);
  for (let round = 0; round < 7; round++) {
    calls.forEach(({ engine, run, count }, k) => {
      setEngine(engine);
      const start = performance.now();
      for (let i = 0; i < count; i++) run();
      best[k] = Math.min(best[k]!, (performance.now() - start) / count);
    });
  }
  return best;
}

const allowed = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
const native = allowed ? await nativeEngine().catch(() => undefined) : undefined;
const columns = [engines.reference, engines.simd, ...(native === undefined ? [] : [native])];
const wanted = new RegExp(Deno.args[0] ?? "");

console.log(["milliseconds a call".padEnd(34), ...columns.map(({ name }) => name.padStart(12))].join(" "));
for (const workload of WORKLOADS.filter(({ name }) => wanted.test(name))) {
  const cells = times(workload, columns).map((ms) => (ms < 0.1 ? ms.toPrecision(3) : ms.toFixed(3)).padStart(12));
  console.log([workload.name.padEnd(34), ...cells].join(" "));
}
