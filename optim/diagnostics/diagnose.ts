/**
 * Diagnoses of a training run from its gradients.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkFields, checkPositive } from "../check_setting.ts";
import { EXPLODING, VANISHING } from "./gradient_health.ts";
import type { GradientMonitor } from "./gradient_monitor.ts";

/** One finding of {@link diagnose}. */
export type Finding =
  & {
    /** The parameters concerned, such as `"0.weight"`. */
    readonly paths: readonly string[];
    /** The observation and the remedy, in words. */
    readonly recommendation: string;
  }
  & (
    /** A gradient was NaN or infinite; `step` is the first such step within the window. */
    | { readonly tag: "NotFinite"; readonly step: number }
    /** A norm was too large; `norm` is the largest. */
    | { readonly tag: "Exploding"; readonly norm: number }
    /** The gradient of a parameter was always zero. */
    | { readonly tag: "Dead" }
    /** Norms are too small; `norm` is the smallest median. */
    | { readonly tag: "Vanishing"; readonly norm: number }
    /** Steps alternate in direction; `cosine` is the lowest median between one gradient and the next. */
    | { readonly tag: "Oscillating"; readonly cosine: number }
    /** Norms jump; `factor` is the largest median ratio from one step to the next. */
    | { readonly tag: "Noisy"; readonly factor: number }
    /** The gradient is the same at every step. */
    | { readonly tag: "Stagnating" }
    /** One gradient is far smaller than another; `paths` are the smallest and the largest. */
    | { readonly tag: "Unbalanced"; readonly ratio: number }
  );

/** The thresholds of {@link diagnose}. */
export type DiagnosisOptions = {
  /** The Euclidean norm of one parameter's gradient above which it explodes; 10 if left out. */
  readonly exploding?: number | undefined;
  /** The norm below which it vanishes; 1e-7 if left out. */
  readonly vanishing?: number | undefined;
  /** The largest acceptable ratio of the elements of one gradient to those of another; 1000 if left out. */
  readonly ratio?: number | undefined;
};

/** The number of steps that a trend needs. */
const TREND = 5;

/** The window for one parameter. */
type Course = {
  readonly path: string;
  readonly size: number;
  /** Norms, the oldest first. */
  readonly norms: readonly number[];
  /** The first step with a value that was not finite. */
  readonly notFiniteAt: number | undefined;
  /** The cosines of the angles between successive gradients. */
  readonly cosines: readonly number[];
};

/**
 * Judges a training run by its gradients, and lists everything conspicuous in the monitor's window, worst first.
 *
 * | finding | when |
 * |---|---|
 * | `NotFinite` | a gradient held NaN or an infinity; there are no other findings for that parameter |
 * | `Exploding` | a norm was above `exploding` |
 * | `Dead` | every element was 0 at every step |
 * | `Vanishing` | the median norm is below `vanishing` |
 * | `Oscillating` | the median cosine between one gradient and the next is below -0.5 |
 * | `Noisy` | the norm changes by more than a factor of 2 at most steps, up or down |
 * | `Stagnating` | the median cosine is above 0.999, and no norm differs by more than 1 % from another |
 * | `Unbalanced` | the root mean square of one gradient is `ratio` times that of another, by their medians |
 *
 * `Oscillating`, `Noisy` and `Stagnating` need at least five steps. A finding is a place to look at, not a proof: a
 * network that has converged has small gradients too.
 *
 * @param monitor The record that {@link gradientMonitor} made.
 * @param options Thresholds.
 * @returns The findings; empty if nothing is conspicuous.
 * @throws {RangeError} If a threshold is not a finite number above 0.
 * @see Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010, which
 * compares gradients between layers.
 *
 * @example A layer that is cut off
 * ```ts
 * import { diagnose, gradientMonitor, tensor64 } from "@nanograd/nanograd";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const record = gradientMonitor({ window: 10 });
 * const gradients = [{ weight: tensor64([0, 0]) }, { weight: tensor64([0.3, 0.1]) }];
 * const [finding, ...others] = diagnose(record(record.initial, gradients));
 * assertEquals([finding?.tag, finding?.paths, others], ["Dead", ["0.weight"], []]);
 * assertStringIncludes(finding!.recommendation, "the loss depends on it");
 * ```
 */
export function diagnose(
  monitor: GradientMonitor,
  options: DiagnosisOptions = {},
): readonly Finding[] {
  if (!Array.isArray(monitor?.history)) {
    throw new TypeError(
      `Cannot diagnose ${describe(monitor)}: it must be a gradient monitor; pass what gradientMonitor returned`,
    );
  }
  for (const entry of monitor.history) checkFields("diagnose", entry, ["stats"], "what gradientMonitor returned");
  checkOptions("diagnose", options, { exploding: true, vanishing: true, ratio: true });
  const { exploding = EXPLODING, vanishing = VANISHING, ratio = 1000 } = options;
  for (const [name, value] of Object.entries({ exploding, vanishing, ratio })) {
    checkPositive("a diagnosis", name, value);
  }
  const courses = coursesOf(monitor).filter(({ size }) => size > 0);
  const finite = courses.filter(({ notFiniteAt }) => notFiniteAt === undefined);
  const alive = finite.filter(({ norms }) => norms.some((norm) => norm > 0));
  const dead = finite.filter((course) => !alive.includes(course));
  return [
    notFinite(courses.filter(({ notFiniteAt }) => notFiniteAt !== undefined)),
    explosion(alive, exploding),
    deadness(dead, monitor.history.length),
    vanishment(alive, vanishing),
    oscillation(alive),
    noise(alive),
    stagnation(alive),
    imbalance(alive, ratio),
  ].filter((finding) => finding !== undefined);
}

function notFinite(courses: readonly Course[]): Finding | undefined {
  const paths = pathsOf(courses), step = Math.min(...courses.map(({ notFiniteAt }) => notFiniteAt!));
  return paths.length === 0 ? undefined : {
    tag: "NotFinite",
    paths,
    step,
    recommendation:
      `NaN or infinite since step ${step}: lower the learning rate or clip with clipNorm(1); if this is so at ` +
      "the first step, look for log, div or sqrt of 0 in the loss and for NaN in the data",
  };
}

function explosion(courses: readonly Course[], threshold: number): Finding | undefined {
  const largest = ({ norms }: Course): number => Math.max(...norms);
  const found = courses.filter((course) => largest(course) > threshold), norm = Math.max(...found.map(largest));
  return found.length === 0 ? undefined : {
    tag: "Exploding",
    paths: pathsOf(found),
    norm,
    recommendation:
      `A norm of ${norm.toPrecision(3)}, above ${threshold}: clip with chain(clipNorm(1), …), lower the ` +
      "learning rate or begin with warmup; check that inputs are standardised and that the loss is a mean",
  };
}

function deadness(courses: readonly Course[], steps: number): Finding | undefined {
  return courses.length === 0 ? undefined : {
    tag: "Dead",
    paths: pathsOf(courses),
    recommendation: `No gradient but 0 in ${steps === 1 ? "the one step" : `any of ${steps} steps`} seen: check that ` +
      "the loss depends on it, without stopGradient in between; units of relu that are 0 for every input stay so, where " +
      "leakyRelu or a lower learning rate would keep them alive",
  };
}

function vanishment(courses: readonly Course[], threshold: number): Finding | undefined {
  const found = courses.filter(({ norms }) => median(norms) < threshold);
  const norm = Math.min(...found.map(({ norms }) => median(norms)));
  return found.length === 0 ? undefined : {
    tag: "Vanishing",
    paths: pathsOf(found),
    norm,
    recommendation:
      `A median norm of ${norm.toPrecision(3)}, below ${threshold}: unless training has converged, use relu ` +
      "or gelu in place of sigmoid or tanh, normalization layers or residual connections; Adam makes up for the scale",
  };
}

function oscillation(courses: readonly Course[]): Finding | undefined {
  const found = courses.filter(({ cosines }) => cosines.length >= TREND - 1 && median(cosines) < -0.5);
  const cosine = Math.min(...found.map(({ cosines }) => median(cosines)));
  return found.length === 0 ? undefined : {
    tag: "Oscillating",
    paths: pathsOf(found),
    cosine,
    recommendation:
      `Each gradient points away from the one before (median cosine ${cosine.toFixed(2)}): steps overshoot ` +
      "the minimum; lower the learning rate, or let it fall along a schedule",
  };
}

function noise(courses: readonly Course[]): Finding | undefined {
  const jump = ({ norms }: Course): number =>
    Math.exp(median(norms.slice(1).map((norm, k) => Math.abs(Math.log(norm / norms[k]!))).filter(Number.isFinite)));
  const found = courses.filter((course) => course.norms.length >= TREND && jump(course) > 2);
  const factor = Math.max(...found.map(jump));
  return found.length === 0 ? undefined : {
    tag: "Noisy",
    paths: pathsOf(found),
    factor,
    recommendation:
      `The norm changes by a factor of ${factor.toPrecision(2)} from step to step: use larger batches or ` +
      "gradient accumulation, clip with clipNorm, or use Adam, which averages over steps",
  };
}

function stagnation(courses: readonly Course[]): Finding | undefined {
  const found = courses.filter(({ norms, cosines }) =>
    norms.length >= TREND && cosines.length >= TREND - 1 && median(cosines) > 0.999 &&
    Math.max(...norms) <= 1.01 * Math.min(...norms)
  );
  return found.length === 0 ? undefined : {
    tag: "Stagnating",
    paths: pathsOf(found),
    recommendation: "The gradient is the same step after step: the steps are too small to get anywhere; raise the " +
      "learning rate, for instance to what learningRateSweep suggests",
  };
}

function imbalance(courses: readonly Course[], limit: number): Finding | undefined {
  const scale = ({ norms, size }: Course): number => median(norms) / Math.sqrt(size);
  const sorted = courses.filter((course) => scale(course) > 0).toSorted((a, b) => scale(a) - scale(b));
  const smallest = sorted[0], largest = sorted.at(-1);
  if (smallest === undefined || largest === undefined) return undefined;
  const ratio = Math.min(scale(largest) / scale(smallest), Number.MAX_VALUE);
  return !(ratio > limit) ? undefined : {
    tag: "Unbalanced",
    paths: [smallest.path, largest.path],
    ratio,
    recommendation:
      `An element of the second is ${ratio.toPrecision(3)} times one of the first: one learning rate suits ` +
      "not both; use Adam or RMSprop, which scale each by itself, normalization layers, or a Glorot or He initializer",
  };
}

const pathsOf = (courses: readonly Course[]): readonly string[] => courses.map(({ path }) => path);

/** Returns the history by parameter; a parameter that was missing at a step has gaps. */
function coursesOf({ history }: GradientMonitor): readonly Course[] {
  const paths = [...new Set(history.flatMap(({ stats }) => Object.keys(stats.byPath)))];
  return paths.map((path) => {
    const seen = history.filter(({ stats }) => Object.hasOwn(stats.byPath, path));
    const stats = seen.map((record) => record.stats.byPath[path]!);
    return {
      path,
      size: stats.at(-1)!.size,
      norms: stats.map(({ l2 }) => l2),
      notFiniteAt: seen.find((_, k) => stats[k]!.nan + stats[k]!.infinite > 0)?.step,
      cosines: seen.map(({ cosines }) => cosines[path]).filter((cosine) => cosine !== undefined),
    };
  });
}

/** Returns the middle value, the upper one of two; 0 for none. */
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
