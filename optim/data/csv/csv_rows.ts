/**
 * The rows of CSV texts.
 *
 * @see RFC 4180
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { describe } from "../../../blas/describe.ts";
import { DataError, problemOf } from "../data_error.ts";
import { papaparse } from "../packages.ts";

/** A row, and the line that it begins in, counted from 1: a field in quotes may have lines in it. */
export type CsvRow = { readonly line: number; readonly fields: readonly string[] };

/** What CSV errors say about a place. */
export function csvError(place: string, problem: string, remedy: string): DataError {
  return new DataError({ action: "decode CSV", given: place, problem, remedy });
}

/**
 * Parses a text into rows that all have as many fields as the first. Empty lines are skipped, but where rows have one
 * field.
 *
 * @param delimiter What separates fields: one character.
 */
export function csvRows(text: string, delimiter: string): Either<DataError, readonly CsvRow[]> {
  // Within quotes too: one kind of line end, which is what the parser looks for.
  const { data, errors } = papaparse.parse(text.replaceAll(/\r\n?/g, "\n"), { delimiter, newline: "\n" });
  const lines = linesOf(data), [problem] = errors;
  if (problem !== undefined) {
    const line = lines[problem.row ?? 0] ?? 1;
    return either.left(csvError(`line ${line}`, problemOf(problem.message), 'double quotes in a quoted field: ""'));
  }
  const all = data.map((fields, k) => ({ line: lines[k]!, fields })), width = data[0]?.length ?? 0;
  // What ends with a line end has an empty row at its end.
  const rows = all.filter(({ fields }, k) =>
    fields.length > 1 || fields[0] !== "" || (width === 1 && k < all.length - 1)
  );
  const ragged = rows.find(({ fields }) => fields.length !== width);
  if (ragged === undefined) return either.right(rows);
  const { line, fields } = ragged, at = Math.min(fields.length, width) + 1;
  return either.left(csvError(
    `line ${line}, column ${at}`,
    `the row has ${fields.length} field${fields.length === 1 ? "" : "s"}, and line 1 has ${width}`,
    `give every row ${width}, or name the delimiter if it is not ${describe(delimiter)}`,
  ));
}

/** Returns the line in which each row begins. */
function linesOf(rows: readonly (readonly string[])[]): readonly number[] {
  let line = 1;
  return rows.map((fields) => {
    const own = line;
    line += 1 + fields.reduce((sum, field) => sum + field.split("\n").length - 1, 0);
    return own;
  });
}
