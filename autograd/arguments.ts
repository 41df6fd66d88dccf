/**
 * Checks of arguments from callers without types, before any work is done.
 *
 * @module
 */
import { describe, isCallable } from "../blas/describe.ts";
import { isTensor } from "./tensor.ts";

/**
 * Throws if the value is not a function, or is a class, which cannot be called.
 *
 * @param action The action for the error message, such as `"apply vjp"`.
 * @param argument The parameter's name.
 * @throws {TypeError} If it is not a function.
 */
export function checkFunction(action: string, argument: string, value: unknown): void {
  if (isCallable(value)) return;
  throw new TypeError(
    `Cannot ${action} with ${describe(value)} for ${argument}: it must be a function; pass the function itself`,
  );
}

/**
 * Throws if the value is not a tensor.
 *
 * @param action The action for the error message, such as `"apply toList"`.
 * @throws {TypeError} If it is not a tensor.
 */
export function checkTensor(action: string, value: unknown): void {
  if (isTensor(value)) return;
  throw new TypeError(
    `Cannot ${action} to ${describe(value)}: it must be a tensor; wrap numbers with tensor32, tensor64 or constant`,
  );
}

/**
 * Throws if the value is not an array.
 *
 * @param action The action for the error message, such as `"apply reshape"`.
 * @param argument The parameter's name.
 * @param wanted What it must be, such as `"an array of axis lengths"`.
 * @param remedy What to pass.
 * @throws {TypeError} If it is not an array.
 */
export function checkList(action: string, argument: string, value: unknown, wanted: string, remedy: string): void {
  if (Array.isArray(value)) return;
  throw new TypeError(`Cannot ${action} with ${describe(value)} for ${argument}: it must be ${wanted}; ${remedy}`);
}
