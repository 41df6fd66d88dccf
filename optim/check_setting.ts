/**
 * Settings: numbers that must be finite and in a range.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";

/**
 * Refuses a setting that is not a number, NaN, infinite, or out of range.
 *
 * @param what What is being built; errors name it.
 * @param name The name of the setting.
 * @param wanted What `allowed` says, in words.
 */
export function checkSetting(
  what: string,
  name: string,
  value: number,
  allowed: (value: number) => boolean,
  wanted: string,
): void {
  if (typeof value === "number" && Number.isFinite(value) && allowed(value)) return;
  throw new RangeError(`Cannot build ${what} with ${name} ${inWords(value)}: ${name} must be ${wanted}; correct it`);
}

// Callers without types can pass anything.
const inWords = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : typeof value === "number" ? String(value) : describe(value);

/** Refuses a setting that is not in [0, 1): how much of a mean is kept. */
export function checkShare(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x >= 0 && x < 1, "in [0, 1)");
}

/** Refuses a setting that is not a finite number of 0 or more. */
export function checkNotNegative(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x >= 0, "a finite number of 0 or more");
}

/** Refuses a setting that is not a finite number above 0. */
export function checkPositive(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x > 0, "a finite number above 0");
}

/** Refuses a setting that is not a whole number above 0. */
export function checkCount(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => Number.isInteger(x) && x > 0, "a whole number above 0");
}
