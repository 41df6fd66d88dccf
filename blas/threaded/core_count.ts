/**
 * The number of cores.
 *
 * @module
 */

/** Returns the number of cores that this process may use, as far as the runtime knows; 1 if it does not tell. */
export const coreCount = (): number => globalThis.navigator?.hardwareConcurrency ?? 1;
