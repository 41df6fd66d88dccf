/**
 * The rows of CSV texts.
 *
 * @see RFC 4180
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { DataError, problemOf } from "../data_error.ts";
import { papaparse } from "../packages.ts";

/** Takes the fields of a row, and the line in which it begins, counted from 1; returns true if that was the last one wanted. */
export type RowVisitor = (fields: readonly string[], line: number) => boolean | void;

/** What CSV errors say about a place. */
export function csvError(place: string, problem: string, remedy: string): DataError {
  return new DataError({ action: "decode CSV", given: place, problem, remedy });
}

/**
 * Visits the rows of a text, which all have as many fields as the first. Empty lines are skipped, except where rows have
 * one field. No row is kept: an empty one takes one byte in a text.
 *
 * @param delimiter What separates fields: one character.
 * @returns What is wrong with the text, if anything is.
 */
export function visitRows(text: string, delimiter: string, visit: RowVisitor): DataError | undefined {
  // Within quotes too: one kind of line end, which is what the parser looks for. What ends with one has no row behind it.
  const own = text.replaceAll(/\r\n?/g, "\n").replace(/\n$/, "");
  let width = -1, next = 1, problem: DataError | undefined;
  if (text === "") return undefined;
  papaparse.parse(own, {
    delimiter,
    newline: "\n",
    step: ({ data: fields, errors: [error] }, parser) => {
      const line = next, count = fields.length;
      next += fields.reduce((sum, field) => sum + field.split("\n").length - 1, 1);
      if (width < 0) width = count;
      if (error !== undefined) {
        problem = csvError(`line ${line}`, problemOf(error.message), 'double quotes in a quoted field: ""');
      } else if (width > 1 && count === 1 && fields[0] === "") {
        return;
      } else if (count !== width) {
        problem = csvError(
          `line ${line}, column ${Math.min(count, width) + 1}`,
          `the row has ${count} field${count === 1 ? "" : "s"}, and line 1 has ${width}`,
          `give every row ${width}, or name the delimiter if it is not ${describe(delimiter)}`,
        );
      } else if (visit(fields, line) !== true) {
        return;
      }
      parser.abort();
    },
  });
  return problem;
}
