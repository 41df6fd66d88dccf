/**
 * Trees of tensors: what is differentiated with respect to, its gradients, an optimizer's state.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { checkTensor } from "../arguments.ts";
import { zeros } from "../values/constructors.ts";
import type { Tensor } from "../tensor.ts";
import { map, type Tree, zipWith } from "./tree.ts";

/** A tree of tensors. */
export type ParameterTree = Tree<Tensor>;

// A tensor in, a tensor out, in the same structure: the results below have the type of the tree they were made from,
// which TypeScript cannot conclude by itself.

/** {@link map} from tensors to tensors; the result has the type of the tree. */
export function mapTensors<P extends ParameterTree>(f: (t: Tensor, path: string) => Tensor, tree: P): P {
  return map<Tensor, Tensor, ParameterTree>(f, tree) as P;
}

/**
 * {@link zipWith} of two trees of tensors; the result has the type of the first.
 *
 * @throws {TypeError} If the structures differ; the message names the path.
 */
export function zipTensors<P extends ParameterTree>(
  f: (a: Tensor, b: Tensor, path: string) => Tensor,
  first: P,
  second: ParameterTree,
): P {
  return zipWith<Tensor, Tensor, Tensor, ParameterTree>(f, first, second) as P;
}

/**
 * A tree of zeros of the structure, shapes and dtypes of another.
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
export function zerosLike<P extends ParameterTree>(tree: P): P {
  const zero = (t: Tensor, path: string): Tensor => {
    checkTensor(`apply zerosLike${path === "" ? "" : ` at "${path}"`}`, t);
    return zeros<DType>(t.shape, { dtype: t.dtype });
  };
  return mapTensors(zero, tree);
}
