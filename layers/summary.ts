/**
 * Models as tables.
 *
 * @module
 */
import { formatShape } from "../blas/errors.ts";
import { type Shape, unwrap } from "../blas/shape.ts";
import type { Parameters } from "../autograd/parameters.ts";
import { key } from "../autograd/key.ts";
import { type Layer, parameterCount } from "./layer.ts";

type Row = readonly [layer: string, outputShape: string, parameters: string];

const grouped = (count: number): string => count.toLocaleString("en-US");

/**
 * Describes a model as a table: layer, output shape, number of parameters, and their total.
 *
 * @param layer Any layer or model.
 * @param inputShape The shape of one example, without the batch axis; left out, it is `[inputSize]`.
 * @throws {ShapeError} If the model cannot take that shape; the message names the layer.
 *
 * @example
 * ```ts
 * import { denseLayer, sequential, summary } from "@nanograd/nanograd";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(summary(sequential([denseLayer(784, 128), denseLayer(128, 10)])), "101,770");
 * ```
 */
export function summary(layer: Layer, inputShape?: Shape): string {
  const start = inputShape ?? (layer.inputSize === null ? [] : [layer.inputSize]);
  const { params } = layer.init(key(0));
  const rows = layer.layers === undefined
    ? [rowOf(layer, unwrap(layer.outputShape(start)), params)]
    : layer.layers.reduce(
      ({ shape, rows }, inner, k) => {
        const next = unwrap(inner.outputShape(shape));
        return { shape: next, rows: [...rows, rowOf(inner, next, (params as readonly Parameters[])[k]!)] };
      },
      { shape: start, rows: [] as readonly Row[] },
    ).rows;
  return formatTable(
    `${layer.name}, input ${formatShape(start)}`,
    [["layer", "output shape", "parameters"], ...rows],
    `total parameters: ${grouped(parameterCount({ params }))}`,
  );
}

function rowOf(layer: Layer, shape: Shape, params: Parameters): Row {
  const { name, activation } = layer;
  return [
    activation.name === "Identity" ? name : `${name} (${activation.name})`,
    formatShape(shape),
    grouped(parameterCount({ params })),
  ];
}

function formatTable(title: string, rows: readonly Row[], footer: string): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = ([layer, shape, count]: Row): string =>
    `${layer.padEnd(widths[0]!)}  ${shape.padEnd(widths[1]!)}  ${count.padStart(widths[2]!)}`;
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width, 4));
  return [title, rule, line(rows[0]!), rule, ...rows.slice(1).map(line), rule, footer].join("\n");
}
