/**
 * Trees: nested arrays and records of anything, usually of tensors. A parameter record is a tree; so are its gradients
 * and an optimizer's state.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import type { Monoid } from "../../deps.ts";
import { checkFunction } from "../arguments.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import type { TreeOf } from "./admitted.ts";
import { deeper } from "./depth.ts";

/** A leaf, or an array or a record of trees; a field that is `undefined` counts as absent. */
export type Tree<A> = A | readonly Tree<A>[] | { readonly [key: string]: Tree<A> | undefined };

/**
 * The tree of the same structure as `T` with leaves of type `B` in place of those of type `A`; what can be written to in
 * `T` can be written to in it, since it is a new one.
 */
export type MapTree<T, A, B> = [Tree<A>] extends [T] ? Tree<B> : T extends A ? B
: T extends readonly unknown[] | object ? { [K in keyof T]: MapTree<T[K], A, B> }
: T;

/**
 * The union of the types of the leaves of a tree of tensors; of other trees, too, as long as it has no instances of
 * classes. What is more levels deep than `Below` has elements is `Deeper`: types that contain themselves have no end.
 */
export type LeavesOf<
  T,
  Deeper = Tensor,
  Below extends readonly unknown[] = readonly [1, 2, 3, 4, 5, 6, 7, 8, 9],
> = T extends Tensor ? T
  : T extends undefined ? never
  : T extends (...args: never[]) => unknown ? T
  : Below extends readonly [unknown, ...infer Rest] ? T extends readonly (infer E)[] ? LeavesOf<E, Deeper, Rest>
    : T extends object ? LeavesOf<T[keyof T], Deeper, Rest>
    : T
  : Deeper;

/**
 * Tells branches from leaves: arrays and plain records are branches; tensors, numbers, typed arrays and instances of
 * classes are leaves.
 */
function isBranch(tree: unknown): tree is readonly unknown[] | { readonly [key: string]: unknown } {
  if (Array.isArray(tree)) return true;
  if (typeof tree !== "object" || tree === null) return false;
  const prototype = Object.getPrototypeOf(tree);
  return prototype === Object.prototype || prototype === null;
}

const join = (path: string, key: string): string => path === "" ? key : `${path}.${key}`;

/** Returns the keys of a branch in order; an absent optional field does not count. */
const keysOf = (branch: object): readonly string[] =>
  // A branch is an array or a record.
  Object.keys(branch).filter((key) => (branch as Readonly<Record<string, unknown>>)[key] !== undefined);

/** Tells whether a branch has a child of its own; inherited properties such as `constructor` do not count. */
const hasChild = (branch: object, key: string): boolean =>
  Object.hasOwn(branch, key) && childOf(branch, key) !== undefined;

// A branch is an array or a record.
const childOf = (branch: object, key: string): unknown => (branch as Readonly<Record<string, unknown>>)[key];

/**
 * Builds a branch of the same kind from its keys; `Object.fromEntries` treats a key named `__proto__` like any other.
 */
function build(branch: object, child: (key: string) => unknown): unknown {
  if (Array.isArray(branch)) return branch.map((_, i) => child(String(i)));
  return Object.fromEntries(keysOf(branch).map((key) => [key, child(key)]));
}

/**
 * Replaces every tensor by one of its dtype: the result has the type of the tree, also where that is a type parameter of
 * the caller.
 *
 * @param f Receives the tensor and its path, such as `"1.weight"`; the path of a lone tensor is `""`.
 *
 * @example
 * ```ts
 * import { mul, type ParameterTree, tensor32, toList, tree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const half = <P extends ParameterTree>(params: P): P => tree.map((t) => mul(t, 0.5), params);
 * assertEquals(toList(half({ weight: tensor32([2, 4]) }).weight), [1, 2]);
 * ```
 */
export function map<T extends TreeOf<T, Tensor>>(
  f: <D extends DType>(leaf: Tensor<D>, path: string) => Tensor<D>,
  tree: T,
): T;
/**
 * Replaces every leaf.
 *
 * @param f Receives the leaf and its path, such as `"1.weight"`; the path of a lone leaf is `""`.
 * @returns A tree of the same structure.
 *
 * @example
 * ```ts
 * import { tree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(tree.map((x: number) => 2 * x, { a: 1, b: [2, 3] }), { a: 2, b: [4, 6] });
 * ```
 */
export function map<A, B, T extends TreeOf<T, A> = Tree<A>>(
  f: (leaf: A, path: string) => B,
  tree: T,
): MapTree<T, A, B>;
export function map<A>(f: (leaf: A, path: string) => unknown, tree: unknown): unknown {
  checkFunction("map a tree", "f", f);
  const visit = (part: unknown, path: string, depth: number): unknown =>
    isBranch(part)
      ? build(part, (key) => visit(childOf(part, key), join(path, key), deeper(depth, path)))
      : f(part as A, path); // it is not a branch, so it is a leaf
  return visit(tree, "", 0);
}

/**
 * Joins the tensors of two trees of one type to tensors of their dtype: the result has the type of the trees.
 *
 * @param f Receives the two tensors and their path.
 * @throws {TypeError} If the structures differ; the message names the path.
 *
 * @example
 * ```ts
 * import { lerp, type ParameterTree, tensor32, toList, tree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const mean = <P extends ParameterTree>(a: P, b: P): P => tree.zipWith((x, y) => lerp(x, y, 0.5), a, b);
 * assertEquals(toList(mean({ weight: tensor32([2, 4]) }, { weight: tensor32([4, 8]) }).weight), [3, 6]);
 * ```
 */
export function zipWith<T extends TreeOf<T, Tensor>>(
  f: <D extends DType>(a: Tensor<D>, b: Tensor<D>, path: string) => Tensor<D>,
  first: T,
  second: NoInfer<T>,
): T;
/**
 * Joins the leaves of two trees of the same structure.
 *
 * @param f Receives the two leaves and their path.
 * @throws {TypeError} If the structures differ; the message names the path.
 */
export function zipWith<A, B, C, T extends TreeOf<T, A> = Tree<A>, U extends TreeOf<U, B> = Tree<B>>(
  f: (a: A, b: B, path: string) => C,
  first: T,
  second: U,
): MapTree<T, A, C>;
export function zipWith<A, B>(
  f: (a: A, b: B, path: string) => unknown,
  first: unknown,
  second: unknown,
): unknown {
  checkFunction("map trees", "f", f);
  const visit = (a: unknown, b: unknown, path: string, depth: number): unknown => {
    if (!isBranch(a)) {
      if (isBranch(b)) throw mismatch(path, a, b);
      return f(a as A, b as B, path); // a leaf, since it is not a branch
    }
    if (!isBranch(b) || Array.isArray(a) !== Array.isArray(b)) throw mismatch(path, a, b);
    const extra = keysOf(b).find((key) => !hasChild(a, key)), missing = keysOf(a).find((key) => !hasChild(b, key));
    if (missing !== undefined) throw mismatch(join(path, missing), childOf(a, missing), undefined);
    if (extra !== undefined) throw mismatch(join(path, extra), undefined, childOf(b, extra));
    return build(a, (key) => visit(childOf(a, key), childOf(b, key), join(path, key), deeper(depth, path)));
  };
  return visit(first, second, "", 0);
}

function mismatch(path: string, a: unknown, b: unknown): TypeError {
  return new TypeError(
    `Cannot map trees at "${path}": found ${describe(b)} where the first tree has ${describe(a)}; ` +
      "pass the gradients that valueAndGradient returned for these params",
  );
}

function describe(part: unknown): string {
  if (part === undefined) return "nothing";
  if (isTensor(part)) return "a tensor";
  if (Array.isArray(part)) return `an array of ${part.length}`;
  if (isBranch(part)) return `a record of ${Object.keys(part).join(", ") || "nothing"}`;
  return part === null ? "null" : typeof part === "object" ? "an object" : `a ${typeof part}`;
}

/**
 * Returns the leaves from first to last; those of records in the order of their keys.
 *
 * @example
 * ```ts
 * import { sizeOf, tree, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * interface Params {
 *   readonly weight: ReturnType<typeof zeros>;
 *   readonly biases: readonly ReturnType<typeof zeros>[];
 * }
 * const params: Params = { weight: zeros([3, 2]), biases: [zeros([3]), zeros([1])] };
 * assertEquals(tree.leaves(params).map((t) => sizeOf(t.shape)), [6, 3, 1]);
 * ```
 */
export function leaves<T extends TreeOf<T, Tensor>>(tree: T): readonly LeavesOf<T>[];
/** Returns the leaves of a tree of anything; their type, unless it is obvious, must be said: `leaves<number | string>(t)`. */
export function leaves<A>(tree: Tree<A>): readonly A[];
export function leaves<A>(tree: Tree<A>): readonly A[] {
  const result: A[] = [];
  const visit = (part: unknown, depth: number): void => {
    if (isBranch(part)) { for (const key of keysOf(part)) visit(childOf(part, key), deeper(depth, key)); }
    else result.push(part as A); // a leaf, since it is not a branch
  };
  visit(tree, 0);
  return result;
}

/** Returns the leaves with their paths. */
export function entries<T extends TreeOf<T, Tensor>>(
  tree: T,
): readonly (readonly [path: string, leaf: LeavesOf<T>])[];
/** Returns the leaves of a tree of anything with their paths. */
export function entries<A>(tree: Tree<A>): readonly (readonly [path: string, leaf: A])[];
export function entries<A>(tree: Tree<A>): readonly (readonly [path: string, leaf: A])[] {
  const result: (readonly [string, A])[] = [];
  const visit = (part: unknown, path: string, depth: number): void => {
    if (isBranch(part)) {
      for (const key of keysOf(part)) visit(childOf(part, key), join(path, key), deeper(depth, path));
    } else result.push([path, part as A]); // a leaf, since it is not a branch
  };
  visit(tree, "", 0);
  return result;
}

/**
 * Folds the leaves.
 *
 * @param monoid How to join two answers, and the answer for no leaves.
 * @returns A function that takes the function to apply to each leaf, and then the tree.
 *
 * @example Count the numbers in a tree of tensors
 * ```ts
 * import { sizeOf, type Tensor, tree, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const count = tree.foldMap({ empty: 0, concat: (a: number, b: number) => a + b })((t: Tensor) => sizeOf(t.shape));
 * assertEquals(count({ weight: zeros([3, 2]), bias: zeros([3]) }), 9);
 * ```
 */
export function foldMap<M>(
  monoid: Monoid<M>,
): <A>(f: (leaf: A, path: string) => M) => <T extends TreeOf<T, A> = Tree<A>>(tree: T) => M {
  // A caller without types may pass nothing.
  checkFunction("fold trees", "the concat of the monoid", (monoid as Monoid<M> | undefined)?.concat);
  return <A>(f: (leaf: A, path: string) => M) => (tree) => {
    // TreeOf says that it is such a tree.
    const all = entries<A>(tree as Tree<A>);
    return all.reduce((sum, [path, leaf]) => monoid.concat(sum, f(leaf, path)), monoid.empty);
  };
}
