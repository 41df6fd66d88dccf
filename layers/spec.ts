/**
 * Specifications of a layer's variables: shapes, dtypes and initial values. With these, a model is checked against a
 * file, counted and initialized, so that nothing is allocated to find its shapes.
 *
 * @module
 */
import { type DType, isDType } from "../blas/dtype.ts";
import { describe } from "../blas/describe.ts";
import { HIGHEST_RANK, type Shape } from "../blas/shape.ts";
import { type Key, splitKey } from "../autograd/random/key.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { leaves, map, type Tree } from "../autograd/tree/tree.ts";
import { checkInitializer, type Initializer, learned, ZEROS } from "./initializers.ts";
import type { Variables } from "./layer.ts";

/**
 * Specifies one tensor that a layer will have.
 *
 * @example The shapes of a model's params, before they are allocated
 * ```ts
 * import { denseLayer, TensorSpec, tree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const { specs } = denseLayer(1000, 1000);
 * assertEquals(tree.leaves<TensorSpec>(specs!.params).map(({ shape }) => shape), [[1000, 1000], [1000]]);
 * ```
 */
export class TensorSpec {
  /** The lengths of its axes. */
  readonly shape: Shape;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its initial values. */
  readonly initializer: Initializer;

  /**
   * Specifies zeros, unless another initializer is given. There may be more elements than any tensor can have: nothing
   * is allocated.
   *
   * @throws {TypeError} If the shape is not an array of whole numbers, or dtype or initializer is invalid.
   */
  constructor(shape: Shape, dtype: DType, initializer: Initializer = ZEROS) {
    const counts = Array.isArray(shape) && shape.length <= HIGHEST_RANK &&
      shape.every((length) => Number.isInteger(length) && length >= 0);
    if (!counts || !isDType(dtype)) {
      throw new TypeError(
        `Cannot specify a tensor of ${describe(shape)} and ${
          describe(dtype)
        }: a shape of up to ${HIGHEST_RANK} whole numbers ` +
          'and a dtype specify it; pass some such as [2, 3] and "float32"',
      );
    }
    checkInitializer("specify a tensor", initializer);
    this.shape = Object.freeze([...shape]);
    this.dtype = dtype;
    this.initializer = initializer;
    Object.freeze(this);
  }
}

/** The trees of a layer's variables, a {@link TensorSpec} for each tensor. */
export type VariableSpecs = {
  /** The tensors that are learned. */
  readonly params: Tree<TensorSpec>;
  /** The tensors that are carried along. */
  readonly state: Tree<TensorSpec>;
};

/**
 * Makes the specified variables: params as variables, state as constants.
 *
 * A single random tensor draws from the key itself; several draw from keys split off it.
 */
export function initialize<P extends object, S extends object>(
  { params, state }: VariableSpecs,
  key: Key,
): Variables<P, S> {
  const random = leaves(params).filter(({ initializer }) => initializer.random);
  const keys: readonly Key[] = random.length === 1 ? [key] : splitKey(key, random.length);
  const keyOf = new Map(random.map((spec, k) => [spec, keys[k]!]));
  const draw = (spec: TensorSpec): Tensor => spec.initializer.draw(keyOf.get(spec) ?? key, spec.shape, spec.dtype);
  // A layer's specs have the structure of its variables: that is what P and S say.
  return {
    // A tensor for each spec.
    params: map<TensorSpec, Tensor, Tree<TensorSpec>>((spec) => learned(draw(spec)), params) as P,
    state: map<TensorSpec, Tensor, Tree<TensorSpec>>(draw, state) as S, // likewise
  };
}
