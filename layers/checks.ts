/**
 * Checks that layers share.
 *
 * @module
 */

/** Refuses a size that is no whole number above 0; `action` says what was about to be built. */
export function checkSize(action: string, name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(`Cannot ${action} with ${name} ${value}: ${name} must be a whole number above 0; correct it`);
}
