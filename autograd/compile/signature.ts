/**
 * Signatures: the parts of arguments that compiled code depends on, and functions that flatten and unflatten trees of
 * them.
 *
 * Tensors and keys are data. Numbers, texts, truth values, functions, null and undefined are part of the signature
 * wherever they stand; plain records and arrays are walked; anything else is refused.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import type { ValueType } from "../../blas/program/program.ts";
import { sameShape, type Shape } from "../../blas/shape.ts";
import { isKey, type Key } from "../random/key.ts";
import { isTensor, type Tensor } from "../tensor.ts";
import { checkArray, checkRecord, isRecord, joinPath, refusal, type Subject } from "./walk.ts";

/** A data leaf of an argument, which may differ from call to call. */
export type DataLeaf = Tensor | Key;

/** The structure of a tree of arguments, including leaves that are not data. */
export type Signature =
  | DataLeafSignature
  | { readonly kind: "static"; readonly value: unknown }
  | { readonly kind: "list"; readonly parts: readonly Signature[] }
  | { readonly kind: "record"; readonly names: readonly string[]; readonly parts: readonly Signature[] };

/** The signature of a data leaf. */
export type DataLeafSignature =
  | {
    readonly kind: "tensor";
    readonly dtype: DType;
    readonly shape: Shape;
    /** Whether the function sees a variable. */
    readonly tracked: boolean;
    /** The tensor that it always is, where it does not depend on the arguments. */
    readonly always?: Tensor;
    /** Whether a constant is accepted although `tracked` says that it is a variable. */
    readonly orConstant?: true;
  }
  | { readonly kind: "key" };

/** Returns the signature of the arguments of a call, as a list. */
export function signatureOfArguments(args: readonly unknown[]): Signature {
  return signatureOf(args, "argument", dataLeafSignature);
}

/** Returns the signature of a data leaf. */
export function dataLeafSignature(part: DataLeaf): DataLeafSignature {
  if (isKey(part)) return { kind: "key" };
  return { kind: "tensor", dtype: part.dtype, shape: part.shape, tracked: part.requiresGrad };
}

/**
 * Returns the signature of a tree.
 *
 * @param subject What the tree is, for error messages.
 * @param leafSignature Returns the signature of a data leaf; called in the order of the leaves.
 * @throws {TypeError} If the tree holds something that is neither data nor part of a signature, or contains itself.
 */
export function signatureOf(
  tree: unknown,
  subject: Subject,
  leafSignature: (part: DataLeaf) => Signature,
): Signature {
  const above = new Set<unknown>();
  const visit = (part: unknown, path: string): Signature => {
    if (isTensor(part) || isKey(part)) return leafSignature(part);
    if (isStatic(part)) return { kind: "static", value: part };
    if (above.has(part)) throw refusal(subject, path, "a tree that contains itself", "leave the inner reference out");
    above.add(part);
    const signature = branchSignature(part, path);
    above.delete(part);
    return signature;
  };
  const branchSignature = (part: unknown, path: string): Signature => {
    if (Array.isArray(part)) {
      checkArray(subject, path, part);
      // Array.from returns the holes of a sparse array as undefined, as indexing does.
      return { kind: "list", parts: Array.from(part, (child, k) => visit(child, joinPath(path, String(k)))) };
    }
    const names = checkRecord(subject, path, part);
    return { kind: "record", names, parts: names.map((name) => visit(childOf(part, name), joinPath(path, name))) };
  };
  return visit(tree, "");
}

/** Tells whether a leaf is part of the signature: another value needs another program. */
const isStatic = (part: unknown): boolean => part === null || (typeof part !== "object" && typeof part !== "symbol");

// Only called with names of its fields.
const childOf = (branch: unknown, name: string): unknown => (branch as Readonly<Record<string, unknown>>)[name];

/**
 * Tells whether an argument has a signature, and lists its data leaves.
 *
 * @param data The array that data leaves are appended to, in order; after a failed attempt its contents are
 * meaningless.
 */
export function matches(signature: Signature, value: unknown, data: DataLeaf[]): boolean {
  switch (signature.kind) {
    case "tensor":
      if (!isTensor(value) || value.dtype !== signature.dtype) return false;
      if (value.requiresGrad !== signature.tracked && !(signature.orConstant && !value.requiresGrad)) return false;
      data.push(value);
      return value.shape === signature.shape || sameShape(value.shape, signature.shape);
    case "key":
      if (!isKey(value)) return false;
      data.push(value);
      return true;
    case "static":
      // The same value; NaN equals NaN, but -0 differs from 0, since programs may divide by it.
      return Object.is(signature.value, value);
    case "list": {
      const { parts } = signature;
      if (!Array.isArray(value) || value.length !== parts.length) return false;
      for (let k = 0; k < parts.length; k++) if (!matches(parts[k]!, value[k], data)) return false;
      return true;
    }
    case "record": {
      if (!isRecord(value) || isKey(value)) return false;
      const { names, parts } = signature, given = Object.keys(value);
      if (given.length !== names.length || Object.getOwnPropertySymbols(value).length > 0) return false;
      for (let k = 0; k < names.length; k++) {
        if (given[k] !== names[k] || !matches(parts[k]!, value[names[k]!], data)) return false;
      }
      return true;
    }
  }
}

/** Builds a tree from its data leaves, in order, and the rest of the signature. */
export function unflattenLeaves(signature: Signature, next: (leaf: DataLeafSignature) => unknown): unknown {
  switch (signature.kind) {
    case "tensor":
    case "key":
      return next(signature);
    case "static":
      return signature.value;
    case "list":
      return signature.parts.map((part) => unflattenLeaves(part, next));
    case "record":
      return Object.fromEntries(signature.names.map((name, k) => [name, unflattenLeaves(signature.parts[k]!, next)]));
  }
}

/** Returns a signature with the data leaves replaced; `k` counts them in order. */
export function mapData(
  signature: Signature,
  replace: (leaf: DataLeafSignature, k: number) => DataLeafSignature,
): Signature {
  let next = 0;
  const visit = (part: Signature): Signature => {
    switch (part.kind) {
      case "tensor":
      case "key":
        return replace(part, next++);
      case "static":
        return part;
      default:
        return { ...part, parts: part.parts.map(visit) };
    }
  };
  return visit(signature);
}

/** Returns the signatures of the data leaves, in order. */
export function dataOf(signature: Signature): readonly DataLeafSignature[] {
  switch (signature.kind) {
    case "tensor":
    case "key":
      return [signature];
    case "static":
      return [];
    default:
      return signature.parts.flatMap(dataOf);
  }
}

/** Returns the type of the value that holds a leaf inside a program. */
export function typeOf(leaf: DataLeafSignature): ValueType {
  return leaf.kind === "tensor" ? { dtype: leaf.dtype, shape: leaf.shape } : { dtype: "float64", shape: [2] };
}
