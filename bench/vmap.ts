/**
 * Prints what `vmap` costs: Hessians beside rows that are computed one after another, and the gradients of each example
 * of a batch beside the gradient of all.
 *
 * ```sh
 * deno run -A bench/vmap.ts [--rounds=5] [--against=../old/mod.ts]
 * ```
 *
 * The last rows say what bounds gradients that are returned: memory alone, as many bytes filled and copied, into arrays
 * that are new at each call, as results are, and into the same ones. New arrays get their pages from the operating system one
 * by one; `GLIBC_TUNABLES=glibc.malloc.hugetlb=1` before the command makes these large ones, on Linux. `torch_vmap.py` has
 * PyTorch's times.
 *
 * Each round measures everything once, alternating; the best of the rounds is shown, in processor time for one call.
 *
 * With `--against`, Hessians are also measured beside those of another version of the library.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "@std/cli/parse-args";
import * as library from "@nanograd/nanograd";
import {
  activations,
  adam,
  add,
  clipByGlobalNorm,
  compile,
  constant,
  denseLayer,
  evaluate,
  gradient,
  hessian,
  key,
  mean,
  oneHot,
  randomInteger,
  randomNormal,
  sequential,
  softmaxCrossEntropy,
  square,
  stack,
  sum,
  type Tensor,
  tensorData,
  tree,
  vjp,
  vmap,
} from "@nanograd/nanograd";

const { rounds = "5", against } = parseArgs(Deno.args, { string: ["rounds", "against"] });

/** Returns the processor time of one call in milliseconds: the best of some runs. */
function milliseconds(f: () => void): number {
  const cpu = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let calls = 0;
  const began = cpu();
  for (; cpu() - began < 200 || calls < 3; calls++) f();
  const turns = Math.max(1, Math.floor(20 / ((cpu() - began) / calls)));
  return Math.min(...Array.from({ length: 8 }, () => {
    const start = cpu();
    for (let k = 0; k < turns; k++) f();
    return (cpu() - start) / turns;
  }));
}

type Row = { readonly name: string; readonly run: () => void; readonly baseline: () => void };

type T64 = Tensor<"float64">;

const SIZE = 64, x: T64 = randomNormal(key(0), [SIZE], { dtype: "float64" });

type Library = typeof import("@nanograd/nanograd");

/** Functions of 64 numbers, written with the operations of a version of the library. */
function functionsOf(
  { add, matmul, mul, randomNormal, key, sin, slice, softmax, square, sub, sum, tanh }: Library,
): { readonly [name: string]: (x: T64) => T64 } {
  const [w1, w2] = [1, 2].map((seed): T64 => randomNormal(key(seed), [SIZE, SIZE], { dtype: "float64" })) as [T64, T64];
  return {
    "Rosenbrock's function": (x) => {
      const a = slice(x, 0, SIZE - 1), b = slice(x, 1, SIZE - 1);
      return sum(add(mul(100, square(sub(b, square(a)))), square(sub(1, a))));
    },
    "a softmax": (x) => sum(mul(softmax(x), sin(x))),
    "two layers of 64": (x) => sum(square(matmul(w2, tanh(matmul(w1, x))))),
  };
}

const FUNCTIONS = functionsOf(library);

/** The Hessian without `vmap`: the pullback of the gradient, for one row after another. */
const rowByRow = (f: (x: T64) => T64) => (x: T64): Tensor => {
  const { pullback } = vjp(gradient(f), x);
  return stack(Array.from({ length: SIZE }, (_, i) => pullback(oneHot(i, SIZE, { dtype: "float64" }))[0]));
};

const hessians = Object.entries(FUNCTIONS).flatMap(([name, f]): readonly Row[] => {
  const plain = hessian(f), before = rowByRow(f), compiled = compile(plain), compiledBefore = compile(before);
  return [
    { name: `Hessian of ${name}, plain`, run: () => plain(x), baseline: () => before(x) },
    { name: `Hessian of ${name}, compiled`, run: () => compiled(x), baseline: () => compiledBefore(x) },
    { name: `the same, with its compilation`, run: () => compile(plain)(x), baseline: () => compile(before)(x) },
  ];
});

/** Hessians beside those of another version. */
async function againstAnother(path: string): Promise<readonly Row[]> {
  const other = await import(new URL(path, `file://${Deno.cwd()}/`).href) as Library;
  const theirs = other.tensor64(Array.from(tensorData(x))), before = functionsOf(other);
  return Object.entries(FUNCTIONS).flatMap(([name, f]): readonly Row[] => {
    const old = other.hessian(before[name]!), oldCompiled = other.compile(old), compiled = compile(hessian(f));
    return [
      { name: `Hessian of ${name}, plain`, run: () => hessian(f)(x), baseline: () => old(theirs) },
      { name: `Hessian of ${name}, compiled`, run: () => compiled(x), baseline: () => oldCompiled(theirs) },
    ];
  });
}

const BATCH = 128, relu = { activation: activations.relu };
const network = sequential([denseLayer(784, 128, relu), denseLayer(128, 64, relu), denseLayer(64, 10)]);
const { params, state } = network.init(key(0));
type Params = typeof params;
const xs = randomNormal(key(1), [BATCH, 784]), labels = randomInteger(key(2), [BATCH], { max: 10 });
type T32 = typeof xs;

const loss = (params: Params, x: T32, y: T32) =>
  softmaxCrossEntropy(network.apply({ params, state }, x, evaluate)[0], y);
const slope = gradient(loss), ordinary = compile(slope), axes = { in: [null, 0, 0] } as const;
const squaredNorm = (...args: Parameters<typeof loss>): Tensor =>
  (tree.leaves(slope(...args)) as readonly Tensor[]).map((t) => sum(square(t))) // all are tensors
    .reduce((a, b) => add(a, b));
const clipped = vmap((...args: Parameters<typeof loss>) => clipByGlobalNorm(slope(...args), 1), axes);
const norms = compile(vmap(squaredNorm, axes)), all = compile(vmap(slope, axes));
const meanOfClipped = compile((...args: Parameters<typeof loss>) =>
  tree.map((t: Tensor) => mean(t, { axes: 0 }), clipped(...args))
);
const baseline = () => void ordinary(params, xs, labels);

// A step of training is a gradient and what Adam makes of it, in the memory of a compiled fold.
const optimizer = adam(), start = optimizer.init(params);
type Carry = typeof start;
type Batch = readonly [T32, T32];
function* endless<T>(x: T): Generator<T, never, undefined> {
  for (;;) yield x;
}
const stepsBy = (gradients: (params: Params, x: T32, y: T32) => Params): () => void => {
  const step = compile((state: Carry, [x, y]: Batch) =>
    [optimizer.step(state, gradients(state.params, x, y)), constant(0)] as const
  );
  const steps = step.scan(start, endless<Batch>([xs, labels]));
  return () => void steps.next();
};
const ordinaryStep = stepsBy(slope);
const clippedStep = stepsBy((...args) => tree.map((t: Tensor) => mean(t, { axes: 0 }), clipped(...args)) as Params // the same tree
);

// As many bytes as all gradients have, in the memory of a program, and outside of it.
const sizes = (tree.leaves(all(params, xs, labels)) as readonly Tensor[]).map((t) => tensorData(t).length); // all are tensors
const total = sizes.reduce((a, b) => a + b), memory = new WebAssembly.Memory({ initial: Math.ceil(total / 2 ** 14) });
const inside = new Float32Array(memory.buffer, 0, total), kept = new Float32Array(total);
const fillAndCopy = (arrays: () => readonly Float32Array[]) => (): void => {
  inside.fill(1);
  let start = 0;
  for (const to of arrays()) {
    to.set(inside.subarray(start, start + to.length));
    start += to.length;
  }
};
const fresh = fillAndCopy(() => sizes.map((size) => new Float32Array(size))), again = fillAndCopy(() => [kept]);

const gradients: readonly Row[] = [
  { name: "norms of the gradients of 128 examples", run: () => norms(params, xs, labels), baseline },
  { name: "mean of their gradients, each clipped", run: () => meanOfClipped(params, xs, labels), baseline },
  { name: "a step of Adam by that mean, and by the gradient", run: clippedStep, baseline: ordinaryStep },
  { name: "their gradients as results, 56 MB", run: () => all(params, xs, labels), baseline },
  { name: "bare memory: a fill and a copy of as much, new arrays", run: fresh, baseline },
  { name: "bare memory: the same into an array that is there", run: again, baseline },
];

const table = (title: string, against: string, rows: readonly Row[]): void => {
  console.log(`\n${title.padEnd(58)}${"ms".padStart(9)}${against.padStart(16)}${"times".padStart(9)}`);
  const best = rows.map(() => [Infinity, Infinity]);
  for (let round = 0; round < Number(rounds); round++) {
    rows.forEach(({ run, baseline }, k) => {
      best[k] = [Math.min(best[k]![0]!, milliseconds(run)), Math.min(best[k]![1]!, milliseconds(baseline))];
    });
  }
  rows.forEach(({ name }, k) => {
    const [own, other] = best[k] as [number, number];
    console.log(
      name.padEnd(58) + own.toFixed(3).padStart(9) + other.toFixed(3).padStart(16) +
        (own / other).toFixed(3).padStart(9),
    );
  });
};

if (typeof against === "string") table("64 inputs", "before", await againstAnother(against));
table("64 inputs", "row by row", hessians);
table("784-128-64-10, compiled", "gradient of all", gradients);
