/**
 * Logs as a table: a column for each scalar, a line for each step.
 *
 * @module
 */
import { append, type Appending, readText, replace, setAside } from "./files.ts";
import type { EncodedStep } from "./step_record.ts";

const FIRST = ["step", "seconds"] as const;

/**
 * Moves aside what a torn write has left at the end, and the steps from `from` on, which the run is about to do again.
 *
 * @returns The columns of the table; an empty list before the first row.
 */
export function openTable(writing: Appending, path: string, from: number): readonly string[] {
  const text = readText(writing, path), end = text.lastIndexOf("\n") + 1, torn = text.slice(end);
  const [heading, ...rows] = text.slice(0, end).split("\n").slice(0, -1);
  // The last number of a line without its end may lack digits: such a line is never whole.
  const isOver = (row: string): boolean => Number(row.slice(0, row.indexOf(","))) >= from;
  const aside = [...rows.filter(isOver), ...torn === "" ? [] : [torn]];
  if (aside.length > 0) {
    const kept = heading === undefined ? [] : [heading, ...rows.filter((row) => !isOver(row))];
    setAside(writing, path, kept.map((row) => `${row}\n`).join(""), aside.join("\n"));
  }
  return heading === undefined ? [] : fieldsOf(heading);
}

/**
 * Appends a step; a step without scalars has no line. New columns are added to the table, and are empty in earlier lines.
 *
 * @returns The columns of the table.
 */
export function appendRow(
  writing: Appending,
  path: string,
  columns: readonly string[],
  { step, seconds, scalars }: EncodedStep,
): readonly string[] {
  if (scalars.length === 0) return columns;
  const before = columns.length === 0 ? FIRST : columns;
  const values = new Map<string, number>(scalars.map(([name, value]) => [columnOf(name), value]));
  const more = [...values.keys()].filter((name) => !before.includes(name)), all = [...before, ...more];
  if (more.length > 0 || columns.length === 0) {
    const [, ...rows] = readText(writing, path).split("\n").slice(0, -1), gap = ",".repeat(more.length);
    replace(writing, path, [all.map(quoted).join(","), ...rows.map((row) => row + gap), ""].join("\n"));
  }
  values.set("step", step).set("seconds", seconds);
  append(writing, path, `${all.map((name) => values.get(name) ?? "").join(",")}\n`);
  return all;
}

/** Returns the column of a scalar: its name, unless that is the name of another column, or such a column's name already. */
const columnOf = (name: string): string => /^(scalars\/)*(step|seconds)$/.test(name) ? `scalars/${name}` : name;

const quoted = (name: string): string => /[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;

/** Returns the fields of a heading. */
const fieldsOf = (heading: string): readonly string[] =>
  [...heading.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
    .map(([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain!);
