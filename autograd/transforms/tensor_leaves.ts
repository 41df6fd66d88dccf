/**
 * Trees of tensors as lists, for the carries and outputs of loops.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { formatShape } from "../../blas/errors.ts";
import { sameShape } from "../../blas/shape.ts";
import { isKey } from "../random/key.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { entries, map, type Tree } from "../tree/tree.ts";

/** A tensor of a tree, and its path. */
export type Leaf = { readonly path: string; readonly tensor: Tensor };

/** The words for errors: the function, and the role of the tree. */
export type Words = { readonly action: string; readonly subject: string };

const isNothing = (part: unknown): part is null | undefined => part === null || part === undefined;

/** Names a place in a tree: `at "h" of the carry`, `as the carry`. */
export const placeIn = (subject: string, path: string): string =>
  path === "" ? `as the ${subject}` : `at "${path}" of the ${subject}`;

/**
 * Lists the tensors of a tree; `null` stands for no tensor.
 *
 * @throws {TypeError} If a leaf is not a tensor; the message names the path.
 */
export function leavesOf({ action, subject }: Words, tree: unknown): readonly Leaf[] {
  return entries<unknown>(tree).flatMap(([path, part]): readonly Leaf[] => {
    if (isNothing(part)) return [];
    if (isTensor(part)) return [{ path, tensor: part }];
    const key = keyIn(tree, "");
    throw new TypeError(
      key === undefined
        ? `Cannot ${action} with ${describe(part)} ${
          placeIn(subject, path)
        }: it must be a tensor or a tree of tensors; ` +
          "wrap numbers with constant"
        : `Cannot ${action} with a key ${
          placeIn(subject, key)
        }: it must be a tensor or a tree of tensors; close over the ` +
          "key, carry a counter, constant(0), and draw from foldIn(key, counter)",
    );
  });
}

/** Returns the path of the first key in a tree. */
function keyIn(tree: unknown, path: string): string | undefined {
  if (isKey(tree)) return path;
  if (typeof tree !== "object" || tree === null || isTensor(tree)) return undefined;
  for (const [name, part] of Object.entries(tree)) {
    const found = keyIn(part, path === "" ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the tree with other tensors in place of its own, in the same order. */
export function withTensors<T>(tree: T, tensors: readonly Tensor[]): T {
  let next = 0;
  const place = (part: unknown): unknown => isNothing(part) ? part : tensors[next++]!;
  return map<unknown, unknown, Tree<unknown>>(place, tree) as T; // a tensor for each tensor
}

/**
 * Lists the tensors of a tree that must be like another one, in the order of the other one.
 *
 * @param given What the function was given.
 * @param returned What it returned.
 * @param wanted Why they must be alike, such as `"the function was given"`.
 * @throws {TypeError} If it has another structure, or a tensor of another shape or dtype; the message names the path.
 */
export function likeLeaves(
  words: Words & { readonly wanted: string },
  given: readonly Leaf[],
  returned: unknown,
): readonly Tensor[] {
  const found = new Map(leavesOf(words, returned).map(({ path, tensor }) => [path, tensor]));
  const known = new Set(given.map(({ path }) => path));
  for (const path of found.keys()) if (!known.has(path)) throw unlike(words, path, undefined, found.get(path));
  return given.map(({ path, tensor }) => {
    const other = found.get(path);
    if (other !== undefined && other.dtype === tensor.dtype && sameShape(other.shape, tensor.shape)) return other;
    throw unlike(words, path, tensor, other);
  });
}

function unlike(
  { action, subject, wanted }: Words & { readonly wanted: string },
  path: string,
  given: Tensor | undefined,
  returned: Tensor | undefined,
): TypeError {
  const [found, first] = [returned, given].map((t) =>
    t === undefined ? "nothing" : `${t.dtype} ${formatShape(t.shape)}`
  );
  return new TypeError(
    `Cannot ${action} with a function that returns ${found} ${placeIn(subject, path)}: ${wanted} ${first} there, and ` +
      "structure, shapes and dtypes must stay the same; reshape or cast it, or begin with the like",
  );
}
