/**
 * Arguments as callers without types pass them: words for any value, and checks before work is done.
 *
 * @module
 */
import { formatShape } from "../blas/errors.ts";
import { isTensor } from "./tensor.ts";

/** Says in an error what a value is: `null`, `the number 5`, `an array of 2`, `an object`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (isTensor(value)) return `a tensor ${formatShape(value.shape)}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Refuses what is not a function.
 *
 * @param action What was about to be done, such as `"apply vjp"`; the error names it.
 * @param argument The parameter's name.
 * @throws {TypeError} If it is not a function.
 */
export function checkFunction(action: string, argument: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(
    `Cannot ${action} with ${describeValue(value)} for ${argument}: it must be a function; ` +
      "pass the function itself, not what it returns",
  );
}

/**
 * Refuses what is not a tensor.
 *
 * @param action What was about to be done, such as `"apply toList"`; the error names it.
 * @throws {TypeError} If it is not a tensor.
 */
export function checkTensor(action: string, value: unknown): void {
  if (isTensor(value)) return;
  throw new TypeError(
    `Cannot ${action} to ${
      describeValue(value)
    }: it must be a tensor; wrap numbers with tensor32, tensor64 or constant`,
  );
}

/**
 * Refuses what is not an array.
 *
 * @param action What was about to be done, such as `"apply reshape"`; the error names it.
 * @param argument The parameter's name.
 * @param wanted What it must be, such as `"an array of axis lengths"`.
 * @param remedy What to pass.
 * @throws {TypeError} If it is not an array.
 */
export function checkList(action: string, argument: string, value: unknown, wanted: string, remedy: string): void {
  if (Array.isArray(value)) return;
  throw new TypeError(`Cannot ${action} with ${describeValue(value)} for ${argument}: it must be ${wanted}; ${remedy}`);
}
