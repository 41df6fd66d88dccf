/**
 * Initial values of params.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import type { Shape } from "../blas/shape.ts";
import type { Key } from "../autograd/key.ts";
import { randomUniform } from "../autograd/random.ts";
import { type Tensor, variableOf } from "../autograd/tensor.ts";

/**
 * Uniform numbers of variance `2 / (fanIn + fanOut)`, in `[-limit, limit)` with `limit = sqrt(6 / (fanIn + fanOut))`.
 *
 * @param key Where the numbers come from.
 * @param shape `[fanOut, fanIn]`, and for kernels `[fanOut, fanIn, ...kernel]`, whose size multiplies both.
 * @see Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010, eq. 16.
 */
export function glorotUniform<D extends DType>(key: Key, shape: Shape, dtype: D): Tensor<D> {
  const kernel = shape.slice(2).reduce((product, length) => product * length, 1);
  const limit = Math.sqrt(6 / ((shape[0]! + shape[1]!) * kernel));
  return randomUniform<D>(key, shape, { dtype, min: -limit, max: limit });
}

/** Initial values as a variable, so that `backward` gives a gradient for them. */
export function learned<D extends DType>(t: Tensor<D>): Tensor<D> {
  return variableOf(t.view);
}
