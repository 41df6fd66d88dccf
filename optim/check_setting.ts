/**
 * Checks of settings: numbers that must be finite and in a range.
 *
 * @module
 */
import { describe, describeSetting } from "../blas/describe.ts";

/**
 * Throws if a setting is not a number, is NaN, infinite, or out of range.
 *
 * @param what The thing being built, for the error message.
 * @param name The name of the setting.
 * @param wanted The condition `allowed` in words.
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

/**
 * Throws if a value is not a record with these fields.
 *
 * @param action The action for the error message, such as `"diagnose"`.
 * @param remedy What to pass.
 */
export function checkFields(action: string, value: unknown, fields: readonly string[], remedy: string): void {
  if (typeof value === "object" && value !== null && fields.every((field) => field in value)) return;
  throw new TypeError(
    `Cannot ${action} ${describe(value)}: it must be a record with ${fields.join(" and ")}; pass ${remedy}`,
  );
}

/** Throws if a setting is not a pair of whole numbers above 0, such as the size of a picture. */
export function checkHeightAndWidth(what: string, name: string, value: readonly number[]): void {
  const isPair = Array.isArray(value) && value.length === 2;
  if (isPair && value.every((length) => Number.isInteger(length) && length > 0)) return;
  throw new RangeError(
    `Cannot build ${what} with ${name} ${
      describeSetting(value)
    }: it must be [height, width], whole numbers above 0; correct it`,
  );
}

/** Throws if a setting, the share of a mean that is kept, is not in [0, 1). */
export function checkShare(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x >= 0 && x < 1, "in [0, 1)");
}

/** Throws if a setting is not a finite number of 0 or more. */
export function checkNotNegative(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x >= 0, "a finite number of 0 or more");
}

/** Throws if a setting is not a finite number above 0. */
export function checkPositive(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => x > 0, "a finite number above 0");
}

/** Throws if a setting is not a whole number above 0. */
export function checkCount(what: string, name: string, value: number): void {
  checkSetting(what, name, value, (x) => Number.isInteger(x) && x > 0, "a whole number above 0");
}
