/**
 * The axes that `vmap` maps over, for trees of anything.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { isKey, type Key } from "../random/key.ts";
import { isTensor } from "../tensor.ts";

/** The axis of the examples; `null` if there is none; or a tree of these, with the structure of the tree of tensors or of its upper part. */
export type BatchAxes = number | null | readonly BatchAxes[] | { readonly [name: string]: BatchAxes };

/** A leaf of a tree, its path, and its axis. */
export type AxisEnd = { readonly path: string; readonly part: unknown; readonly axis: number | null };

/** Tells whether a value is a non-empty array of keys. */
export const isListOfKeys = (part: unknown): part is readonly Key[] =>
  Array.isArray(part) && part.length > 0 && part.every(isKey);

/** Tells whether a value is a plain record. */
export function isPlainRecord(part: unknown): part is Readonly<Record<string, unknown>> {
  if (typeof part !== "object" || part === null || isTensor(part) || isKey(part)) return false;
  const prototype = Object.getPrototypeOf(part);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Rebuilds a tree with its leaves replaced, each of them given with its axis.
 *
 * @param option The option that the axes come from, for errors: `"in"` or `"out"`.
 * @param keysTogether Whether an array of keys is one leaf; if not, each key is.
 * @throws {TypeError} If the axes do not fit the tree.
 */
export function mapWithAxes(
  option: string,
  tree: unknown,
  axes: BatchAxes,
  path: string,
  keysTogether: boolean,
  replace: (end: AxisEnd) => unknown,
): unknown {
  const visit = (part: unknown, axes: unknown, path: string): unknown => {
    const isList = Array.isArray(part) && !(keysTogether && isListOfKeys(part));
    if (isList || isPlainRecord(part)) {
      if (isAxis(axes)) return branch(part, () => axes, path);
      checkStructure(option, part, axes, path);
      return branch(part, (name) => (axes as { readonly [name: string]: unknown })[name], path); // as checked
    }
    if (!isAxis(axes)) throw axesError(option, path, describe(axes), `an axis or null, for ${describe(part)}`);
    return replace({ path, part, axis: axes });
  };
  const branch = (part: object, axesOf: (name: string) => unknown, path: string): unknown => {
    const child = ([name, inner]: [string, unknown]): unknown => visit(inner, axesOf(name), `${path}.${name}`);
    if (Array.isArray(part)) return part.map((inner, k) => child([String(k), inner]));
    return Object.fromEntries(
      Object.entries(part).map(([name, inner]) => [name, inner === undefined ? inner : child([name, inner])]),
    );
  };
  return visit(tree, axes, path);
}

const isAxis = (axes: unknown): axes is number | null => axes === null || Number.isInteger(axes);

/** Throws if axes do not have exactly the children of a branch. */
function checkStructure(option: string, part: object, axes: unknown, path: string): void {
  if (Array.isArray(part)) {
    if (Array.isArray(axes) && axes.length === part.length) return;
    throw axesError(option, path, describe(axes), `an axis, null or an array of ${part.length}`);
  }
  if (!isPlainRecord(axes)) throw axesError(option, path, describe(axes), "an axis, null or a record like the value");
  for (const name of Object.keys(axes)) {
    if (!Object.hasOwn(part, name)) {
      throw axesError(option, path, `a field "${name}"`, "fields of the value only");
    }
  }
  for (const [name, inner] of Object.entries(part)) {
    if (inner !== undefined && !Object.hasOwn(axes, name)) {
      throw axesError(option, path, `no field "${name}"`, "a field for each of the value, null where it is not mapped");
    }
  }
}

const axesError = (option: string, path: string, found: string, wanted: string): TypeError =>
  new TypeError(
    `Cannot apply vmap with ${found} in "${option}" for ${path}: it must be ${wanted}; pass 0 where the first axis is that ` +
      "of the examples",
  );
