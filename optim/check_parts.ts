/**
 * Arguments that are functions, truth values, optimizers or transforms: callers without types can pass anything.
 *
 * @module
 */
import { isOptimizer } from "./optimizer.ts";

/** A value in words, such as "an array". */
export function inWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Refuses what is not a function. */
export function checkFunction(what: string, name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(`Cannot build ${what} with ${inWords(value)} as ${name}: it must be a function; pass one`);
}

/** Refuses what is not a truth value. */
export function checkFlag(what: string, name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`Cannot build ${what} with ${inWords(value)} as ${name}: it must be true or false; correct it`);
}

/** Refuses what is not an optimizer. */
export function checkOptimizer(what: string, value: unknown): void {
  if (isOptimizer(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${inWords(value)} as its optimizer: it must be one; pass adam() or the like, last`,
  );
}

/** Refuses what is neither a transform nor an optimizer. */
export function checkPart(what: string, value: unknown): void {
  if (isOptimizer(value) || isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${inWords(value)} as a part: it must be a transform or an optimizer; pass one such as ` +
      "clipNorm(1)",
  );
}

/** Refuses what is not a transform. */
export function checkTransform(what: string, value: unknown): void {
  if (isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${inWords(value)} as its transform: it must be one; pass weightDecay(0.1) or the like`,
  );
}

const isTransform = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
  "update" in value && typeof value.update === "function";
