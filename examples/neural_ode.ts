/**
 * A neural ordinary differential equation: a small network learns the motion that a spiral was drawn with, from points of
 * it, by gradients through every step of the integration: `deno run examples/neural_ode.ts`, and `--help`.
 *
 * It is trained on short pieces that begin at every point. The integration is one instruction of the compiled training
 * step, `scanAlong`, however many steps it has. The loss falls from 0.4 to about 3e-5 in 1,000 steps of training; the
 * network then follows the whole spiral with a mean squared error of about 3e-3.
 *
 * @see Chen et al., Neural Ordinary Differential Equations, 2018.
 *
 * @module
 */
import {
  activations,
  adam,
  add,
  compile,
  concat,
  denseLayer,
  evaluate,
  key,
  matmul,
  mean,
  pow,
  reshape,
  scale,
  scanAlong,
  sequential,
  slice,
  square,
  stack,
  sub,
  type Tensor,
  tensor64,
  toNumber,
  valueAndGradient,
} from "../mod.ts";
import * as either from "fp-ts/Either.js";
import { stepsFlag } from "./flags.ts";
import { type Output, runWithFlags } from "./run_with_flags.ts";
import { onThreads, threadsFlag } from "./threads.ts";

type T64 = Tensor<"float64">;

/** A change of position per unit of time, at positions `[..., 2]`. */
export type Motion = (position: T64) => T64;

/** The number of steps of the spiral, the number of steps of the pieces on which the network is trained, and the time of a step. */
const STEPS = 200, PIECE = 10, TIME_STEP = 0.05;

/** Follows a motion from a position by the classical Runge-Kutta method; returns `[steps, ...]`, one entry for each step. */
export function follow(motion: Motion, start: T64, steps: number): T64 {
  const h = TIME_STEP,
    step = (y: T64, _: null): readonly [T64, T64] => {
      const k1 = motion(y), k2 = motion(add(y, scale(k1, h / 2))), k3 = motion(add(y, scale(k2, h / 2)));
      const k4 = motion(add(y, scale(k3, h)));
      const next = add(y, scale(add(add(k1, k4), scale(add(k2, k3), 2)), h / 6));
      return [next, next];
    };
  return scanAlong(step, start, null, { length: steps })[1];
}

const TURN = tensor64([[-0.1, -2], [2, -0.1]]), START = tensor64([2, 0]);

/** The motion of the spiral: the third powers of a position, rotated. */
export const spiral: Motion = (y) => matmul(pow(y, 3), TURN);

/** The network that learns the motion. */
const network = sequential([
  denseLayer(2, 32, { activation: activations.tanh, dtype: "float64" }),
  denseLayer(32, 2, { dtype: "float64" }),
]);

/** The result of training: the mean squared distance per coordinate, on pieces and along the whole spiral. */
export type Trained = { readonly onPieces: number; readonly along: number };

/**
 * Trains a network to follow the spiral.
 *
 * @param steps The number of training steps.
 * @param report Called with the loss of each step.
 */
export function train(steps: number, report: (step: number, loss: number) => void = () => {}): Trained {
  const points = concat([reshape(START, [1, 2]), follow(spiral, START, STEPS)]), count = STEPS + 1 - PIECE;
  const starts = slice(points, 0, count);
  const wanted = stack(Array.from({ length: PIECE }, (_, k) => slice(points, k + 1, count)));
  const optimizer = adam({ learningRate: 0.01 }), { params, state } = network.init(key(0));
  const motionOf = (own: typeof params): Motion => (y) => network.apply({ params: own, state }, pow(y, 3), evaluate)[0];
  const loss = (own: typeof params): T64 => mean(square(sub(follow(motionOf(own), starts, PIECE), wanted)));
  const step = compile((now: ReturnType<typeof optimizer.init<typeof params>>) => {
    const { value, gradients } = valueAndGradient(loss)(now.params);
    return [optimizer.step(now, gradients), value] as const;
  });
  let now = optimizer.init(params), onPieces = NaN;
  for (let k = 1; k <= steps; k++) {
    const [next, value] = step(now);
    now = next;
    onPieces = toNumber(value);
    report(k, onPieces);
  }
  const along = mean(square(sub(follow(motionOf(now.params), START, STEPS), slice(points, 1, STEPS))));
  return { onPieces, along: toNumber(along) };
}

const PROGRAM = {
  about: "Teaches a small network the motion that a spiral was drawn with, by gradients through each step of a solver.",
  usage: "deno run examples/neural_ode.ts [flags]",
  flags: { steps: stepsFlag(1000), threads: threadsFlag },
};

/** Runs the program, and returns the exit code. */
export const main = (args: readonly string[], output: Output = console): Promise<number> =>
  runWithFlags(PROGRAM, args, async ({ steps, threads }) => {
    const start = performance.now();
    const { along } = await onThreads(threads, () =>
      train(steps, (step, loss) => {
        if (step === 1 || step % 100 === 0) output.log(`step ${step}: loss ${loss.toExponential(2)}`);
      }));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    return either.right(output.log(`along the whole spiral: ${along.toExponential(2)}, after ${seconds} s`));
  }, output);

if (import.meta.main) Deno.exit(await main(Deno.args));
