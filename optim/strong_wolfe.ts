/**
 * The line search of L-BFGS.
 *
 * @module
 */

/** A point on the line: its distance, the loss there, and the slope of the loss along the line. */
export type LinePoint = { readonly at: number; readonly value: number; readonly slope: number };

/** What ends the search: how much the loss and its slope must fall, and how many points may be evaluated. */
const FALL = 1e-4, FLATTER = 0.9, LEAST_CHANGE = 1e-9, MOST_POINTS = 25;

/**
 * Searches a line for a point that meets the strong Wolfe conditions: the loss has fallen by a share of what its slope
 * at the start predicts, and its slope there is flatter. First the distance grows until two points enclose such a
 * point; then cubic interpolation draws these together. It is PyTorch's `_strong_wolfe`, point by point.
 *
 * @param evaluate Returns the point at a distance.
 * @param start The point at 0; its slope is below 0.
 * @param first The distance to begin with.
 * @param largest The largest change of a number per distance, which tells when two points are too close.
 * @returns The best point found.
 * @see Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6.
 */
export function strongWolfe(
  evaluate: (at: number) => LinePoint,
  start: LinePoint,
  first: number,
  largest: number,
): LinePoint {
  const { ends, looked, isFound } = bracket(evaluate, start, first);
  if (isFound) return ends[0];
  return zoom(evaluate, start, ends, looked, largest);
}

const hasFallen = (start: LinePoint, { at, value }: LinePoint): boolean =>
  !(value > start.value + FALL * at * start.slope);
const isFlat = (start: LinePoint, { slope }: LinePoint): boolean => Math.abs(slope) <= -FLATTER * start.slope;

type Bracket = {
  readonly ends: readonly [LinePoint, LinePoint];
  readonly looked: number;
  /** Whether the first end meets the conditions. */
  readonly isFound: boolean;
};

/** Increases the distance until two points enclose one that meets the conditions. */
function bracket(evaluate: (at: number) => LinePoint, start: LinePoint, first: number): Bracket {
  let before = start, point = evaluate(first);
  for (let looked = 0; looked < MOST_POINTS; looked++) {
    if (!hasFallen(start, point) || (looked > 1 && point.value >= before.value)) {
      return { ends: [before, point], looked, isFound: false };
    }
    if (isFlat(start, point)) return { ends: [point, point], looked, isFound: true };
    if (point.slope >= 0) return { ends: [before, point], looked, isFound: false };
    const next = cubicMinimum(before, point, [point.at + 0.01 * (point.at - before.at), point.at * 10]);
    before = point;
    point = evaluate(next);
  }
  return { ends: [start, point], looked: MOST_POINTS, isFound: false };
}

/** Draws two points together around one that meets the conditions. */
function zoom(
  evaluate: (at: number) => LinePoint,
  start: LinePoint,
  ends: readonly [LinePoint, LinePoint],
  looked: number,
  largest: number,
): LinePoint {
  let [a, b] = ends, isSlow = false; // in the order of evaluation
  for (let points = looked; points < MOST_POINTS; points++) {
    if (Math.abs(b.at - a.at) * largest < LEAST_CHANGE) break;
    const trial = inside(cubicMinimum(a, b), a.at, b.at, isSlow), [low, high] = a.value <= b.value ? [a, b] : [b, a];
    isSlow = trial.isSlow;
    const point = evaluate(trial.at);
    if (!hasFallen(start, point) || point.value >= low.value) {
      [a, b] = low === a ? [a, point] : [point, b];
      continue;
    }
    if (isFlat(start, point)) return point;
    const other = point.slope * (high.at - low.at) >= 0 ? low : high;
    [a, b] = low === a ? [point, other] : [other, point];
  }
  return a.value <= b.value ? a : b;
}

/** Moves a trial away from the ends of its interval, if it is close to one for the second time, or beyond. */
function inside(
  trial: number,
  a: number,
  b: number,
  wasSlow: boolean,
): { readonly at: number; readonly isSlow: boolean } {
  const most = Math.max(a, b), least = Math.min(a, b), margin = 0.1 * (most - least);
  if (!(Math.min(most - trial, trial - least) < margin)) return { at: trial, isSlow: false };
  if (!wasSlow && trial < most && trial > least) return { at: trial, isSlow: true };
  return { at: Math.abs(trial - most) < Math.abs(trial - least) ? most - margin : least + margin, isSlow: false };
}

/** Returns where the cubic through two points with these slopes is least, between bounds. */
function cubicMinimum(
  a: LinePoint,
  b: LinePoint,
  [least, most]: readonly [number, number] = a.at <= b.at ? [a.at, b.at] : [b.at, a.at],
): number {
  const mean = a.slope + b.slope - 3 * (a.value - b.value) / (a.at - b.at), square = mean ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const root = Math.sqrt(square), [from, to] = a.at <= b.at ? [a, b] : [b, a];
  const found = to.at - (to.at - from.at) * ((to.slope + root - mean) / (to.slope - from.slope + 2 * root));
  return Math.min(Math.max(found, least), most);
}
