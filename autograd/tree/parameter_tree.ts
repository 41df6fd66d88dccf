/**
 * Trees of tensors: parameters, their gradients, an optimizer's state.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkTensor } from "../arguments.ts";
import { zeros } from "../values/constructors.ts";
import type { Tensor } from "../tensor.ts";
import type { PartsOf, TreeOf } from "./admitted.ts";
import { map, type Tree, zipWith } from "./tree.ts";

/** A tree of tensors. */
export type ParameterTree = Tree<Tensor>;

/**
 * The bound of a type parameter that is a tree of tensors: `P extends TensorTree<P>`. It admits any record type,
 * including interfaces, which lack the index signature that {@link ParameterTree} requires, and type parameters of the
 * caller's own generic functions, `fit<P extends Model>(params: P)`.
 *
 * @typeParam P The type in question.
 */
export type TensorTree<P> = TreeOf<P, Tensor>;

/** A type in which everything that is not a tensor is replaced by `never`. */
export type TensorsIn<P> = PartsOf<P, Tensor>;

// The functions below map tensors to tensors in the same structure, so the result has the type of the tree. TypeScript
// cannot infer this.

/** Applies {@link map} from tensors to tensors; the result has the type of the tree. */
export function mapTensors<P>(f: (t: Tensor, path: string) => Tensor, tree: P): P {
  // The same structure, with tensors in their places.
  return map<Tensor, Tensor, ParameterTree>(f, tree as ParameterTree) as P;
}

/**
 * Applies {@link zipWith} to two trees of tensors; the result has the type of the first.
 *
 * @throws {TypeError} If the structures differ; the message names the path.
 */
export function zipTensors<P>(
  f: (a: Tensor, b: Tensor, path: string) => Tensor,
  first: P,
  second: ParameterTree,
): P {
  // The same structure, with tensors in their places.
  return zipWith<Tensor, Tensor, Tensor, ParameterTree>(f, first as ParameterTree, second) as P;
}

/**
 * Returns a tree of zeros with the structure, shapes and dtypes of another tree.
 *
 * @example
 * ```ts
 * import { ones, toList, zerosLike } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(zerosLike({ bias: ones([2]) }).bias), [0, 0]);
 * ```
 *
 * @throws {TypeError} If a leaf is not a tensor; the message names its path.
 */
export function zerosLike<P extends TensorTree<P>>(tree: P): P {
  const zero = (t: Tensor, path: string): Tensor => {
    checkTensor(`apply zerosLike${path === "" ? "" : ` at "${path}"`}`, t);
    return zeros<DType>(t.shape, { dtype: t.dtype });
  };
  return mapTensors(zero, tree);
}
