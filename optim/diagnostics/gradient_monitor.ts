/**
 * Watching gradients over the steps of a training run.
 *
 * @module
 */
import type { Gradients } from "../../autograd/backward.ts";
import type { Parameters } from "../../autograd/parameters.ts";
import { tensorData } from "../../autograd/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { gradientEntries } from "../gradient_norm.ts";
import { checkSetting } from "../optimizer.ts";
import { type Fold, foldOf } from "../fold.ts";
import { type GradientsStats, gradientStats } from "./gradient_stats.ts";

/** What a monitor keeps of one step. */
export type GradientRecord = {
  /** Which step, counted from 1. */
  readonly step: number;
  /** Norms and counts. */
  readonly stats: GradientsStats;
  /**
   * By path, the cosine of the angle to the gradient of the step before: 1 where both point the same way, -1 where they
   * point opposite ways. Without an entry where there is no such angle: at the first step, and where one of the two is
   * zero or not finite.
   */
  readonly cosines: Readonly<Record<string, number>>;
};

/** What is known of the gradients of a training run; {@link diagnose} says what to make of it. */
export type GradientMonitor = {
  /** How many steps back it looks. */
  readonly window: number;
  /** How many steps it has seen in all. */
  readonly steps: number;
  /** The last of them, `window` at most, the oldest first. */
  readonly history: readonly GradientRecord[];
  /** The gradients of the last step, by path. */
  readonly last: ReadonlyMap<string, Tensor>;
};

/**
 * Makes a reducer that watches gradients: `monitor = record(monitor, gradients)` after each step, or
 * `gradients.reduce(record, record.initial)` at once.
 *
 * A step costs about as much as reading every gradient five times.
 *
 * @param options `window`: how many steps back it looks, 100 by default.
 * @returns A reducer; its `initial` is the monitor that has seen nothing.
 * @throws {RangeError} If the window is no whole number of 1 or more.
 *
 * @example
 * ```ts
 * import { diagnose, gradientMonitor, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const record = gradientMonitor({ window: 2 });
 * const run = [0.3, 0.2, 50].map((g) => ({ weight: tensor64([g]), bias: tensor64([0.1]) }));
 * const monitor = run.reduce(record, record.initial);
 * assertEquals(monitor.history.map(({ step }) => step), [2, 3]);
 * assertEquals(diagnose(monitor).map(({ tag, paths }) => [tag, ...paths]), [["Exploding", "weight"]]);
 * ```
 */
export function gradientMonitor(
  { window = 100 }: { readonly window?: number } = {},
): Fold<GradientMonitor, Gradients | Parameters> {
  checkSetting(
    "gradientMonitor",
    "window",
    window,
    (n) => Number.isInteger(n) && n >= 1,
    "a whole number of 1 or more",
  );
  return foldOf<GradientMonitor, Gradients | Parameters>(
    { window, steps: 0, history: [], last: new Map() },
    (monitor, gradients) => {
      const last = new Map(gradientEntries(gradients)), step = monitor.steps + 1;
      const record = { step, stats: gradientStats(gradients), cosines: cosinesOf(monitor.last, last) };
      return { ...monitor, steps: step, history: [...monitor.history, record].slice(-monitor.window), last };
    },
  );
}

function cosinesOf(
  before: ReadonlyMap<string, Tensor>,
  after: ReadonlyMap<string, Tensor>,
): Readonly<Record<string, number>> {
  const cosines = Array.from(after, ([path, gradient]) => {
    const previous = before.get(path);
    return [path, previous === undefined ? NaN : cosine(tensorData(previous), tensorData(gradient))] as const;
  });
  return Object.fromEntries(cosines.filter(([, value]) => !Number.isNaN(value)));
}

/** NaN where there is no angle, and for gradients so far from 1 that their squares leave float64's range. */
function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  let dot = 0, aa = 0, bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!, y = b[i]!;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  const value = aa < Infinity && bb < Infinity ? dot / Math.sqrt(aa) / Math.sqrt(bb) : NaN;
  return Number.isFinite(value) ? Math.min(Math.max(value, -1), 1) : NaN;
}
