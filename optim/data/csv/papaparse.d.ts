/**
 * What is used of the package `papaparse`, which has no types of its own; those of others bring all of Node's.
 *
 * @module
 */

/** A row. */
type Step = { readonly data: readonly string[]; readonly errors: readonly { readonly message: string }[] };

/** The parser. */
declare const papaparse: {
  readonly parse: (text: string, settings: {
    readonly delimiter: string;
    readonly newline: string;
    readonly step: (row: Step, parser: { readonly abort: () => void }) => void;
  }) => void;
};

export default papaparse;
