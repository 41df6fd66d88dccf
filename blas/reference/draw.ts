/**
 * Random numbers, computed one after another.
 *
 * The numbers are JAX's for the same key, size and dtype. In float32, normal numbers agree to the last bit in every
 * known case; in float64, they come from a more accurate inverse error function, and differ from JAX's by a few units
 * in the last place.
 *
 * @module
 */
import { aboveMinusOne, type Distribution, type DistributionOf, integerMultiplier } from "../distribution.ts";
import { type DType, DTYPES } from "../dtype.ts";
import type { Engine } from "../engine.ts";
import { shared } from "../shared.ts";
import { randomWordPairs, randomWords, threefry2x32, type Words } from "../threefry.ts";

/** The inverse error functions of both dtypes, which make normal numbers. */
export type Inverses = { readonly [D in DType]: (x: number) => number };

/** The inverse error functions that an operation has brought, if one has. */
export const inversesInUse: { current: Inverses | undefined } = /* @__PURE__ */ shared(
  "inverse error functions",
  () => ({ current: undefined }),
);

/**
 * Returns an `Engine.draw`.
 *
 * @param inverses Returns the inverse error functions, without which no normal numbers are drawn.
 */
export function drawBy(inverses: () => Inverses | undefined): Engine["draw"] {
  const numbersOf = (distribution: Distribution, dtype: DType, key: Words, size: number): Numbers => {
    switch (distribution.kind) {
      case "uniform":
        return uniform(distribution, dtype, key, size);
      case "normal":
        return normal(distribution, dtype, key, size, inverses());
      case "integer":
        return integer(distribution, key, size);
    }
  };
  return (distribution, key, { data, dtype, size, offset }) => {
    const numbers = numbersOf(distribution, dtype, key, size);
    for (let i = 0; i < size; i++) data[offset + i] = numbers(i);
  };
}

/** The numbers of a stream by index, before they are rounded to the dtype. */
type Numbers = (i: number) => number;

/** Scales the leading bits of each word, as many as a significand holds, to [0, 1) exactly: `u`; then `low + range * u`. */
function uniform(
  { low, range }: Pick<DistributionOf<"uniform">, "low" | "range">,
  dtype: DType,
  key: Words,
  size: number,
): Numbers {
  const { round } = DTYPES[dtype];
  if (dtype === "float32") {
    const words = randomWords(key, size);
    return (i) => round(round((words[i]! >>> 9) * 2 ** -23 * range) + low);
  }
  const words = randomWordPairs(key, size);
  return (i) => (words[2 * i]! * 2 ** 20 + (words[2 * i + 1]! >>> 12)) * 2 ** -52 * range + low;
}

function normal(
  { mean, std }: DistributionOf<"normal">,
  dtype: DType,
  key: Words,
  size: number,
  inverses: Inverses | undefined,
): Numbers {
  const { round, epsilon } = DTYPES[dtype], root = round(Math.SQRT2), inverse = inverses?.[dtype];
  if (inverse === undefined) {
    throw new TypeError(
      "Cannot draw normal numbers: their inverse error function must have been loaded; draw them with randomNormal",
    );
  }
  const x = uniform({ low: aboveMinusOne(epsilon), range: 2 }, dtype, key, size);
  return (i) => mean + round(std * round(root * inverse(x(i))));
}

/** JAX's arithmetic for 32-bit integers: the remainder of 64 bits, or of 32 where the upper ones cancel. */
function integer({ min, span }: DistributionOf<"integer">, key: Words, size: number): Numbers {
  // `map` returns as many as it is given: two.
  const [upper, lower] = [0, 1].map((k) => randomWords(threefry2x32(key, [0, k]), size)) as [Uint32Array, Uint32Array];
  const multiplier = integerMultiplier(span);
  return (i) => min + ((Math.imul(upper[i]! % span, multiplier) + lower[i]! % span) >>> 0) % span;
}
