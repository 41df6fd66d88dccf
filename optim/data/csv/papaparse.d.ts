/**
 * What is used of the package `papaparse`, which has no types of its own; those of others bring all of Node's.
 *
 * @module
 */

/** The parser. */
declare const papaparse: {
  readonly parse: (text: string, settings: { readonly delimiter: string; readonly newline: string }) => {
    readonly data: string[][];
    readonly errors: readonly { readonly message: string; readonly row?: number }[];
  };
};

export default papaparse;
