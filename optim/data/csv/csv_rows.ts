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

/** The rows of a text. */
export type CsvRows = {
  /** The fields of each row, as many in each. */
  readonly rows: readonly (readonly string[])[];
  /** Returns the line in which a row begins, counted from 1: a field in quotes may have lines in it. */
  readonly lineOf: (row: number) => number;
};

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
export function csvRows(text: string, delimiter: string): Either<DataError, CsvRows> {
  // Within quotes too: one kind of line end, which is what the parser looks for.
  const { data, errors } = papaparse.parse(text.replaceAll(/\r\n?/g, "\n"), { delimiter, newline: "\n" });
  const [problem] = errors, width = data[0]?.length ?? 0;
  if (problem !== undefined) {
    const place = `line ${lineWhere(data, (_, k) => k === (problem.row ?? 0))}`;
    return either.left(csvError(place, problemOf(problem.message), 'double quotes in a quoted field: ""'));
  }
  // What ends with a line end has an empty row at its end.
  const isRow = (fields: readonly string[], k: number): boolean =>
    fields.length > 1 || fields[0] !== "" || (width === 1 && k < data.length - 1);
  const rows = data.filter(isRow), ragged = rows.findIndex((fields) => fields.length !== width);
  const lineOf = (row: number): number => {
    let seen = 0;
    return lineWhere(data, (fields, k) => isRow(fields, k) && seen++ === row);
  };
  if (ragged < 0) return either.right({ rows, lineOf });
  const count = rows[ragged]!.length, place = `line ${lineOf(ragged)}, column ${Math.min(count, width) + 1}`;
  return either.left(csvError(
    place,
    `the row has ${count} field${count === 1 ? "" : "s"}, and line 1 has ${width}`,
    `give every row ${width}, or name the delimiter if it is not ${describe(delimiter)}`,
  ));
}

/** Returns the line in which the first row begins for which a condition holds. */
function lineWhere(
  data: readonly (readonly string[])[],
  holds: (fields: readonly string[], k: number) => boolean,
): number {
  let line = 1;
  for (const [k, fields] of data.entries()) {
    if (holds(fields, k)) return line;
    line += fields.reduce((sum, field) => sum + field.split("\n").length - 1, 1);
  }
  return line;
}
