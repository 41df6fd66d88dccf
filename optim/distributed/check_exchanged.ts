/**
 * Checks of what ranks exchange.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { entries, type Tree } from "../../autograd/tree/tree.ts";

/**
 * Returns the tensors of a tree.
 *
 * @param action The function, for the error message.
 * @throws {TypeError} If a leaf is not a tensor; the message names its path.
 */
export function checkTensors(action: string, tree: unknown): readonly Tensor[] {
  return entries<unknown>(tree as Tree<unknown>).map(([path, leaf]) => {
    if (isTensor(leaf)) return leaf;
    throw new TypeError(
      `Cannot apply ${action} to ${describe(leaf)}${
        path === "" ? "" : ` at "${path}"`
      }: ranks exchange trees of tensors; ` +
        "wrap numbers with constant(…)",
    );
  });
}

/** Throws if the root of a broadcast is not a rank. */
export function checkRoot(root: number, size: number): void {
  if (Number.isInteger(root) && root >= 0 && root < size) return;
  throw new RangeError(
    `Cannot broadcast from rank ${describe(root)}: it must be a whole number from 0 to ${size - 1}; 0 is usual`,
  );
}
