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
import type { StoredTree } from "./tree_codec.ts";

/**
 * Compares a tree with another.
 *
 * @returns The tree, if it has the structure, shapes, dtypes and kinds of leaves of the other; otherwise the first
 * difference.
 */
export function sameAs(tree: StoredTree, like: StoredTree): Either<string, StoredTree> {
  const difference = firstDifference(tree, like, "");
  return difference === undefined ? either.right(withAbsent(tree, like)) : either.left(difference);
}

/** A part of a tree; `undefined` where there is nothing. */
type Part = StoredTree | undefined;

/** Compares part by part: paths alone do not tell `a["b.c"]` from `a.b.c`. */
function firstDifference(given: Part, wanted: Part, path: string): string | undefined {
  if (isStoredList(given) ? isStoredList(wanted) : isStoredRecord(given) && isStoredRecord(wanted)) {
    // Both are branches of the same kind.
    const own = given as Branch, other = wanted as Branch;
    for (const name of new Set([...Object.keys(other), ...Object.keys(own)])) {
      const found = firstDifference(partOf(own, name), partOf(other, name), path === "" ? name : `${path}.${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (alike(given, wanted)) return undefined;
  return `${partName(given)}${path === "" ? "" : ` at "${path}"`} where ${partName(wanted)} is wanted`;
}

type Branch = { readonly [name: string]: Part };

const partOf = (branch: Branch, name: string): Part => Object.hasOwn(branch, name) ? branch[name] : undefined;

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

const isStoredList = (part: Part): part is readonly StoredTree[] => Array.isArray(part);

const isStoredRecord = (part: Part): part is StoredRecord =>
  typeof part === "object" && part !== null && !isTensor(part) && !isStoredList(part);

/** Tells whether two parts are leaves of the same kind. */
function alike(a: Part, b: Part): boolean {
  if (isTensor(a) && isTensor(b)) return a.dtype === b.dtype && sameShape(a.shape, b.shape);
  if (a === null || b === null) return a === b;
  return typeof a !== "object" && typeof a === typeof b;
}

const partName = (part: Part): string => {
  if (part === undefined) return "nothing";
  if (isStoredList(part)) return "a list";
  return isStoredRecord(part) ? "a record" : isTensor(part) || part === null ? describe(part) : `a ${typeof part}`;
};
