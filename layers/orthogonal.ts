/**
 * Random orthogonal matrices.
 *
 * @module
 */
import { type DType, newData } from "../blas/dtype.ts";
import { ShapeError } from "../blas/errors.ts";
import { type Shape, sizeOf } from "../blas/shape.ts";
import { view } from "../blas/view.ts";
import type { Key } from "../autograd/random/key.ts";
import { randomNormal } from "../autograd/random/random.ts";
import { tensorData } from "../autograd/values/read.ts";
import { constantOf, type Tensor } from "../autograd/tensor.ts";

/**
 * Draws a matrix whose shorter side is orthonormal, times a gain: the rows of `[rows, columns]` if there are fewer
 * rows, otherwise the columns. Further axes count as columns.
 *
 * Normal vectors are made orthonormal one after another by the modified Gram-Schmidt process, run twice, which is as
 * accurate as Householder reflections. The result is uniformly distributed over such matrices, since the normal
 * distribution has no preferred direction and every vector keeps its sign.
 *
 * @param shape At least two axes.
 * @throws {ShapeError} If there are fewer.
 * @see Saxe et al., 2013; Giraud et al., The loss of orthogonality in the Gram-Schmidt process, 2005 (twice is enough).
 */
export function orthogonalTensor<D extends DType>(key: Key, shape: Shape, dtype: D, gain: number): Tensor<D> {
  if (shape.length < 2) {
    throw new ShapeError({
      op: "orthogonal",
      given: { shape },
      problem: "an orthogonal matrix must have at least two axes",
      remedy: "use another initializer for vectors",
    });
  }
  const rows = shape[0]!, columns = sizeOf(shape.slice(1)), wide = rows <= columns;
  const count = Math.min(rows, columns), length = Math.max(rows, columns);
  const vectors = Float64Array.from(tensorData(randomNormal<"float64">(key, [count, length], { dtype: "float64" })));
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) removePart(vector, vectors.subarray(j * length, (j + 1) * length));
    }
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    vector.forEach((x, k) => vector[k] = x / norm);
  }
  const data = newData(dtype, rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      data[r * columns + c] = gain * vectors[wide ? r * length + c : c * length + r]!;
    }
  }
  return constantOf(view<D>(data, shape));
}

/** Subtracts from a vector its component along another vector of length 1. */
function removePart(vector: Float64Array, direction: Float64Array): void {
  let inner = 0;
  for (let k = 0; k < vector.length; k++) inner += vector[k]! * direction[k]!;
  for (let k = 0; k < vector.length; k++) vector[k] = vector[k]! - inner * direction[k]!;
}
