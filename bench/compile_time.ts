/**
 * Prints how long tracing, passes and code generation take: for chains of operations with their gradients, of growing
 * length, and for the training steps of `training_workloads.ts`, whose first compilation in a fresh process is the cold one.
 *
 * ```sh
 * deno run -A bench/compile_time.ts                  # chains in a warm process
 * deno run -A bench/compile_time.ts mlp_train_b32    # one workload, first compilation in the process
 * ```
 *
 * If the time per operation stays the same from one row of a chain to the next, the total is linear. Times are those
 * that the thread spent on a core, so that other processes count little; work of the runtime on other threads is not
 * included. A workload is compiled when its WebAssembly is instantiated; what follows is its first run.
 *
 * @module
 */
import {
  add,
  compile,
  gradient,
  key,
  matmul,
  mean,
  mul,
  randomNormal,
  sin,
  slice,
  sub,
  sum,
  tanh,
  type Tensor,
  tensor64,
} from "../mod.ts";
import { ownTime } from "./breadth/clock.ts";

/** A function of `count` operations and their gradient, and its argument. */
type Chain = (count: number) => { readonly f: (x: Tensor<"float64">) => unknown; readonly x: Tensor<"float64"> };

const repeated = (count: number, step: (x: Tensor<"float64">, k: number) => Tensor<"float64">) => {
  return (x: Tensor<"float64">): Tensor<"float64"> => {
    let y = x;
    for (let k = 0; k < count; k++) y = step(y, k);
    return y;
  };
};

/** Adds terms up pair by pair, so that there is no chain of additions. */
const sumOf = (terms: readonly Tensor<"float64">[]): Tensor<"float64"> => {
  if (terms.length === 1) return terms[0]!;
  const half = terms.length >> 1;
  return add(sumOf(terms.slice(0, half)), sumOf(terms.slice(half)));
};

const vector = tensor64([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);

/** Chains by name: of operations one after another, of operations that all read one value, and of products. */
const CHAINS: { readonly [name: string]: Chain } = {
  "sin and mul": (count) => {
    const body = repeated(count / 2, (y, k) => mul(sin(y), 1 + k / count));
    return { f: gradient((x) => sum(body(x))), x: vector };
  },
  "tanh, minus mean, plus x": (count) => ({
    f: gradient((x: Tensor<"float64">) =>
      sum(
        repeated(count / 4, (y) => {
          const t = tanh(y);
          return add(sub(t, mean(t)), x);
        })(x),
      )
    ),
    x: vector,
  }),
  "squares of slices": (count) => ({
    f: gradient((x: Tensor<"float64">) =>
      sumOf(Array.from({ length: count / 4 }, (_, k) => {
        const piece = slice(x, 4 * k, 4);
        return sum(mul(piece, sin(piece)));
      }))
    ),
    x: randomNormal(key(1), [count], { dtype: "float64" }),
  }),
  "matmul and tanh": (count) => ({
    f: gradient((x: Tensor<"float64">) => sum(repeated(count / 2, (y) => tanh(matmul(y, x)))(x))),
    x: mul(randomNormal(key(0), [16, 16], { dtype: "float64" }), 0.1),
  }),
};

const milliseconds = (f: () => void): number => {
  const began = ownTime();
  f();
  return ownTime() - began;
};

const [workload] = Deno.args;
if (workload === undefined) {
  for (const [name, chain] of Object.entries(CHAINS)) {
    const first = chain(100); // warms the process up
    compile(first.f)(first.x);
    for (const count of [100, 300, 1_000, 3_000, 10_000]) {
      const { f, x } = chain(count), time = milliseconds(() => compile(f)(x));
      console.log(
        `${name.padEnd(26)} ${String(count).padStart(6)} operations ${time.toFixed(0).padStart(7)} ms, ` +
          `${(time / count * 1000).toFixed(0).padStart(6)} us each`,
      );
    }
  }
} else {
  const { WORKLOADS } = await import("./training_workloads.ts");
  const make = WORKLOADS[workload];
  if (make === undefined) {
    throw new RangeError(
      `Cannot measure "${workload}": it must be one of ${Object.keys(WORKLOADS).join(", ")}; leave it out for chains`,
    );
  }
  for (const which of ["cold", "again"]) {
    const step = make(); // draws the initial params, which is not compilation
    const began = ownTime(), last = lastInstance(() => step.compiled()), ended = ownTime();
    console.log(
      `${workload} ${which} ${(last - began).toFixed(1)} ms, ${(ended - began).toFixed(1)} ms with the first run`,
    );
  }
}

/** Runs a function, and returns the time at which it made its last WebAssembly instance. */
function lastInstance(f: () => void): number {
  const { Instance } = WebAssembly;
  let last = ownTime();
  WebAssembly.Instance = class extends Instance {
    constructor(...given: ConstructorParameters<typeof Instance>) {
      super(...given);
      last = ownTime();
    }
  };
  f();
  WebAssembly.Instance = Instance;
  return last;
}
