/**
 * The ends of axes, which the plotting library must be able to divide.
 *
 * @module
 */

/**
 * The largest number on a linear axis, and on any that ends with a round number: the library multiplies by powers of ten, and
 * takes differences.
 */
export const LARGEST = 1e300;

/** The length of the shortest linear axis: its ticks must be ordinary numbers, not subnormal ones. */
const SHORTEST = 1e-290;

/**
 * Returns the smallest and the largest of the finite values, for a linear axis. An axis without values goes from 0 to 1.
 *
 * @throws {RangeError} If a value is beyond 1e300.
 */
export function linearDomain(action: string, values: readonly number[]): [low: number, high: number] {
  const [low, high] = extremesOf(values.filter(Number.isFinite)), largest = Math.max(-low, high);
  if (low > high) return [0, 1];
  if (largest > LARGEST) {
    const given = high === largest ? high : low, wanted = "an axis can show numbers from -1e300 to 1e300";
    throw new RangeError(`Cannot ${action} of numbers such as ${given}: ${wanted}; divide all of them`);
  }
  return high > low && high - low < SHORTEST ? [low - SHORTEST, high + SHORTEST] : [low, high];
}

/**
 * Returns the smallest and the largest of the values above 0 that are finite, for a logarithmic axis. An axis without values
 * goes from 0.1 to 1.
 */
export function logarithmicDomain(values: readonly number[]): [low: number, high: number] {
  const [low, high] = extremesOf(values.filter((value) => value > 0 && value < Infinity));
  return low > high ? [0.1, 1] : [low, high];
}

/** Returns the smallest and the largest of any number of values, without one argument for each. */
const extremesOf = (values: readonly number[]): readonly [low: number, high: number] => [
  values.reduce((least, value) => Math.min(least, value), Infinity),
  values.reduce((most, value) => Math.max(most, value), -Infinity),
];
