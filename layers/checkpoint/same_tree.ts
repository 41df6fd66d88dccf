/**
 * Compares a tree from a file with the expected tree.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import { sameShape } from "../../blas/shape.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { toNumber } from "../../autograd/values/read.ts";
import { entries } from "../../autograd/tree/tree.ts";
import type { StoredLeaf, StoredTree } from "./tree_codec.ts";

/**
 * Compares a tree with another.
 *
 * @returns The tree, if it has the structure, shapes, dtypes and kinds of leaves of the other; otherwise the first
 * difference.
 */
export function sameAs(tree: StoredTree, like: StoredTree): Either<string, StoredTree> {
  const kinds = (part: StoredTree) => new Map(entries<StoredLeaf>(part));
  const given = kinds(tree), wanted = kinds(like);
  const path = [...new Set([...wanted.keys(), ...given.keys()])].find((at) => !alike(given.get(at), wanted.get(at)));
  if (path === undefined && outline(tree) === outline(like)) return either.right(withAbsent(tree, like));
  return either.left(
    path === undefined
      ? "lists where records are wanted, or branches without leaves"
      : `${leafName(given.get(path))} at "${path}" where ${leafName(wanted.get(path))} is wanted`,
  );
}

/** Returns the lists and records of a tree, without its leaves, whatever the order of fields. */
const outline = (tree: StoredTree): string =>
  JSON.stringify(tree, (_, part: unknown) => {
    if (part === undefined) return undefined;
    if (isTensor(part) || typeof part !== "object" || part === null) return 0;
    return Array.isArray(part) ? part : Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1));
  });

/**
 * Returns the tree with the fields that are `undefined` in the other tree, since such fields are not written. A number that
 * the other tree has as well is its very tensor: by that, a state of an optimizer knows its schedule.
 */
function withAbsent(tree: StoredTree, like: StoredTree): StoredTree {
  // Of the same kind as tree, as checked above.
  if (Array.isArray(tree)) return tree.map((part, k) => withAbsent(part, (like as readonly StoredTree[])[k]!));
  if (!isStoredRecord(tree)) return isTensor(tree) && isTensor(like) && isSameNumber(tree, like) ? like : tree;
  const wanted = like as StoredRecord; // of the same kind as tree, as checked above
  const present = Object.entries(tree).map(([name, part]) => [name, withAbsent(part!, wanted[name]!)] as const);
  const absent = Object.keys(wanted).filter((name) => wanted[name] === undefined).map((name) => [name, undefined]);
  return Object.fromEntries([...present, ...absent]);
}

const isSameNumber = (a: Tensor, b: Tensor): boolean =>
  a.tag === "constant" && b.tag === "constant" && a.shape.length === 0 && Object.is(toNumber(a), toNumber(b));

type StoredRecord = { readonly [name: string]: StoredTree | undefined };

const isStoredRecord = (tree: StoredTree): tree is StoredRecord =>
  typeof tree === "object" && tree !== null && !isTensor(tree) && !Array.isArray(tree);

function alike(a: StoredLeaf | undefined, b: StoredLeaf | undefined): boolean {
  if (isTensor(a) && isTensor(b)) return a.dtype === b.dtype && sameShape(a.shape, b.shape);
  return !isTensor(a) && !isTensor(b) && typeof a === typeof b;
}

const leafName = (leaf: StoredLeaf | undefined): string =>
  leaf === undefined ? "nothing" : isTensor(leaf) || leaf === null ? describe(leaf) : `a ${typeof leaf}`;
