/**
 * Random counts, with JAX's numbers.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { type DType, newData, type ReadonlyDataOf } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Shape } from "../../blas/shape.ts";
import type { Words } from "../../blas/threefry.ts";
import { type View, view } from "../../blas/view.ts";
import { batchOneByOne } from "../batch.ts";
import { cast } from "../ops/cast.ts";
import { apply, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { DTypeOption } from "../values/dtype_option.ts";
import { drawArguments, filled } from "./draw_arguments.ts";
import { elementsOf } from "./gamma.ts";
import { subkey, unitAt } from "./gamma_sample.ts";
import { checkKey, type Key } from "./key.ts";
import { wordsOf } from "./key_tensor.ts";

type PoissonAttributes = { readonly dtype: DType };

/** Draws counts from the words of a key and a mean for each. */
const poissonPrimitive: Primitive<PoissonAttributes> = {
  name: "drawPoisson",
  batch: batchOneByOne,
  samples: () => [{
    attributes: { dtype: "float32" },
    inputs: [{ shape: [2], min: 0, max: 2 ** 24, whole: true }, { shape: [3, 2], min: 1, max: 30, whole: true }],
  }],
  shape: ([, shape]) => either.right(shape!),
  resultDType: ({ dtype }) => dtype,
  evaluate: <D extends DType>([words, means]: readonly View<D>[], { dtype }: PoissonAttributes, shape: Shape) => {
    const from = elementsOf(means!), counts = newData(dtype as D, from.length); // D is the dtype of the result
    const key: Words = [words!.get(0), words!.get(1)], few = chainOf(key, 2), many = chainOf(key, 3);
    for (let i = 0; i < from.length; i++) {
      const mean = Math.fround(from[i]!); // as JAX
      counts[i] = mean === 0 ? 0 : mean < FEW ? counted(few, i, mean) : rejected(many, i, mean);
    }
    return view(counts as ReadonlyDataOf<D>, shape); // likewise
  },
  vjp: () => null,
};

/** The primitives of this file, for the generic checks. */
export const poissonPrimitives = [poissonPrimitive];

/** Below this mean, counting is faster than rejecting. */
const FEW = 10;

/** Returns the keys of a round: in every round a key is split, key 0 is split in the next round, and the others are used. */
function chainOf(start: Words, count: 2 | 3): (round: number) => readonly Words[] {
  const rounds: (readonly Words[])[] = [];
  let next = start;
  return (round) => {
    while (rounds.length <= round) {
      rounds.push(Array.from({ length: count - 1 }, (_, k) => subkey(next, k + 1)));
      next = subkey(next, 0);
    }
    return rounds[round]!;
  };
}

/** Multiplies uniform numbers until the product is below `exp(-mean)`. Knuth, The Art of Computer Programming, 3.4.1. */
function counted(keys: ReturnType<typeof chainOf>, i: number, mean: number): number {
  if (!(mean > 0)) return NaN;
  let count = -1;
  for (let product = 0; product > -mean; count++) product += Math.log(unitAt(keys(count + 1)[0]!, i, "float32"));
  return count;
}

/** Transforms uniform numbers, and rejects some. Hoermann, The Transformed Rejection Method, 1993, algorithm PTRS. */
function rejected(keys: ReturnType<typeof chainOf>, i: number, mean: number): number {
  if (!Number.isFinite(mean)) return NaN;
  const b = 0.931 + 2.53 * Math.sqrt(mean), a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4), limit = 0.9277 - 3.6224 / (b - 2), logMean = Math.log(mean);
  for (let round = 0;; round++) {
    const [first, second] = keys(round), u = unitAt(first!, i, "float32") - 0.5, v = unitAt(second!, i, "float32");
    const shifted = 0.5 - Math.abs(u), k = Math.floor((2 * a / shifted + b) * u + mean + 0.43);
    if (shifted >= 0.07 && v <= limit) return k;
    if (k < 0 || (shifted < 0.013 && v > shifted)) continue;
    const s = Math.log(v * inverseAlpha / (a / (shifted * shifted) + b));
    if (s <= -mean + k * logMean - logFactorial(k)) return k;
  }
}

/** Computes `log(k!)` by Stirling's series from 16 on, and by a sum below. */
function logFactorial(k: number): number {
  if (k < 16) return Array.from({ length: k }, (_, j) => Math.log(j + 1)).reduce((a, b) => a + b, 0);
  const x = k + 1, r = 1 / (x * x);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + (1 / 12 - r * (1 / 360 - r / 1260)) / x;
}

/**
 * Draws from the Poisson distribution: how often an event happens that happens `lambda` times on average. JAX's
 * `poisson`, which rounds means to float32 and draws in float32, whatever the dtype; large means are
 * accurate to 24 bits.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param lambda The mean, 0 or more: a number, or a tensor that broadcasts to the shape.
 * @param shape The shape of the result, that of `lambda` if left out.
 * @param options `dtype`: that of `lambda` if it is a tensor, else float32 by default.
 * @returns A constant of whole numbers of 0 or more.
 * @throws {RangeError} If `lambda` is a number that is not finite and 0 or more; of a tensor, such elements give NaN.
 * @throws {ShapeError} If `lambda` does not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, mean, randomPoisson, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(randomPoisson(key(0), 4, [10_000]))), 4, 0.1);
 * ```
 */
export function randomPoisson<D extends DType = "float32">(
  key: Key,
  lambda: number | Tensor<D>,
  shape?: Shape,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomPoisson", options, { dtype: true });
  checkKey("draw counts", key);
  const found = drawArguments("randomPoisson", { lambda }, {
    shape,
    dtype: options.dtype,
    allowed: (x) => Number.isFinite(x) && x >= 0,
    wanted: "a finite number of 0 or more",
  });
  const operands = [wordsOf(key), cast(filled(found)[0]!, "float64")];
  // The primitive has the dtype of its attributes.
  return apply<PoissonAttributes, DType>(poissonPrimitive, { dtype: found.dtype }, operands) as Tensor<D>;
}
