/**
 * Checks of what ranks exchange.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { isRunningAbstractly } from "../../autograd/abstract_view.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { entries, type Tree } from "../../autograd/tree/tree.ts";
import type { SentLeaf } from "./collective.ts";

/**
 * Returns the tensors of a tree.
 *
 * @param action The function, for the error message.
 * @throws {TypeError} If a leaf is not a tensor; the message names its path.
 */
export function checkTensors(action: string, tree: unknown): readonly Tensor[] {
  return entriesOf(tree).map(([path, leaf]) => {
    if (isTensor(leaf)) return leaf;
    throw new TypeError(
      `Cannot apply ${action} to ${describe(leaf)}${
        path === "" ? "" : ` at "${path}"`
      }: ranks exchange trees of tensors; ` +
        "wrap numbers with constant(…)",
    );
  });
}

/**
 * Returns the leaves of a tree that is broadcast.
 *
 * @throws {TypeError} If one of them cannot be sent; the message names its path.
 */
export function checkSent(tree: unknown): readonly SentLeaf[] {
  return entriesOf(tree).map(([path, leaf]) => {
    if (isSent(leaf)) return leaf;
    throw new TypeError(
      `Cannot broadcast ${describe(leaf)}${path === "" ? "" : ` at "${path}"`}: leaves must be tensors, numbers, ` +
        "strings, booleans or null; leave it out",
    );
  });
}

// Any value is a tree at run time: one that is neither a list nor a record is a leaf.
const entriesOf = (tree: unknown) => entries<unknown>(tree as Tree<unknown>);

const isSent = (leaf: unknown): leaf is SentLeaf =>
  isTensor(leaf) || leaf === null || ["number", "string", "boolean"].includes(typeof leaf);

/**
 * Throws if there are numbers in a function that is compiled or mapped: they would be sent once, while it is recorded, and
 * not when it runs.
 */
export function checkNumbersAreKnown(leaves: readonly SentLeaf[]): void {
  const number = leaves.find((leaf) => typeof leaf === "number");
  if (number === undefined || !isRunningAbstractly()) return;
  throw new TypeError(
    `Cannot broadcast the number ${number} in a function that is compiled or mapped: it must be a tensor, which is sent in ` +
      "every run; wrap it with constant(…), or broadcast it outside",
  );
}

/**
 * Throws if a rank is not one of the ranks.
 *
 * @param action What is done with it, for the error message.
 */
export function checkRank(action: string, { rank, size }: { readonly rank: number; readonly size: number }): void {
  if (Number.isInteger(rank) && Number.isInteger(size) && rank >= 0 && rank < size) return;
  throw new RangeError(
    `Cannot ${action} for rank ${describe(rank)} of ${
      describe(size)
    }: both must be whole numbers, the rank from 0 to ` +
      "one less than the number of ranks; pass what mpi() returned, or alone",
  );
}

/** Throws if the root of a broadcast is not a rank. */
export function checkRoot(root: number, size: number): void {
  if (Number.isInteger(root) && root >= 0 && root < size) return;
  throw new RangeError(
    `Cannot broadcast from rank ${describe(root)}: it must be a whole number from 0 to ${size - 1}; 0 is usual`,
  );
}
