/**
 * The rows of CSV texts.
 *
 * @see RFC 4180
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { DataError } from "../data_error.ts";

/** Takes the fields of a row, and the line in which it begins, counted from 1; returns true if that was the last one wanted. */
export type RowVisitor = (fields: readonly string[], line: number) => boolean | void;

/** What CSV errors say about a place. */
export function csvError(place: string, problem: string, remedy: string): DataError {
  return new DataError({ action: "decode CSV", given: place, problem, remedy });
}

const QUOTE = '"', [RETURN, NEWLINE] = [13, 10];

/**
 * Visits the rows of a text, which all have as many fields as the first. Empty lines are skipped, except where rows have
 * one field. No row is kept, and one array serves all of them: an empty row takes one byte in a text.
 *
 * @param delimiter What separates fields: one character.
 * @returns What is wrong with the text, if anything is.
 */
export function visitRows(text: string, delimiter: string, visit: RowVisitor): DataError | undefined {
  const reader = fieldReader(text, delimiter), fields: string[] = [];
  let width = -1;
  while (reader.at < text.length) {
    const first = reader.line;
    fields.length = 0;
    do {
      const field = reader.next();
      if (field === undefined) return csvError(`line ${first}`, reader.problem, 'double quotes in a quoted field: ""');
      fields.push(field);
    } while (reader.skipDelimiter());
    reader.skipLineEnd();
    const count = fields.length;
    if (width < 0) width = count;
    if (width > 1 && count === 1 && fields[0] === "") continue;
    if (count !== width) {
      return csvError(
        `line ${first}, column ${Math.min(count, width) + 1}`,
        `the row has ${count} field${count === 1 ? "" : "s"}, and line 1 has ${width}`,
        `give every row ${width}, or name the delimiter if it is not ${describe(delimiter)}`,
      );
    }
    if (visit(fields, first) === true) return undefined;
  }
  return undefined;
}

/** Reads the fields of a text, one after the other. */
function fieldReader(text: string, delimiter: string) {
  const separator = delimiter.charCodeAt(0);
  /** Tells whether a field ends here: at a delimiter, a line end, or the end of the text. */
  const isEnd = (code: number): boolean =>
    code === separator || code === NEWLINE || code === RETURN || Number.isNaN(code);
  const skip = (code: number): boolean => text.charCodeAt(reader.at) === code && reader.at++ >= 0;
  const plain = (): string => {
    const start = reader.at;
    while (!isEnd(text.charCodeAt(reader.at))) reader.at++;
    return text.slice(start, reader.at);
  };
  /** Reads a field in quotes, behind which there may be spaces. Line ends in it become those of one kind. */
  const quoted = (): string | undefined => {
    const start = reader.at + 1;
    let close = text.indexOf(QUOTE, start);
    while (close >= 0 && text[close + 1] === QUOTE) close = text.indexOf(QUOTE, close + 2);
    if (close < 0) return fail("Quoted field unterminated");
    for (reader.at = close + 1; !isEnd(text.charCodeAt(reader.at)); reader.at++) {
      if (text[reader.at]!.trim() !== "") return fail("Trailing quote on quoted field is malformed");
    }
    const value = text.slice(start, close).replace(/""/g, QUOTE).replace(/\r\n?/g, "\n");
    for (let k = value.indexOf("\n"); k >= 0; k = value.indexOf("\n", k + 1)) reader.line++;
    return value;
  };
  const fail = (problem: string): undefined => void (reader.problem = problem);
  const reader = {
    /** The position in the text, and its line, counted from 1. */
    at: 0,
    line: 1,
    /** What is wrong with the quotes of a field. */
    problem: "",
    /** Reads a field; returns `undefined` if there is a problem. */
    next: (): string | undefined => text[reader.at] === QUOTE ? quoted() : plain(),
    /** Tells whether another field follows, which is empty at the end of the text. */
    skipDelimiter: (): boolean => skip(separator),
    skipLineEnd: (): void => {
      skip(RETURN);
      skip(NEWLINE);
      reader.line++;
    },
  };
  return reader;
}
