/**
 * The version of the library.
 *
 * @module
 */

/** The version that `deno.json` states. */
export const VERSION = "0.1.0";
