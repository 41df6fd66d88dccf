/**
 * Inspections as tables.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { formatShape } from "../../../blas/errors.ts";
import type { InspectedLayer } from "./inspect.ts";

const TITLES = ["layer", "output", "mean", "deviation", "min", "max", "zeros", "dead", "|dL/dy|", "|w|", "|dL/dw|"];

/**
 * Writes what {@link inspect} returned as a table: for each layer the shape and the statistics of its output, its dead units,
 * and the norms of the gradient with respect to the output, of the params, and of their gradient.
 *
 * @param inspection The result of `inspect`.
 * @returns Lines of text, without escape codes.
 *
 * @example
 * ```ts
 * import { denseLayer, key, ones, zerosLike } from "@nanograd/nanograd";
 * import { formatInspection, inspect } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(2, 3), { params, state } = layer.init(key(0));
 * const inside = inspect(layer, { params: zerosLike(params), state }, ones([4, 2]));
 * assertEquals(formatInspection(inside).split("\n"), [
 *   "layer  output  mean  deviation  min  max    zeros   dead  |dL/dy|  |w|  |dL/dw|",
 *   "-------------------------------------------------------------------------------",
 *   "Dense  [4, 3]     0          0    0    0  100.0 %  3 / 3        0    0        0",
 * ]);
 * ```
 */
export function formatInspection(inspection: readonly InspectedLayer[]): string {
  checkInspection("format an inspection", inspection);
  const rows = [TITLES, ...inspection.map(rowOf)];
  const widths = TITLES.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, k) => k < 2 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join("  ").trimEnd()
  );
  const faults = inspection.filter(({ notFinite }) => notFinite > 0).map((layer) =>
    `${titleOf(layer)}: ${layer.notFinite.toLocaleString("en-US")} outputs are NaN or infinite`
  );
  return [lines[0]!, "-".repeat(lines[0]!.length), ...lines.slice(1), ...faults].join("\n");
}

/** Throws if a value is not a list of inspected layers. */
export function checkInspection(action: string, inspection: readonly InspectedLayer[]): void {
  const isLayer = (one: unknown): boolean => typeof one === "object" && one !== null && "outputGradient" in one;
  if (Array.isArray(inspection) && [...inspection].every(isLayer)) return;
  throw new TypeError(`Cannot ${action} from ${describe(inspection)}: it must be what inspect returned; pass that`);
}

/** Names a layer, with its place if it has one. */
export const titleOf = ({ path, name }: Pick<InspectedLayer, "path" | "name">): string =>
  path === "" ? name : `${path} ${name}`;

const rowOf = (layer: InspectedLayer): readonly string[] => [
  titleOf(layer),
  formatShape(layer.output.shape),
  ...[layer.mean, layer.deviation, layer.min, layer.max].map(short),
  `${(100 * layer.zeros).toFixed(1)} %`,
  `${layer.dead.length} / ${layer.units}`,
  ...[layer.outputGradient, layer.params, layer.paramsGradient].map(short),
];

/** Writes a number with three digits. */
const short = (x: number): string => {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const size = Math.abs(x);
  return size >= 1e-3 && size < 9995 ? String(Number(x.toPrecision(3))) : x.toExponential(1);
};
