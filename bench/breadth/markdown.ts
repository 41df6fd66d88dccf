/**
 * The results as tables of documents.
 *
 * @module
 */
import type { Row } from "./report.ts";
import { median } from "./statistics.ts";

/** The workloads that represent the others at the beginning of docs/performance.md. */
export const CHOSEN: readonly string[] = [
  "tiny network, batch 1",
  "MLP, batch 1",
  "MLP with ReLU",
  "large MLP",
  "LeNet",
  "residual block",
  "LSTM in a loop",
  "transformer",
  "vision transformer",
  "variational autoencoder",
  "GAN",
  "physics-informed MLP",
  "large product",
  "softmax, and backward",
  "layer norm, and backward",
];

/** Returns the rows of these names, as a table: milliseconds of a call by medians, and PyTorch's time over ours. */
export function chosenTable(rows: readonly Row[], names: readonly string[] = CHOSEN): string {
  const found = names.flatMap((name) => rows.filter((row) => row.name === name && row.times.torch !== undefined));
  return table(
    ["workload", "compiled", "plain", "PyTorch", "PyTorch / compiled", "PyTorch / plain"],
    found.map(({ name, times, ratio }) => [
      name,
      ...[times.compiled, times.plain, times.torch].map((time) => digits(time?.median)),
      ...[ratio.compiled, ratio.plain].map(digits),
    ]),
  );
}

/** Returns a table of the families of workloads: how many there are, and PyTorch's time over ours. */
export function familyTable(rows: readonly Row[]): string {
  const families = Map.groupBy(rows.filter(({ times }) => times.torch !== undefined), ({ family }) => family);
  return table(
    ["family", "workloads", "compiled, median", "slowest", "fastest", "plain, median", "slowest", "fastest"],
    [...families].map(([family, members]) => {
      const of = (side: "compiled" | "plain") => {
        const ratios = members.flatMap(({ ratio }) => ratio[side] ?? []);
        return ratios.length === 0
          ? ["-", "-", "-"]
          : [median(ratios), Math.min(...ratios), Math.max(...ratios)].map(digits);
      };
      return [family, String(members.length), ...of("compiled"), ...of("plain")];
    }),
  );
}

/** Returns a table of the workloads that miss a mark, compiled or plain. */
export function missesTable(rows: readonly Row[]): string {
  return table(
    ["workload", "shapes", "compiled", "mark", "plain", "mark"],
    rows.filter(({ met }) => met.compiled === false || met.plain === false).map((
      { name, shapes, ratio, marks, met },
    ) => [
      name,
      shapes.slice(0, 40),
      ...(["compiled", "plain"] as const).flatMap((side) =>
        met[side] === false ? [digits(ratio[side]), digits(marks[side])] : ["", ""]
      ),
    ]),
  );
}

/** Returns a table of all workloads: milliseconds of a call by medians, and PyTorch's time over ours. */
export function wholeTable(rows: readonly Row[]): string {
  return table(
    ["workload", "shapes", "compiled", "plain", "PyTorch", "PyTorch / compiled", "PyTorch / plain"],
    rows.map(({ name, shapes, times, ratio }) => [
      name,
      shapes.slice(0, 40),
      ...[times.compiled, times.plain, times.torch].map((time) => digits(time?.median)),
      ...[ratio.compiled, ratio.plain].map(digits),
    ]),
  );
}

/**
 * Returns a document with another text between `<!-- name` … `-->` and `<!-- /name -->`.
 *
 * @throws {TypeError} If the document has no such place.
 */
export function fillPlace(document: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- ${name}\\b[^>]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (place.test(document)) {
    return document.replace(place, (_, opening, closing) => `${opening}\n${text}\n\n${closing}`);
  }
  throw new TypeError(
    `Cannot fill the place ${name} of a document: it must have <!-- ${name} --> and <!-- /${name} -->; add them`,
  );
}

/** Formats a time or a ratio with two digits. */
export const digits = (value: number | undefined): string =>
  value === undefined ? "-" : value >= 100 ? value.toFixed(0) : value.toPrecision(2);

/** Formats a table as `deno fmt` does; all columns but the first are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, k) => Math.max(3, title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, k) => k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join(" | ")} |`;
  const rule = widths.map((width, k) => k === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
