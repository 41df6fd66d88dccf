/**
 * Columns of tables: what their values mean, and what becomes of values that are missing.
 *
 * @module
 */
import type { Either } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { describe } from "../../../blas/describe.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";

/** What the values of a column are. */
export type ColumnType = "number" | "boolean" | "category" | "text";

/** A column: its type, or a record that also says what takes the place of missing values, which are errors otherwise. */
export type CsvColumn = ColumnType | NumberColumn | CategoryColumn;

/** A column of numbers or booleans, some of which are missing. */
export type NumberColumn = {
  /** What the values are; booleans become 1 and 0. */
  readonly type: "number" | "boolean";
  /** What takes the place of missing values: a number, NaN included, or the mean of those that are there. */
  readonly missing: number | "mean";
};

/** A column of categories. */
export type CategoryColumn = {
  /** `"category"` */
  readonly type: "category";
  /** The category of missing values, which are errors if it is left out. */
  readonly missing?: string | undefined;
  /** All names, in the order of their codes; those that occur, sorted, if left out. */
  readonly categories?: readonly string[] | undefined;
};

/** Categories as numbers. */
export type Categories = {
  /** For each row the place of its category in `categories`, `[rows]`. */
  readonly codes: Tensor<"float32">;
  /** The names, in the order of their codes: as they were given, or sorted. */
  readonly categories: readonly string[];
};

/** What a column becomes. */
export type ColumnOf<C extends CsvColumn> = C extends "number" | "boolean" | { readonly type: "number" | "boolean" }
  ? Tensor<"float32">
  : C extends "category" | { readonly type: "category" } ? Categories
  : readonly string[];

/** A value that does not fit into its column: its row, counted from 0, and what is wrong with it. */
export type ValueProblem = { readonly row: number; readonly problem: string; readonly remedy: string };

// No part takes what another one could take as well: a long field is read once, and not once for each of its places.
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const TRUE: readonly string[] = ["true", "t", "yes", "y", "1"],
  FALSE: readonly string[] = ["false", "f", "no", "n", "0"];

const truth = (word: string): number | undefined => TRUE.includes(word) ? 1 : FALSE.includes(word) ? 0 : undefined;

/** Throws unless this is a column. */
export function checkColumn(name: string, column: CsvColumn): void {
  const record: { readonly [field: string]: unknown } = typeof column === "object" && column !== null ? column : {};
  const type: unknown = record["type"] ?? column, missing = record["missing"];
  const isNumeric = type === "number" || type === "boolean",
    isFilled = typeof missing === "number" || missing === "mean";
  if (isNumeric && (missing === undefined || isFilled)) return;
  if (type === "text") return;
  if (type === "category" && (missing === undefined || typeof missing === "string")) {
    checkCategories(name, record["categories"]);
    return;
  }
  throw new TypeError(
    `Cannot decode CSV with ${
      describe(column)
    } for the column "${name}": it must be "number", "boolean", "category", ` +
      '"text", or a record { type, missing } whose missing is a number, "mean", or the name of a category; correct it',
  );
}

/** Throws unless the categories of a column are left out, or a list of different names. */
function checkCategories(column: string, categories: unknown): void {
  if (categories === undefined) return;
  const isList = Array.isArray(categories) && categories.every((name) => typeof name === "string");
  if (isList && new Set(categories).size === categories.length) return;
  throw new TypeError(
    `Cannot decode CSV with the categories ${
      describe(categories)
    } for the column "${column}": they must be an array of ` +
      "different names; correct them, or leave them out",
  );
}

/**
 * Makes a column of the texts of its values.
 *
 * @param isMissing Tells which texts stand for no value.
 * @returns The column, or the first problem.
 */
export function columnOf(
  texts: readonly string[],
  column: CsvColumn,
  isMissing: (text: string) => boolean,
): Either<ValueProblem, Tensor<"float32"> | Categories | readonly string[]> {
  const { type, ...settings } = typeof column === "string" ? { type: column } : column;
  switch (type) {
    case "text":
      return either.right(texts);
    case "category":
      return categoriesOf(texts, settings, isMissing);
    case "boolean":
      return numbersOf(texts, settings, isMissing, (text) => truth(text.toLowerCase()), "true or false");
    case "number":
      return numbersOf(texts, settings, isMissing, (text) => DECIMAL.test(text) ? Number(text) : undefined, "a number");
  }
}

/** What a column's record may hold beside its type; {@link checkColumn} has seen that it fits the type. */
type Settings = { readonly missing?: number | string | undefined; readonly categories?: readonly string[] | undefined };

const problemAt = (row: number, problem: string, remedy: string): Either<ValueProblem, never> =>
  either.left({ row, problem, remedy });

const missingAt = (row: number): Either<ValueProblem, never> =>
  problemAt(row, "the value is missing", "fill it in, or say what takes its place, as in { type, missing }");

function numbersOf(
  texts: readonly string[],
  { missing }: Settings,
  isMissing: (text: string) => boolean,
  read: (text: string) => number | undefined,
  wanted: string,
): Either<ValueProblem, Tensor<"float32">> {
  const values = new Float64Array(texts.length);
  let firstHole = -1, known = 0;
  for (const [row, text] of texts.entries()) {
    if (isMissing(text)) {
      if (missing === undefined) return missingAt(row);
      if (firstHole < 0) firstHole = row;
      continue;
    }
    known++;
    const value = read(text);
    if (value === undefined) {
      return problemAt(row, `${describe(text)} must be ${wanted}`, "correct it, or give the column another type");
    }
    if (!Number.isFinite(Math.fround(value))) {
      return problemAt(row, `${describe(text)} is out of the range of float32`, "choose a larger unit, or correct it");
    }
    values[row] = value;
  }
  if (missing === "mean" && known === 0 && firstHole >= 0) {
    return problemAt(firstHole, "no row has a number, so they have no mean", "set missing to a number");
  }
  // Holes hold 0 until here, so the sum is that of what is there.
  const fill = missing === "mean" ? values.reduce((sum, value) => sum + value, 0) / known : Number(missing ?? 0);
  if (firstHole >= 0) texts.forEach((text, row) => isMissing(text) && (values[row] = fill));
  return either.right(constant(new Float32Array(values)));
}

function categoriesOf(
  texts: readonly string[],
  { missing, categories: given }: Settings,
  isMissing: (text: string) => boolean,
): Either<ValueProblem, Categories> {
  const allowed = given && new Set(given);
  const nameOf = (text: string): string | undefined => isMissing(text) ? missing?.toString() : text;
  const found = new Set<string>();
  for (const [row, text] of texts.entries()) {
    const name = nameOf(text);
    if (name === undefined) return missingAt(row);
    if (allowed?.has(name) === false) {
      return problemAt(
        row,
        `${describe(name)} must be one of ${[...allowed].join(", ")}`,
        "correct it, or add it to categories",
      );
    }
    found.add(name);
  }
  const categories = given ?? [...found].sort();
  const codeOf = new Map(categories.map((name, code) => [name, code])), codes = new Float32Array(texts.length);
  texts.forEach((text, row) => codes[row] = codeOf.get(nameOf(text)!)!); // all have a name
  return either.right({ codes: constant(codes), categories });
}
