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

/**
 * What a type parameter must extend to be a tree of tensors: `P extends TensorTree<P>`. Any record type will do, interfaces
 * included, which lack the index signature that {@link ParameterTree} asks for.
 *
 * @typeParam P The type in question.
 */
export type TensorTree<P> = ParameterTree | (object & { readonly [K in keyof P]: TensorsIn<P[K]> });

/** A type with `never` in place of what is not a tensor. */
export type TensorsIn<P> = P extends ParameterTree | undefined ? P
  : P extends (...args: never[]) => unknown ? never
  : P extends object ? { readonly [K in keyof P]: TensorsIn<P[K]> }
  : never;

// A tensor in, a tensor out, in the same structure: the results below have the type of the tree they were made from,
// which TypeScript cannot conclude by itself.

/** {@link map} from tensors to tensors; the result has the type of the tree. */
export function mapTensors<P>(f: (t: Tensor, path: string) => Tensor, tree: P): P {
  return map<Tensor, Tensor, ParameterTree>(f, tree as ParameterTree) as P;
}

/**
 * {@link zipWith} of two trees of tensors; the result has the type of the first.
 *
 * @throws {TypeError} If the structures differ; the message names the path.
 */
export function zipTensors<P>(
  f: (a: Tensor, b: Tensor, path: string) => Tensor,
  first: P,
  second: ParameterTree,
): P {
  return zipWith<Tensor, Tensor, Tensor, ParameterTree>(f, first as ParameterTree, second) as P;
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
export function zerosLike<P extends TensorTree<P>>(tree: P): P {
  const zero = (t: Tensor, path: string): Tensor => {
    checkTensor(`apply zerosLike${path === "" ? "" : ` at "${path}"`}`, t);
    return zeros<DType>(t.shape, { dtype: t.dtype });
  };
  return mapTensors(zero, tree);
}
