/**
 * Sine and cosine of angles so large that float64 arithmetic cannot reduce them: the quarter turns are divided off in whole
 * numbers, with as many digits of pi as the largest float64 needs.
 *
 * The idea is that of M. Payne and R. Hanek, Radian Reduction for Trigonometric Functions, SIGNUM Newsletter 18, 1983.
 *
 * @module
 */

/** Bits after the point: 53 of the result, 61 that may cancel, 1024 of the largest exponent, and some to spare. */
const PRECISION = 1216n;

/** pi by Machin's formula, pi / 4 = 4 arctan(1/5) - arctan(1/239), as a multiple of 2^-PRECISION; computed when first needed. */
function computePi(): bigint {
  const guard = 32n, one = 1n << (PRECISION + guard);
  const arctanOfInverse = (n: bigint): bigint => {
    let sum = 0n;
    for (let power = one / n, k = 1n; power !== 0n; power /= -(n * n), k += 2n) sum += power / k;
    return sum;
  };
  return (4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))) >> guard;
}

let pi: bigint | undefined;

const fields = new DataView(new ArrayBuffer(8));

/** The quarter turns in an angle, to the nearest, modulo 4, and what is left, as a sum of two float64. */
function reduce(size: number): { readonly quadrant: number; readonly high: number; readonly low: number } {
  fields.setFloat64(0, size);
  const bits = fields.getBigUint64(0), exponent = bits >> 52n;
  const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
  pi ??= computePi();
  // In units of 2^-PRECISION; the angle is a whole number of them, since it is at least 1.
  const angle = mantissa << (exponent - 1075n + PRECISION), quarter = pi >> 1n;
  const turns = (2n * angle + quarter) / (2n * quarter);
  // pi is off by at most 2 units, and turns times that would show: multiply before dividing by 2.
  const rest = angle - ((turns * pi) >> 1n);
  const high = toFloat(rest);
  return { quadrant: Number(turns & 3n), high, low: toFloat(rest - fromFloat(high)) };
}

/** A multiple of 2^-PRECISION, rounded to the nearest float64. */
function toFloat(units: bigint): number {
  const size = units < 0n ? -units : units, drop = BigInt(Math.max(0, size.toString(2).length - 64));
  // 64 bits are rounded to 53 by Number; what is dropped before is too little to matter.
  return Number(units >> drop) * 2 ** (Number(drop) - Number(PRECISION));
}

/** A float64 as a multiple of 2^-PRECISION. */
function fromFloat(x: number): bigint {
  if (x === 0) return 0n;
  fields.setFloat64(0, Math.abs(x));
  const bits = fields.getBigUint64(0), shift = (bits >> 52n) - 1075n + PRECISION;
  const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
  const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -size : size;
}

/** The sine of `high + low`, turned by quarters. */
function turned(quadrant: number, high: number, low: number): number {
  const value = quadrant % 2 === 0 ? Math.sin(high) + low * Math.cos(high) : Math.cos(high) - low * Math.sin(high);
  return (quadrant & 2) === 0 ? value : -value;
}

/**
 * The sine of an angle.
 *
 * @param x Radians, 1 or more in size; NaN for an infinite one.
 */
export function sineOfHugeAngle(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduce(Math.abs(x)), value = turned(quadrant, high, low);
  return x < 0 ? -value : value;
}

/**
 * The cosine of an angle.
 *
 * @param x Radians, 1 or more in size; NaN for an infinite one.
 */
export function cosineOfHugeAngle(x: number): number {
  if (!Number.isFinite(x)) return NaN;
  const { quadrant, high, low } = reduce(Math.abs(x));
  return turned(quadrant + 1, high, low);
}
