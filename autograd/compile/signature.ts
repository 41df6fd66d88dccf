/**
 * Signatures: what compiled code depends on of its arguments, and how trees of them are taken apart and put together.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import type { ValueType } from "../../blas/program/program.ts";
import { sameShape, type Shape } from "../../blas/shape.ts";
import { isKey, type Key } from "../random/key.ts";
import { isTensor, type Tensor } from "../tensor.ts";

/** What is data in an argument: it may differ from call to call. */
export type DataLeaf = Tensor | Key | number;

/** What a tree of arguments looks like. Leaves that are no data are part of it. */
export type Signature =
  | { readonly kind: "tensor"; readonly dtype: DType; readonly shape: Shape; readonly tracked: boolean }
  | { readonly kind: "key" }
  | { readonly kind: "number" }
  | { readonly kind: "static"; readonly value: unknown }
  | { readonly kind: "list"; readonly parts: readonly Signature[] }
  | { readonly kind: "record"; readonly names: readonly string[]; readonly parts: readonly Signature[] };

/** Whether numbers are data: all, none, or those in a tree that holds a tensor or a key. */
export type Numbers = "data" | "static" | "beside tensors";

/** The signature of an argument. */
export function signatureOf(value: unknown, numbers: Numbers): Signature {
  const data = numbers === "data" || (numbers === "beside tensors" && holdsData(value));
  const visit = (part: unknown): Signature => {
    if (isTensor(part)) return { kind: "tensor", dtype: part.dtype, shape: part.shape, tracked: part.requiresGrad };
    if (isKey(part)) return { kind: "key" };
    if (typeof part === "number" && data) return { kind: "number" };
    if (Array.isArray(part)) return { kind: "list", parts: part.map(visit) };
    if (!isRecord(part)) return { kind: "static", value: part };
    const names = Object.keys(part);
    return { kind: "record", names, parts: names.map((name) => visit(part[name])) };
  };
  return visit(value);
}

function holdsData(value: unknown): boolean {
  if (isTensor(value) || isKey(value)) return true;
  if (Array.isArray(value)) return value.some(holdsData);
  return isRecord(value) && Object.values(value).some(holdsData);
}

/** Plain records are branches; instances of classes are leaves. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Tells whether an argument has a signature, and lists its data.
 *
 * @param data Where data are appended, in order; what a failed attempt has left there means nothing.
 */
export function matches(signature: Signature, value: unknown, data: DataLeaf[]): boolean {
  switch (signature.kind) {
    case "tensor":
      if (!isTensor(value) || value.dtype !== signature.dtype || value.requiresGrad !== signature.tracked) return false;
      data.push(value);
      return value.shape === signature.shape || sameShape(value.shape, signature.shape);
    case "key":
      if (!isKey(value)) return false;
      data.push(value);
      return true;
    case "number":
      if (typeof value !== "number") return false;
      data.push(value);
      return true;
    case "static":
      return Object.is(signature.value, value);
    case "list": {
      const { parts } = signature;
      if (!Array.isArray(value) || value.length !== parts.length) return false;
      for (let k = 0; k < parts.length; k++) if (!matches(parts[k]!, value[k], data)) return false;
      return true;
    }
    case "record": {
      if (!isRecord(value) || isTensor(value) || isKey(value)) return false;
      const { names, parts } = signature, given = Object.keys(value);
      if (given.length !== names.length) return false;
      for (let k = 0; k < names.length; k++) {
        if (given[k] !== names[k] || !matches(parts[k]!, value[names[k]!], data)) return false;
      }
      return true;
    }
  }
}

/** Puts a tree together: data in order, the rest as the signature has it. */
export function unflattenLeaves(signature: Signature, next: (leaf: DataLeafSignature) => unknown): unknown {
  switch (signature.kind) {
    case "tensor":
    case "key":
    case "number":
      return next(signature);
    case "static":
      return signature.value;
    case "list":
      return signature.parts.map((part) => unflattenLeaves(part, next));
    case "record":
      return Object.fromEntries(signature.names.map((name, k) => [name, unflattenLeaves(signature.parts[k]!, next)]));
  }
}

/** The signature of one datum. */
export type DataLeafSignature = Extract<Signature, { readonly kind: "tensor" | "key" | "number" }>;

/** The signatures of the data, in order, with their paths. */
export function dataOf(signature: Signature, path = ""): readonly (readonly [path: string, DataLeafSignature])[] {
  switch (signature.kind) {
    case "tensor":
    case "key":
    case "number":
      return [[path, signature]];
    case "static":
      return [];
    default:
      return signature.parts.flatMap((part, k) => {
        const name = signature.kind === "list" ? String(k) : signature.names[k]!;
        return dataOf(part, path === "" ? name : `${path}.${name}`);
      });
  }
}

/** What holds a datum inside a program. */
export function typeOf(datum: DataLeafSignature): ValueType {
  if (datum.kind === "tensor") return { dtype: datum.dtype, shape: datum.shape };
  return { dtype: "float64", shape: datum.kind === "key" ? [2] : [] };
}
