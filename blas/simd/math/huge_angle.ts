/**
 * Sine and cosine of angles so large that float64 arithmetic cannot reduce them: the quarter turns are removed in
 * integer arithmetic, with as many digits of pi as the largest float64 needs.
 *
 * Source: Payne and Hanek, Radian Reduction for Trigonometric Functions, SIGNUM Newsletter 18, 1983.
 *
 * @module
 */

/** Sine and cosine of large angles. */
type HugeAngleFunctions = {
  /**
   * Computes the sine of an angle; NaN for an infinite one.
   *
   * @param x Radians, with an absolute value of 1 or more.
   */
  readonly sin: (x: number) => number;
  /** Computes the cosine of an angle, likewise. */
  readonly cos: (x: number) => number;
};

/**
 * Makes the functions. Nothing outside this function is used in it, so that its source text, which worker threads receive, is
 * complete.
 */
export function hugeAngleFunctions(): HugeAngleFunctions {
  /** Bits after the binary point: 53 of the result, 61 that may cancel, 1024 of the largest exponent, and some spare. */
  const PRECISION = 1216n;

  /** Computes pi as a multiple of 2^-PRECISION, by Machin's formula, pi / 4 = 4 arctan(1/5) - arctan(1/239). */
  function computePi(): bigint {
    const guard = 32n, one = 1n << (PRECISION + guard);
    function arctanOfInverse(n: bigint): bigint {
      let sum = 0n;
      for (let power = one / n, k = 1n; power !== 0n; power /= -(n * n), k += 2n) sum += power / k;
      return sum;
    }
    return (4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))) >> guard;
  }

  let pi: bigint | undefined;

  const fields = new DataView(new ArrayBuffer(8));

  /** Returns the number of quarter turns nearest to an angle, modulo 4, and the remainder as a sum of two float64. */
  function reduce(size: number): { readonly quadrant: number; readonly high: number; readonly low: number } {
    fields.setFloat64(0, size);
    const bits = fields.getBigUint64(0), exponent = bits >> 52n;
    const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
    pi ??= computePi();
    // In units of 2^-PRECISION; the angle is a whole number of them, since it is at least 1.
    const angle = mantissa << (exponent - 1075n + PRECISION), quarter = pi >> 1n;
    const turns = (2n * angle + quarter) / (2n * quarter);
    // pi is off by at most 2 units, which `turns` would multiply: multiply before dividing by 2.
    const rest = angle - ((turns * pi) >> 1n);
    const high = toFloat(rest);
    return { quadrant: Number(turns & 3n), high, low: toFloat(rest - fromFloat(high)) };
  }

  /** Rounds a multiple of 2^-PRECISION to the nearest float64. */
  function toFloat(units: bigint): number {
    const size = units < 0n ? -units : units, drop = BigInt(Math.max(0, size.toString(2).length - 64));
    // Number rounds 64 bits to 53; the bits dropped before are too small to matter.
    return Number(units >> drop) * 2 ** (Number(drop) - Number(PRECISION));
  }

  /** Converts a float64 to a multiple of 2^-PRECISION. */
  function fromFloat(x: number): bigint {
    if (x === 0) return 0n;
    fields.setFloat64(0, Math.abs(x));
    const bits = fields.getBigUint64(0), shift = (bits >> 52n) - 1075n + PRECISION;
    const mantissa = (bits & 0xfffffffffffffn) | 0x10000000000000n;
    const size = shift >= 0n ? mantissa << shift : mantissa >> -shift;
    return x < 0 ? -size : size;
  }

  /** Computes the sine of `high + low` plus `quadrant` quarter turns. */
  function sineInQuadrant(quadrant: number, high: number, low: number): number {
    const value = quadrant % 2 === 0 ? Math.sin(high) + low * Math.cos(high) : Math.cos(high) - low * Math.sin(high);
    return (quadrant & 2) === 0 ? value : -value;
  }

  return {
    sin: (x) => {
      if (!Number.isFinite(x)) return NaN;
      const { quadrant, high, low } = reduce(Math.abs(x)), value = sineInQuadrant(quadrant, high, low);
      return x < 0 ? -value : value;
    },
    cos: (x) => {
      if (!Number.isFinite(x)) return NaN;
      const { quadrant, high, low } = reduce(Math.abs(x));
      return sineInQuadrant(quadrant + 1, high, low);
    },
  };
}
