/**
 * Random numbers, computed one after another.
 *
 * The numbers are JAX's for the same key, size and dtype. In float32, normal numbers agree to the last bit in every
 * known case; in float64, they come from a more accurate inverse error function, and differ from JAX's by a few units
 * in the last place.
 *
 * @module
 */
import { aboveMinusOne, type Distribution, integerMultiplier } from "../distribution.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { erfInverse, erfInverse32 } from "../scalar/erf_inverse.ts";
import { randomWordPairs, randomWords, threefry2x32, type Words } from "../threefry.ts";
import type { MutableView } from "../view.ts";

/** Implements `Engine.draw`. */
export function draw<D extends DType>(
  distribution: Distribution,
  key: Words,
  { data, dtype, size, offset }: MutableView<D>,
): void {
  // The function is the one for this kind of distribution.
  const numbers: Numbers = NUMBERS[distribution.kind as Distribution["kind"]](distribution as never, dtype, key, size);
  for (let i = 0; i < size; i++) data[offset + i] = numbers(i);
}

/** The numbers of a stream by index, before they are rounded to the dtype. */
type Numbers = (i: number) => number;

type Kind<K extends Distribution["kind"]> = Extract<Distribution, { readonly kind: K }>;

const NUMBERS: {
  readonly [K in Distribution["kind"]]: (distribution: Kind<K>, dtype: DType, key: Words, size: number) => Numbers;
} = { uniform, normal, integer };

/** Scales the leading bits of each word, as many as a significand holds, to [0, 1) exactly: `u`; then `low + range * u`. */
function uniform(
  { low, range }: Pick<Kind<"uniform">, "low" | "range">,
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

function normal({ mean, std }: Kind<"normal">, dtype: DType, key: Words, size: number): Numbers {
  const { round, epsilon } = DTYPES[dtype], root = round(Math.SQRT2), inverse = INVERSES[dtype];
  const x = uniform({ low: aboveMinusOne(epsilon), range: 2 }, dtype, key, size);
  return (i) => mean + round(std * round(root * inverse(x(i))));
}

const INVERSES: { readonly [D in DType]: (x: number) => number } = { float32: erfInverse32, float64: erfInverse };

/** JAX's arithmetic for 32-bit integers: the remainder of 64 bits, or of 32 where the upper ones cancel. */
function integer({ min, span }: Kind<"integer">, _: DType, key: Words, size: number): Numbers {
  // `map` returns as many as it is given: two.
  const [upper, lower] = [0, 1].map((k) => randomWords(threefry2x32(key, [0, k]), size)) as [Uint32Array, Uint32Array];
  const multiplier = integerMultiplier(span);
  return (i) => min + ((Math.imul(upper[i]! % span, multiplier) + lower[i]! % span) >>> 0) % span;
}
