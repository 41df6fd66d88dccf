/**
 * Tables in CSV texts as tensors.
 *
 * @module
 */
import type { Either, TaskEither } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { describe } from "../../../blas/describe.ts";
import { checkOptions } from "../../../blas/options.ts";
import { stack } from "../../../autograd/ops/mod.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import { type DataError, problemOf } from "../data_error.ts";
import { readFile } from "../read_file.ts";
import { checkColumn, type ColumnOf, columnOf, type CsvColumn } from "./csv_columns.ts";
import { csvError, visitRows } from "./csv_rows.ts";

/** The columns to read, by their names. */
export type CsvColumns = { readonly [name: string]: CsvColumn };

/** The options of {@link decodeCsv}. */
export type CsvOptions<C extends CsvColumns> = {
  /** The columns to read and what they hold; others are skipped. */
  readonly columns: C;
  /** Whether the first row has the names, true if left out; without names, `columns` names all of them in order. */
  readonly header?: boolean | undefined;
  /** What separates fields, a comma if left out. */
  readonly delimiter?: string | undefined;
  /** The texts that stand for no value; empty, NA, N/A, NaN, null and ? if left out. Texts of columns of texts never do. */
  readonly missing?: readonly string[] | undefined;
};

/** A table: the number of its rows, and its columns by their names. */
export type CsvTable<C extends CsvColumns> = {
  readonly rows: number;
  readonly columns: { readonly [K in keyof C]: ColumnOf<C[K]> };
};

const MISSING: readonly string[] = ["", "NA", "N/A", "NaN", "nan", "null", "?"];

/**
 * Decodes a CSV text: numbers and truth values become tensors, categories codes with their names, texts stay texts.
 *
 * Fields may be in quotes, and have delimiters, line ends and doubled quotes in them (RFC 4180). A byte order mark is
 * skipped, as are spaces around values that are not texts. Missing values are errors, unless the column says what takes
 * their place.
 *
 * @param text The whole text; `readCsv` reads a file.
 * @param options `columns` and their types; `header`, `delimiter`, `missing`.
 * @returns The table, whose type follows from `columns`; or an error with line and column: rows of different lengths, quotes
 * that do not close, values that do not fit, missing columns and values.
 * @throws {TypeError} If options are wrong.
 *
 * @example
 * ```ts
 * import { columnsAsMatrix, decodeCsv } from "@nanograd/nanograd/data";
 * import { toArray } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const text = "name,age,weight,species\nTom,3,4.5,cat\nRex,,30,dog\n";
 * const table = decodeCsv(text, {
 *   columns: { age: { type: "number", missing: "mean" }, weight: "number", species: "category" },
 * });
 * assert(table._tag === "Right");
 * const { rows, columns: { species } } = table.right;
 * assertEquals([rows, species.categories, toArray(species.codes)], [2, ["cat", "dog"], [0, 1]]);
 * assertEquals(toArray(columnsAsMatrix(table.right, ["age", "weight"])), [[3, 4.5], [3, 30]]);
 *
 * const wrong = decodeCsv("a,b\n1,2\n3,x\n", { columns: { b: "number" } });
 * assert(wrong._tag === "Left");
 * assertEquals(wrong.left.given, 'line 3, column 2 "b"');
 * ```
 */
export function decodeCsv<const C extends CsvColumns>(
  text: string,
  options: CsvOptions<C>,
): Either<DataError, CsvTable<C>> {
  checkCsvOptions(options);
  if (typeof text !== "string") {
    throw new TypeError(`Cannot decode CSV from ${describe(text)}: it must be a text; decode bytes with TextDecoder`);
  }
  const { columns, header = true, delimiter = ",", missing = MISSING } = options, names = Object.keys(columns);
  const own = text.replace(/^\ufeff/, ""), texts = names.map((): string[] => []);
  let rows = header ? -1 : 0, places: Either<DataError, readonly number[]> | undefined;
  const problem = visitRows(own, delimiter, (fields, line) => {
    places ??= placesOf(names, header ? fields.map((name) => name.trim()) : undefined, fields.length, line);
    if (rows++ < 0 || either.isLeft(places)) return;
    const found = places.right;
    for (const [k, values] of texts.entries()) {
      const value = fields[found[k]!]!; // rows have as many fields as the first
      values.push(columns[names[k]!] === "text" ? value : value.trim());
    }
  });
  if (problem !== undefined) return either.left(problem);
  if (places === undefined) {
    return either.left(csvError("an empty text", "it must have rows", "pass the text of a table"));
  }
  if (either.isLeft(places)) return places;
  const isMissing = new Set(missing), made: [string, unknown][] = [];
  for (const [k, name] of names.entries()) {
    const values = columnOf(texts[k]!, columns[name]!, (value) => isMissing.has(value)); // one of each for each name
    if (either.isLeft(values)) {
      const { row, problem, remedy } = values.left, line = lineOf(own, delimiter, header ? row + 1 : row);
      return either.left(csvError(`line ${line}, column ${places.right[k]! + 1} "${name}"`, problem, remedy));
    }
    made.push([name, values.right]);
  }
  const table = { rows, columns: Object.fromEntries(made) };
  return either.right(table as CsvTable<C>); // the columns are those of C, each made by its type
}

/** Returns the line in which a row begins: the text is read once more, since a field in quotes may have lines in it. */
function lineOf(text: string, delimiter: string, row: number): number {
  let found = 1;
  visitRows(text, delimiter, (_, line) => {
    found = line;
    return row-- === 0;
  });
  return found;
}

/**
 * Reads a CSV file as {@link decodeCsv} decodes a text. In Deno that takes `--allow-read`. A file
 * that is not UTF-8 is an error.
 *
 * @param path The path or URL of the file, in UTF-8.
 * @returns A task, for `await readCsv(path, options)()`.
 */
export function readCsv<const C extends CsvColumns>(
  path: string | URL,
  options: CsvOptions<C>,
): TaskEither<DataError, CsvTable<C>> {
  checkCsvOptions(options);
  return async () => {
    const bytes = await readFile("read CSV", path);
    if (either.isLeft(bytes)) return bytes;
    return either.chain((text: string) => decodeCsv(text, options))(textOf(bytes.right, path));
  };
}

/** Decodes UTF-8, and refuses other encodings, whose letters would all become the same one. */
function textOf(bytes: Uint8Array, path: string | URL): Either<DataError, string> {
  try {
    return either.right(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const problem = cause instanceof TypeError ? "it must be UTF-8" : problemOf(cause);
    return either.left(csvError(String(path), problem, "convert it, or decode its bytes yourself for decodeCsv"));
  }
}

/**
 * Joins columns of numbers and truth values into a matrix: the features of each row.
 *
 * @param table What `decodeCsv` returned.
 * @param names Which columns, in the order of the features.
 * @returns `[rows, names]`
 * @throws {TypeError} If a column holds categories or texts, or does not exist.
 */
export function columnsAsMatrix<const N extends readonly string[]>(
  table: { readonly rows: number; readonly columns: { readonly [K in N[number]]: Tensor<"float32"> } },
  names: N,
): Tensor<"float32"> {
  if (typeof table?.columns !== "object" || table.columns === null) {
    throw new TypeError(
      `Cannot join columns of ${describe(table)}: it must be a table; pass what decodeCsv returned, unwrapped`,
    );
  }
  if (!Array.isArray(names) || names.length === 0) {
    throw new TypeError(
      `Cannot join columns by ${describe(names)}: names must be an array of one or more; pass ["age"]`,
    );
  }
  return stack(
    names.map((name: N[number]) => {
      const column: unknown = table.columns[name]; // callers without types may name any column
      if (isTensor(column)) return column as Tensor<"float32">; // all columns are
      throw new TypeError(
        `Cannot join the column "${name}", ${
          describe(column)
        }: it must be of numbers or truth values; pass the codes of ` +
          "categories to oneHot or an embedding",
      );
    }),
    1,
  );
}

function checkCsvOptions<C extends CsvColumns>(options: CsvOptions<C>): void {
  checkOptions("decode CSV", options, { columns: true, header: "flag", delimiter: true, missing: true });
  const { columns, delimiter = ",", missing } = options;
  if (typeof columns !== "object" || columns === null || Object.keys(columns).length === 0) {
    throw new TypeError(
      `Cannot decode CSV with ${
        describe(columns)
      } for columns: they must be a record of names and types; pass such as ` +
        '{ age: "number" }',
    );
  }
  if (typeof delimiter !== "string" || delimiter.length !== 1 || '"\n\r'.includes(delimiter)) {
    throw new TypeError(
      `Cannot decode CSV with ${describe(delimiter)} for delimiter: it must be one character; pass such as ";"`,
    );
  }
  if (missing !== undefined && !(Array.isArray(missing) && missing.every((text) => typeof text === "string"))) {
    throw new TypeError(
      `Cannot decode CSV with ${
        describe(missing)
      } for missing: it must be an array of strings; pass such as ["", "NA"]`,
    );
  }
  for (const [name, column] of Object.entries(columns)) checkColumn(name, column);
}

/** Returns the place of each name among the fields; or why there is none. */
function placesOf(
  names: readonly string[],
  header: readonly string[] | undefined,
  width: number,
  line: number,
): Either<DataError, readonly number[]> {
  if (header === undefined) {
    if (names.length === width) return either.right(names.map((_, k) => k));
    const problem = `the row has ${width} fields, and columns names ${names.length}`;
    return either.left(csvError(`line ${line}`, problem, "without a header, name every column in order"));
  }
  const places = new Map<string, number>(), repeated = new Set<string>();
  for (const [k, name] of header.entries()) {
    if (places.has(name)) repeated.add(name);
    places.set(name, k);
  }
  for (const name of names) {
    if (places.has(name) && !repeated.has(name)) continue;
    const shown = header.slice(0, 20).map((own) => describe(own)).join(", ");
    return either.left(csvError(
      `line ${line}`,
      `the header must have the column ${describe(name)} once, and has ${shown}`,
      "correct the name, or pass header: false if the first row holds values",
    ));
  }
  return either.right(names.map((name) => places.get(name)!)); // each has one
}
