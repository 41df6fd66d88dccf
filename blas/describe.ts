/**
 * Short descriptions, for error messages, of any value that a caller has passed.
 *
 * @module
 */
import { formatShape } from "./errors.ts";

/** Describes a value: `3`, `"relu"`, `a float32 tensor [2, 3]`, `an array of 5`, `a record of weight, bias`. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "function") return isClass(value) ? "a class" : "a function";
  if (typeof value !== "object" || value === null) return String(value) + (typeof value === "bigint" ? "n" : "");
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if ("dtype" in value && "shape" in value && "view" in value && Array.isArray(value.shape)) {
    return `a ${String(value.dtype)} tensor ${formatShape(value.shape)}`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `an instance of ${classOf(value)}`;
  const names = Object.keys(value), shown = names.slice(0, 4).join(", ");
  return `a record of ${names.length === 0 ? "nothing" : shown + (names.length > 4 ? ", …" : "")}`;
}

/** Describes a setting as {@link describe} does, but writes out a list of numbers: `[2, 1]`. */
export function describeSetting(value: unknown): string {
  const listed = Array.isArray(value) && value.length <= 8 && value.every((part) => typeof part === "number");
  return listed ? JSON.stringify(value) : describe(value);
}

/** Tells whether a value can be called without `new`. */
export const isCallable = (value: unknown): value is (...args: never[]) => unknown =>
  typeof value === "function" && !isClass(value);

const isClass = (value: CallableFunction): boolean => /^class\b/.test(Function.prototype.toString.call(value));

const classOf = (value: object): string => {
  // Any value has properties but null and undefined.
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === "function" ? constructor.name : "a class";
};
