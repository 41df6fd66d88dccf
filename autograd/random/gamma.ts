/**
 * Random tensors of the gamma distribution and of distributions made from it, with JAX's numbers.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { type DType, newData, type ReadonlyDataOf } from "../../blas/dtype.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions } from "../../blas/options.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import { randomWordPairs } from "../../blas/threefry.ts";
import { type View, view } from "../../blas/view.ts";
import { batchOneByOne } from "../batch.ts";
import { add, div, sub } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast.ts";
import { maximum } from "../ops/choice.ts";
import { exp } from "../ops/exponential.ts";
import { softmax } from "../ops/softmax.ts";
import { apply, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { DTypeOption } from "../values/dtype_option.ts";
import { drawArguments, filled } from "./draw_arguments.ts";
import { gammaSample } from "./gamma_sample.ts";
import { checkKey, type Key, splitKey } from "./key.ts";
import { wordsOf } from "./key_tensor.ts";

type GammaAttributes = { readonly dtype: DType; readonly isLog: boolean };

/** Draws numbers of the gamma distribution, or their logarithms, from the words of a key and a shape parameter for each. */
const gammaPrimitive: Primitive<GammaAttributes> = {
  name: "drawGamma",
  batch: batchOneByOne,
  samples: () =>
    ([["float32", false], ["float64", true]] as const).map(([dtype, isLog]) => ({
      attributes: { dtype, isLog },
      inputs: [{ shape: [2], min: 0, max: 2 ** 24, whole: true }, { shape: [2, 3], min: 1, max: 9, whole: true }],
    })),
  shape: ([, shape]) => either.right(shape!),
  resultDType: ({ dtype }) => dtype,
  evaluate: <D extends DType>(
    [words, alphas]: readonly View<D>[],
    { dtype, isLog }: GammaAttributes,
    shape: Shape,
  ): View<D> => {
    const from = elementsOf(alphas!), count = from.length;
    const keys = randomWordPairs([words!.get(0), words!.get(1)], count), samples = newData(dtype as D, count); // D is the dtype of the result
    for (let i = 0; i < count; i++) {
      samples[i] = gammaSample([keys[2 * i]!, keys[2 * i + 1]!], from[i]!, dtype, isLog);
    }
    return view(samples as ReadonlyDataOf<D>, shape); // likewise
  },
  vjp: () => null,
};

/** Returns the elements of a view in row-major order. */
export function elementsOf({ data, shape, stride, offset }: View): Float64Array {
  const elements = new Float64Array(shape.reduce((a, b) => a * b, 1));
  let at = 0;
  const walk = (axis: number, place: number): void => {
    if (axis === shape.length) elements[at++] = data[place]!;
    else for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, place + i * stride[axis]!);
  };
  if (elements.length > 0) walk(0, offset);
  return elements;
}

/** The primitives of this file, for the generic checks. */
export const gammaPrimitives = [gammaPrimitive];

/** Draws as many numbers as there are shape parameters. */
const drawGamma = <D extends DType>(key: Key, alpha: Tensor<D>, isLog: boolean): Tensor<D> =>
  apply<GammaAttributes, DType>(gammaPrimitive, { dtype: alpha.dtype, isLog }, [
    wordsOf(key),
    cast(alpha, "float64"),
  ]) as Tensor<D>; // the primitive has the dtype of its attributes

const POSITIVE = { allowed: (x: number) => Number.isFinite(x) && x > 0, wanted: "a finite number above 0" };

/**
 * Draws from the gamma distribution with this shape parameter and scale 1: JAX's `gamma`. Multiply by a scale, or divide by
 * a rate. The result has no derivative with respect to `alpha`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param alpha The shape parameter, which is the mean: a number, or a tensor that broadcasts to the shape.
 * @param shape The shape of the result, that of `alpha` if left out.
 * @param options `dtype`: that of `alpha` if it is a tensor, else float32 by default.
 * @returns A constant of numbers of 0 or more; small `alpha` can give 0 by underflow.
 * @throws {RangeError} If `alpha` is a number that is not finite and above 0; of a tensor, such elements give NaN.
 * @throws {ShapeError} If `alpha` does not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 * @see Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, 2000.
 *
 * @example
 * ```ts
 * import { key, mean, randomGamma, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(randomGamma(key(0), 3, [10_000]))), 3, 0.1);
 * ```
 */
export function randomGamma<D extends DType = "float32">(
  key: Key,
  alpha: number | Tensor<D>,
  shape?: Shape,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomGamma", options, { dtype: true });
  checkKey("draw from a gamma distribution", key);
  const found = drawArguments("randomGamma", { alpha }, { shape, dtype: options.dtype, ...POSITIVE });
  return drawGamma(key, filled(found)[0]!, false);
}

/**
 * Draws from the beta distribution, shares between 0 and 1: JAX's `beta`. The result has no derivatives.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param a The first parameter: a number, or a tensor that broadcasts to the shape. The mean is `a / (a + b)`.
 * @param b The second parameter likewise.
 * @param shape The shape of the result, by default the shape that both parameters broadcast to.
 * @param options `dtype`: that of the parameters if one is a tensor, else float32 by default.
 * @returns A constant of numbers from 0 to 1.
 * @throws {RangeError} If a parameter is a number that is not finite and above 0; of tensors, such elements give NaN.
 * @throws {ShapeError} If the parameters do not broadcast to the shape.
 * @throws {DTypeError} If the dtypes differ.
 * @throws {TypeError} If `key` is not a key.
 *
 * @example
 * ```ts
 * import { key, mean, randomBeta, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(mean(randomBeta(key(0), 1, 3, [10_000]))), 0.25, 0.01);
 * ```
 */
export function randomBeta<D extends DType = "float32">(
  key: Key,
  a: number | Tensor<D>,
  b: number | Tensor<D>,
  shape?: Shape,
  options: DTypeOption<D> = {},
): Tensor<NoInfer<D>> {
  checkOptions("apply randomBeta", options, { dtype: true });
  checkKey("draw from a beta distribution", key);
  const found = drawArguments("randomBeta", { a, b }, { shape, dtype: options.dtype, ...POSITIVE });
  const keys = splitKey(key, 2), logs = filled(found).map((alpha, k) => drawGamma(keys[k]!, alpha, true));
  const largest = maximum(logs[0]!, logs[1]!), [x, y] = logs.map((t) => exp(sub(t, largest)));
  return div(x!, add(x!, y!));
}

/**
 * Draws from the Dirichlet distribution, shares that sum to 1: JAX's `dirichlet`. The result has no derivative with respect
 * to `alpha`.
 *
 * @typeParam D The dtype.
 * @param key The key, which must not be used again.
 * @param alpha `[..., classes]`, above 0. The mean of a share is its part of the sum.
 * @param shape The shape of the result without the classes; that of `alpha` if left out.
 * @returns `[...shape, classes]`, a constant whose rows sum to 1.
 * @throws {ShapeError} If `alpha` has no axes, or its rows do not broadcast to the shape.
 * @throws {TypeError} If `key` is not a key, or `alpha` not a tensor.
 *
 * @example
 * ```ts
 * import { key, randomDirichlet, sum, tensor32, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(sum(randomDirichlet(key(0), tensor32([1, 2, 3])))), 1, 1e-6);
 * ```
 */
export function randomDirichlet<D extends DType>(key: Key, alpha: Tensor<D>, shape?: Shape): Tensor<D> {
  checkKey("draw from a Dirichlet distribution", key);
  checkOperands("randomDirichlet", [alpha]);
  const classes = alpha.shape.at(-1);
  if (classes === undefined) {
    throw new ShapeError({
      op: "randomDirichlet",
      given: { alpha: alpha.shape },
      problem: "alpha must have at least one axis, the last one for the classes",
      remedy: "pass [classes]",
    });
  }
  if (shape !== undefined) checkShape("randomDirichlet", shape);
  const found = drawArguments("randomDirichlet", { alpha }, {
    shape: shape && [...shape, classes],
    dtype: undefined,
    ...POSITIVE,
  });
  return softmax(drawGamma(key, filled(found)[0]!, true), { axis: -1 });
}
