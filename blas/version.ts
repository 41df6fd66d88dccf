/**
 * The version of the library.
 *
 * @module
 */

/** What `deno.json` says. */
export const VERSION = "0.1.0";
