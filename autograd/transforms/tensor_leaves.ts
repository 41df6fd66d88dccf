/**
 * Trees of tensors and keys as lists of tensors: for the carries and outputs of loops.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { formatShape } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import { isAbstract } from "../abstract_view.ts";
import { stack } from "../ops/concat.ts";
import { isKey, type Key } from "../random/key.ts";
import { keyOf, wordsOf } from "../random/key_tensor.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";
import type { ParameterTree } from "../tree/parameter_tree.ts";
import type { Admitted } from "../tree/admitted.ts";
import { deeper } from "../tree/depth.ts";

/** A tree of tensors and keys: the bound of a type parameter, as `TensorTree` is where there are only tensors. */
export type LoopTree<P> = Admitted<
  P,
  ParameterTree | Key | (object & { readonly [K in keyof P]: LoopLeavesIn<P[K]> })
>;

/** A type in which everything that is neither a tensor nor a key is replaced by `never`. */
export type LoopLeavesIn<P> = P extends ParameterTree | Key | undefined ? P
  : P extends (...args: never[]) => unknown ? never
  : P extends readonly (infer E)[] ? readonly LoopLeavesIn<E>[]
  : P extends object ? { readonly [K in keyof P]: LoopLeavesIn<P[K]> }
  : never;

/** A tensor of a tree, and its path; or the words of a key, or of an array of keys, `[keys, 2]`. */
export type Leaf = { readonly path: string; readonly tensor: Tensor; readonly kind: "tensor" | "key" | "keys" };

/** Texts for errors: the function, and the role of the tree; and which keys are allowed. */
export type Words = {
  readonly action: string;
  readonly subject: string;
  /** The form of keys in the tree: single keys, arrays of keys, or none at all. Default: single keys. */
  readonly keys?: "single" | "arrays" | "none";
};

const isNothing = (part: unknown): part is null | undefined => part === null || part === undefined;

/** Names a place in a tree: `at "h" of the carry`, `as the carry`. */
export const placeIn = (subject: string, path: string): string =>
  path === "" ? `as the ${subject}` : `at "${path}" of the ${subject}`;

/** A leaf of a tree: a value that is neither an array nor a plain record, a key, or an array of keys. */
type End = { readonly path: string; readonly part: unknown };

/** Rebuilds a tree with its leaves replaced, in order. */
function mapEnds(tree: unknown, replace: (end: End) => unknown): unknown {
  const visit = (part: unknown, path: string, depth: number): unknown => {
    const child = (name: string, inner: unknown): unknown =>
      visit(inner, path === "" ? name : `${path}.${name}`, deeper(depth, path));
    if (isTensor(part) || isKey(part) || isListOfKeys(part)) return replace({ path, part });
    if (Array.isArray(part)) return part.map((inner, k) => child(String(k), inner));
    if (!isPlainRecord(part)) return replace({ path, part });
    const present = Object.entries(part).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(present.map(([name, inner]) => [name, child(name, inner)]));
  };
  return visit(tree, "", 0);
}

const isListOfKeys = (part: unknown): part is readonly Key[] =>
  Array.isArray(part) && part.length > 0 && part.every(isKey);

function isPlainRecord(part: unknown): part is Readonly<Record<string, unknown>> {
  if (typeof part !== "object" || part === null) return false;
  const prototype = Object.getPrototypeOf(part);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Lists the tensors of a tree, and the words of its keys; `null` stands for no tensor.
 *
 * @throws {TypeError} If a leaf is not a tensor; the message names the path.
 */
export function leavesOf(words: Words, tree: unknown): readonly Leaf[] {
  const found: Leaf[] = [], { keys = "single" } = words;
  mapEnds(tree, ({ path, part }) => {
    if (isNothing(part)) return;
    if (isTensor(part)) found.push({ path, tensor: part, kind: "tensor" });
    else if (isKey(part) && keys === "single") found.push({ path, tensor: wordsOf(part), kind: "key" });
    else if (isListOfKeys(part) && keys === "arrays") {
      found.push({ path, tensor: stack(part.map(wordsOf)), kind: "keys" });
    } else if (isListOfKeys(part) && keys === "single") {
      part.forEach((key, k) =>
        found.push({ path: path === "" ? String(k) : `${path}.${k}`, tensor: wordsOf(key), kind: "key" })
      );
    } else throw refusal(words, path, part);
  });
  return found;
}

function refusal({ action, subject, keys = "single" }: Words, path: string, part: unknown): TypeError {
  const place = placeIn(subject, path);
  if (isKey(part) && keys === "arrays") {
    return new TypeError(
      `Cannot ${action} with one key ${place}: it must be an array of keys, one for each step; pass split(key, steps)`,
    );
  }
  if (isKey(part) || isListOfKeys(part)) {
    return new TypeError(
      `Cannot ${action} with a key ${place}: it must be a tensor or a tree of tensors; return what is drawn from the key`,
    );
  }
  return new TypeError(
    `Cannot ${action} with ${
      describe(part)
    } ${place}: it must be a tensor, a key or a tree of these; wrap numbers with ` +
      "constant",
  );
}

/** Replaces the tensors of a tree, and the words of its keys, in order. */
export function withTensors<T>(tree: T, tensors: readonly Tensor[]): T {
  let next = 0;
  const nextKey = (): Key => keyFrom(tensors[next++]! as Tensor<"float64">); // the words of a key are float64
  return mapEnds(tree, ({ part }) => {
    if (isNothing(part)) return part;
    return isKey(part) ? nextKey() : isListOfKeys(part) ? part.map(nextKey) : tensors[next++]!;
  }) as T; // a tensor for each tensor, and a key for each key
}

/** Replaces the tensors of a tree by their slices, and each array of keys by one key. */
export function withSlices(tree: unknown, tensors: readonly Tensor[]): unknown {
  let next = 0;
  return mapEnds(tree, ({ part }) => {
    if (isNothing(part)) return part;
    return isListOfKeys(part) ? keyFrom(tensors[next++]! as Tensor<"float64">) : tensors[next++]!; // keys are float64
  });
}

/** Returns the key with the given words, `[2]`; if the words are known, it equals every other key with them. */
export function keyFrom(words: Tensor<"float64">): Key {
  const view = innerView(words);
  if (isAbstract(view)) return keyOf(words);
  const known: Key["words"] = [view.get(0), view.get(1)];
  return Object.freeze({ tag: "key", words: Object.freeze(known) });
}

/**
 * Lists the tensors of a tree in the order of another tree, which it must match.
 *
 * @param given The leaves that the function was given.
 * @param returned The tree that it returned.
 * @param wanted The origin of the given leaves, for errors, such as `"the function was given"`.
 * @throws {TypeError} If it has another structure, or a tensor of another shape or dtype; the message names the path.
 */
export function likeLeaves(
  words: Words & { readonly wanted: string },
  given: readonly Leaf[],
  returned: unknown,
): readonly Tensor[] {
  const found = new Map(leavesOf(words, returned).map((leaf) => [leaf.path, leaf]));
  const known = new Set(given.map(({ path }) => path));
  for (const [path, leaf] of found) if (!known.has(path)) throw unlike(words, path, undefined, leaf);
  return given.map((leaf) => {
    const { path, tensor } = leaf, other = found.get(path);
    const isLike = other?.kind === leaf.kind && other.tensor.dtype === tensor.dtype;
    if (isLike && sameShape(other.tensor.shape, tensor.shape)) return other.tensor;
    throw unlike(words, path, leaf, other);
  });
}

function unlike(
  { action, subject, wanted }: Words & { readonly wanted: string },
  path: string,
  given: Leaf | undefined,
  returned: Leaf | undefined,
): TypeError {
  const [found, first] = [returned, given].map((leaf) => {
    if (leaf === undefined) return "nothing";
    return leaf.kind === "tensor" ? `${leaf.tensor.dtype} ${formatShape(leaf.tensor.shape)}` : "a key";
  });
  return new TypeError(
    `Cannot ${action} with a function that returns ${found} ${placeIn(subject, path)}: ${wanted} ${first} there, and ` +
      "structure, shapes and dtypes must stay the same; reshape or cast it, or begin with the like",
  );
}
