/**
 * The table of all operations in docs/operations.md: expressions, and what they give.
 *
 * @module
 */
import * as everything from "../../mod.ts";
import { isTensor, type Optimizer, type ParameterTree, type Tensor, toArray } from "../../mod.ts";

const { key, tensor64 } = everything;

/** The values that the examples of the table are about; the chapter lists them. */
const GIVEN: Readonly<Record<string, unknown>> = {
  v: everything.constant([1, 2, 3], { dtype: "float64" }),
  x: tensor64([1, 2, 3]),
  m: everything.constant([[4, 2], [2, 10]], { dtype: "float64" }),
  line: everything.constant([[1, 2, 3, 4]], { dtype: "float64" }),
  image: everything.constant([[[1, 2], [3, 4]]], { dtype: "float64" }),
  volume: everything.constant([[[[1, 2], [3, 4]]]], { dtype: "float64" }),
  k: key(0),
  stepOf: <M extends ParameterTree>({ init, step }: Optimizer<M>) => {
    const start = everything.constant([1, 2, 3], { dtype: "float64" });
    return step(init(start), start).params;
  },
};

const SCOPE: Readonly<Record<string, unknown>> = { ...everything, ...GIVEN };

/** A row of the table: the operation that its expression begins with or is about, and both cells. */
export type OperationRow = { readonly expression: string; readonly result: string };

/** Lists the rows of all tables of a document whose first column is headed "operation". */
export function rowsOf(document: string): readonly OperationRow[] {
  return document.split("\n").flatMap((line) => {
    const [, expression, result] = /^\| `(.+?)` +\| `(.*?)` +\|$/.exec(line) ?? [];
    return expression === undefined ? [] : [{ expression, result: result! }];
  });
}

/** Computes an expression of the table, and writes its result as the table does. */
export function exampleOf(expression: string): string {
  const compute = new Function(...Object.keys(SCOPE), `"use strict"; return ${expression};`);
  return written(compute(...Object.values(SCOPE)));
}

/** Writes a value on one line: tensors as nested lists, numbers with six digits. */
function written(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "0" : String(Number(value.toPrecision(6)));
  if (isTensor(value)) return written(toArray(value as Tensor));
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `[${Array.from(value as number[], written).join(", ")}]`;
  }
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  if (everything.isKey(value)) return "a key";
  return `{ ${Object.entries(value).map(([name, part]) => `${name}: ${written(part)}`).join(", ")} }`;
}
