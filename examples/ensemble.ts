/**
 * An ensemble that knows what it does not know: twenty networks learn the same few points of a sine, all at once, and
 * differ where there were none: `deno run examples/ensemble.ts`, and `--help`.
 *
 * The network, its loss and its training step are written for one member; `vmap` applies them to all members, and
 * `compile` makes one program of that. The spread at the points is about 0.02, and ten times as much where there are
 * none.
 *
 * @module
 */
import {
  activations,
  adam,
  compile,
  constant,
  denseLayer,
  evaluate,
  gradient,
  type Key,
  key,
  mean,
  mseLoss,
  reshape,
  sequential,
  sin,
  split,
  standardDeviation,
  type Tensor,
  toList,
  vmap,
} from "../mod.ts";
import * as either from "fp-ts/Either.js";
import { stepsFlag, wholeNumber } from "./flags.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { onThreads, threadsFlag } from "./threads.ts";

type T32 = Tensor<"float32">;

const MEMBERS = 20, STEPS = 600;

const network = sequential([denseLayer(1, 32, { activation: activations.tanh }), denseLayer(32, 1)]);
type Params = ReturnType<typeof network.init>["params"];
const optimizer = adam({ learningRate: 0.02 }), { state } = network.init(key(0));

/** Returns the prediction of one network for points, `[points, 1]`. */
const predict = (params: Params, x: T32): T32 => network.apply({ params, state }, x, evaluate)[0];

const column = (values: readonly number[]): T32 => constant(values.map((x) => [x]));

/** Points on the left and on the right; there are none from -1 to 2. */
const xs = column([-3, -2.6, -2.2, -1.8, -1.4, -1, 2, 2.4, 2.8]), ys = sin(xs);

/** The initial state of one member, and one step of its training. */
const begin = (k: Key) => optimizer.init(network.init(k).params);
const learn = (state: ReturnType<typeof begin>) =>
  optimizer.step(state, gradient((params: Params) => mseLoss(predict(params, xs), ys))(state.params));

/** The mean and the standard deviation of the members' predictions for each point. */
export type Opinion = { readonly x: number; readonly mean: number; readonly spread: number };

/** Trains the ensemble and returns its predictions. */
export function opinions(points: readonly number[], { members = MEMBERS, steps = STEPS } = {}): readonly Opinion[] {
  const step = compile(vmap(learn));
  let all = vmap(begin)(split(key(1), members));
  for (let k = 0; k < steps; k++) all = step(all);
  const said = reshape(vmap(predict, { in: [0, null] })(all.params, column(points)), [members, points.length]);
  const means = toList(mean(said, { axes: 0 })), spreads = toList(standardDeviation(said, { axes: 0 }));
  return points.map((x, k) => ({ x, mean: means[k]!, spread: spreads[k]! }));
}

const PROGRAM = {
  about: "Trains many networks at once on a few points of a sine, and shows where they differ.",
  usage: "deno run examples/ensemble.ts [flags]",
  flags: {
    members: {
      name: "members",
      placeholder: "N",
      help: "how many networks learn",
      fallback: MEMBERS,
      example: String(MEMBERS),
      read: wholeNumber(1),
    },
    steps: stepsFlag(STEPS),
    threads: threadsFlag,
  },
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, async ({ threads, ...settings }) => {
    const points = [-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.8];
    const said = await onThreads(threads, () => opinions(points, settings));
    output.log("    x   sine   mean  spread");
    for (const { x, mean, spread } of said) {
      const numbers = [x, Math.sin(x), mean, spread].map((value) => value.toFixed(2).padStart(6)).join(" ");
      output.log(`${numbers}  ${"#".repeat(Math.round(spread * 100))}`);
    }
    return either.right(undefined);
  }, output);

if (import.meta.main) Deno.exit(await main(Deno.args));
