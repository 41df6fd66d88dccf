/**
 * Trees as safetensors: the tensors are named by their paths, the rest is in the metadata.
 *
 * @module
 */
import { type Either, pipe } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import { isTensor, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import type { Admitted } from "../../autograd/tree/admitted.ts";
import type { Tree } from "../../autograd/tree/tree.ts";
import { CheckpointError } from "./errors.ts";
import { jsonProblem, parseJson } from "./json.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { sameAs } from "./same_tree.ts";

/** The leaves that a tree on disk may have. */
export type StoredLeaf = Tensor | number | string | boolean | null;

/** A tree that can be written: params, an optimizer's state, a key, counters. */
export type StoredTree = Tree<StoredLeaf>;

/**
 * The bound of a type parameter that can be written, interfaces included: `T extends StorableTree<T>`.
 *
 * @typeParam T The type in question.
 */
export type StorableTree<T> = Admitted<T, StoredTree | (object & { readonly [K in keyof T]: Storable<T[K]> })>;

/** `T`, if it can be written: its `interface`s need not have the index signature of a {@link StoredTree}. */
export type Storable<T> = T extends StoredTree | undefined ? T
  : T extends (...args: never) => unknown ? never
  : T extends readonly (infer E)[] ? readonly Storable<E>[]
  : T extends object ? { readonly [K in keyof T]: Storable<T[K]> }
  : never;

/**
 * A tree without its tensors, as JSON: a list `["list", …]`, a record `["record", [name, …], …]`, a constant or
 * variable by its name in the file, or a value. Numbers that JSON cannot write are texts.
 */
type Structure = readonly [
  kind: "list" | "record" | "constant" | "variable" | "number" | "value",
  ...parts: readonly unknown[],
];

/** The name of the structure in the metadata. */
const STRUCTURE = "nanograd.tree";

/** How deep a tree may be; this bounds the recursion. */
const DEEPEST = 200;

/** The maximum number of JSON values in a structure. A leaf is three of them, which allows some 2,800,000 leaves. */
const MOST_VALUES = 0x80_0000;

/**
 * Writes any tree of tensors, numbers, texts and truth values, such as an optimizer's state, as a safetensors file.
 * Reading it gives the same values to the last bit; variables stay variables and constants stay constants.
 *
 * @param tree The tree; tensors are named by their paths, such as `params.0.weight`.
 * @throws {CheckpointError} If something in the tree cannot be written, or the tree is more than 200 deep or has more
 * than some 2,800,000 leaves or 100,000 tensors.
 *
 * @example Training continues as if it had not been interrupted
 * ```ts
 * import { adam, decodeTree, encodeTree, tensor32, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const optimizer = adam(), gradients = { w: tensor32([1, 2]) };
 * const state = optimizer.step(optimizer.init({ w: tensor32([3, 4]) }), gradients);
 * const resumed = decodeTree(encodeTree(state), state);
 * assert(resumed._tag === "Right");
 * const next = optimizer.step(resumed.right, gradients);
 * assertEquals(toList(next.params.w), toList(optimizer.step(state, gradients).params.w));
 * ```
 */
export function encodeTree(tree: StoredTree): Uint8Array<ArrayBuffer>;
/**
 * Writes trees that contain an `interface`.
 *
 * @example
 * ```ts
 * import { decodeTree, encodeTree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const progress: Progress = { epoch: 3 };
 * assertEquals(decodeTree(encodeTree(progress), progress), { _tag: "Right", right: progress });
 * ```
 */
export function encodeTree<T extends StorableTree<T>>(tree: T): Uint8Array<ArrayBuffer>;
export function encodeTree(tree: unknown): Uint8Array<ArrayBuffer> {
  const tensors: Record<string, Tensor> = Object.create(null);
  const nameFor = (path: string): string => {
    const wanted = path === "" ? "tensor" : path.toWellFormed();
    let name = wanted;
    // Different paths can look alike: ["a.b"] and ["a"]["b"].
    for (let k = 2; name in tensors; k++) name = `${wanted}#${k}`;
    return name;
  };
  const visit = (part: unknown, path: string, depth: number): Structure => {
    if (depth > DEEPEST) throw encodeError(path, "a tree may be at most 200 deep", "flatten it");
    if (isTensor(part)) {
      const name = nameFor(path);
      tensors[name] = part;
      return [part.tag === "constant" ? "constant" : "variable", name];
    }
    if (typeof part === "number") {
      const exact = Number.isFinite(part) && !Object.is(part, -0);
      return exact ? ["value", part] : ["number", Object.is(part, -0) ? "-0" : String(part)];
    }
    if (part === null || typeof part === "string" || typeof part === "boolean") return ["value", part];
    const child = (name: string, value: unknown): Structure => visit(value, path ? `${path}.${name}` : name, depth + 1);
    checkNames(path, part);
    if (Array.isArray(part)) return ["list", ...Array.from(part, (value, k) => child(String(k), value))]; // holes included
    const prototype = typeof part === "object" ? Object.getPrototypeOf(part) : undefined;
    if (prototype !== Object.prototype && prototype !== null) {
      throw encodeError(path, `${describe(part)} must be a tensor, number, text or truth value`, "leave it out");
    }
    // It is neither a leaf nor null.
    const present = Object.entries(part as object).filter(([, value]) => value !== undefined);
    if (present.some(([name]) => name === "__proto__")) throw encodeError(path, "__proto__ is forbidden", "rename it");
    return ["record", ...present.map(([name, value]) => [name, child(name, value)] as const)];
  };
  const structure = JSON.stringify(visit(tree, "", 0)), problem = jsonProblem(structure, MOST_VALUES);
  if (problem !== undefined) {
    throw encodeError("", `its structure is too large: ${problem}`, "save less at once");
  }
  return encodeSafetensors(tensors, { [STRUCTURE]: structure });
}

/** Throws if a branch has what lists and records of a file lack: fields of a list, or fields whose names are symbols. */
function checkNames(path: string, part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  const isField = (name: string | symbol): boolean =>
    typeof name === "symbol" ? Object.prototype.propertyIsEnumerable.call(part, name) : Array.isArray(part);
  const own = Object.getOwnPropertySymbols(part),
    names = Array.isArray(part) ? Object.keys(part).slice(part.length) : [];
  const lost = [...own, ...names].find(isField);
  if (lost === undefined) return;
  throw encodeError(path, `the field ${String(lost)} would be lost`, "put its value in a record, under a name");
}

const encodeError = (path: string, problem: string, remedy: string): CheckpointError =>
  new CheckpointError({
    action: "encode a tree",
    given: path === "" ? "the tree" : `what is at "${path}"`,
    problem,
    remedy,
  });

/**
 * Reads a tree that {@link encodeTree} wrote.
 *
 * @param bytes The whole file.
 * @returns The tree, or an error, whatever the bytes.
 *
 * @example
 * ```ts
 * import { decodeTree, encodeTree } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeTree(encodeTree({ epoch: 3, best: [0.5, -Infinity] })), {
 *   _tag: "Right",
 *   right: { epoch: 3, best: [0.5, -Infinity] },
 * });
 * ```
 */
export function decodeTree(bytes: Uint8Array): Either<CheckpointError, StoredTree>;
/**
 * Reads a tree that {@link encodeTree} wrote, and checks that it matches the expected one.
 *
 * @param bytes The whole file.
 * @param like A tree with the expected structure, shapes and dtypes, such as `optimizer.init(params)`.
 * @returns The tree, or an error that names the path of the first difference.
 *
 * @example
 * ```ts
 * import { decodeTree, encodeTree, zeros } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const bytes = encodeTree({ weight: zeros([2, 3]) });
 * assertEquals(decodeTree(bytes, { weight: zeros([2, 3]) })._tag, "Right");
 * const other = decodeTree(bytes, { weight: zeros([3, 2]) });
 * assert(other._tag === "Left" && other.left.message.includes('tensor [2, 3] at "weight"'));
 * ```
 */
export function decodeTree<T extends StoredTree>(bytes: Uint8Array, like: T): Either<CheckpointError, T>;
/**
 * Reads trees that contain an `interface`.
 *
 * @example
 * ```ts
 * import { decodeTree, encodeTree } from "@nanograd/nanograd";
 * import { assert } from "@std/assert";
 *
 * interface Progress {
 *   epoch: number;
 * }
 * const like: Progress = { epoch: 0 }, progress = decodeTree(encodeTree({ epoch: 3 }), like);
 * assert(progress._tag === "Right" && progress.right.epoch === 3);
 * ```
 */
export function decodeTree<T extends StorableTree<T>>(bytes: Uint8Array, like: T): Either<CheckpointError, T>;
export function decodeTree(bytes: Uint8Array, ...like: readonly StoredTree[]): Either<CheckpointError, StoredTree> {
  return pipe(
    decodeSafetensors(bytes),
    either.chain(({ tensors, metadata }) => {
      const text = metadata[STRUCTURE];
      if (text === undefined) {
        return bad("no structure", "encodeTree did not write it; decodeSafetensors reads any file");
      }
      const parsed = parseJson(text, MOST_VALUES);
      return either.isLeft(parsed) ? bad(`a wrong structure (${parsed.left})`) : rebuild(parsed.right, tensors, 0);
    }),
    either.chain((tree) => like[0] === undefined ? either.right(tree) : asWanted(tree, like[0])),
  );
}

function bad(problem: string, remedy = "write the file again"): Either<CheckpointError, never> {
  return either.left(
    new CheckpointError({ action: "decode a tree", given: "the file", problem: `it has ${problem}`, remedy }),
  );
}

function asWanted(tree: StoredTree, like: StoredTree): Either<CheckpointError, StoredTree> {
  const remedy = "decode it for the model and the optimizer that it was made with";
  const answer = sameAs(tree, like);
  return either.isLeft(answer) ? bad(answer.left, remedy) : answer;
}

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ["-0", -0],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

function rebuild(
  structure: unknown,
  tensors: Readonly<Record<string, Tensor>>,
  depth: number,
): Either<CheckpointError, StoredTree> {
  if (depth > DEEPEST) return bad("a structure more than 200 deep");
  if (!Array.isArray(structure)) return bad("an invalid structure");
  const [kind, first, ...more]: readonly unknown[] = structure;
  const parts: readonly unknown[] = structure.slice(1);
  if (kind === "list") {
    return collect(parts.map((part) => () => rebuild(part, tensors, depth + 1)));
  }
  if (kind === "record") return record(parts, tensors, depth);
  if (more.length > 0 || parts.length === 0) return bad("an invalid leaf");
  if (kind === "value" && (first === null || ["number", "string", "boolean"].includes(typeof first))) {
    return either.right(first as StoredLeaf); // one leaf is left
  }
  if (kind === "number" && SPECIAL.has(first)) return either.right(SPECIAL.get(first)!);
  if ((kind === "constant" || kind === "variable") && typeof first === "string") {
    const t = tensors[first];
    if (t === undefined) return bad(`no tensor ${JSON.stringify(first.slice(0, 80))}`);
    return either.right(kind === "variable" ? variableOf(innerView(t)) : t);
  }
  return bad("an invalid leaf");
}

function record(
  parts: readonly unknown[],
  tensors: Readonly<Record<string, Tensor>>,
  depth: number,
): Either<CheckpointError, StoredTree> {
  const named = parts.filter((part): part is readonly [string, unknown] =>
    Array.isArray(part) && part.length === 2 && typeof part[0] === "string" && part[0] !== "__proto__"
  );
  if (named.length < parts.length) return bad("a record with an invalid field");
  if (new Set(named.map(([name]) => name)).size < named.length) return bad("a record with two fields of the same name");
  return pipe(
    collect(named.map(([, part]) => () => rebuild(part, tensors, depth + 1))),
    either.map((values) => Object.fromEntries(named.map(([name], k) => [name, values[k]!]))),
  );
}

/** Returns all results, or the first error; the functions after it are not called. */
function collect<A>(questions: readonly (() => Either<CheckpointError, A>)[]): Either<CheckpointError, readonly A[]> {
  const answers: A[] = [];
  for (const question of questions) {
    const answer = question();
    if (either.isLeft(answer)) return answer;
    answers.push(answer.right);
  }
  return either.right(answers);
}
