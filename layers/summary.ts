/**
 * Models as tables and as trees.
 *
 * @module
 */
import { formatShape } from "../blas/errors.ts";
import { type Shape, sizeOf, unwrap } from "../blas/shape.ts";
import { key } from "../autograd/random/key.ts";
import { leaves } from "../autograd/tree/tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import type { Layer } from "./layer.ts";
import { located } from "./make_layer.ts";

type Row = readonly [layer: string, outputShape: string, parameters: string];

type Counts = { readonly params: number; readonly state: number };

const grouped = (count: number): string => count.toLocaleString("en-US");

/**
 * Describes a model as a table: layer, output shape, number of parameters, and their totals. Layers inside others are
 * indented. Nothing is allocated for layers of this library.
 *
 * @param layer Any layer or model.
 * @param inputShape The shape of one example, without the batch axis; left out, it is `[inputSize]`.
 * @returns Lines; the totals are what is learned, and the numbers of the state, such as running statistics.
 * @throws {ShapeError} If the model cannot take that shape; the message names the layer and where it is.
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
  const { params, state } = countsOf(layer);
  return formatTable(
    `${layer.name}, input ${formatShape(start)}`,
    [["layer", "output shape", "parameters"], ...(layer.layers === undefined ? rowsOf : rowsInside)(layer, start, "")],
    [`total parameters: ${grouped(params)}`, ...state === 0 ? [] : [`state: ${grouped(state)}`]],
  );
}

/** One row for a layer, and one for each inside it. */
function rowsOf(layer: Layer, input: Shape, indent: string): readonly Row[] {
  const row: Row = [
    `${indent}${titleOf(layer)}`,
    formatShape(unwrap(layer.outputShape(input))),
    grouped(countsOf(layer).params),
  ];
  return [row, ...rowsInside(layer, input, `${indent}  `)];
}

function rowsInside({ kind, layers = [] }: Layer, input: Shape, indent: string): readonly Row[] {
  // A residual passes its input to both of its parts, every other model from one to the next.
  return layers.reduce(({ shape, rows }, inner, k) => {
    const [next, more] = located(k, () => [unwrap(inner.outputShape(shape)), rowsOf(inner, shape, indent)] as const);
    return { shape: kind === "residual" ? input : next, rows: [...rows, ...more] };
  }, { shape: input, rows: [] as readonly Row[] }).rows;
}

/** How many numbers the variables of a layer are, those of the layers inside included. */
function countsOf(layer: Layer): Counts {
  if (layer.layers !== undefined) {
    return layer.layers.map(countsOf).reduce(
      (sum, { params, state }) => ({ params: sum.params + params, state: sum.state + state }),
      { params: 0, state: 0 },
    );
  }
  // A layer from elsewhere need not have specs.
  const { params, state } = layer.specs ?? layer.init(key(0));
  const count = (tree: typeof params | typeof state): number =>
    leaves<Pick<Tensor, "shape">>(tree).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { params: count(params), state: count(state) };
}

const titleOf = ({ name, activation }: Layer): string =>
  activation.name === "Identity" || activation.name === name ? name : `${name} (${activation.name})`;

function formatTable(title: string, rows: readonly Row[], footers: readonly string[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = ([layer, shape, count]: Row): string =>
    `${layer.padEnd(widths[0]!)}  ${shape.padEnd(widths[1]!)}  ${count.padStart(widths[2]!)}`;
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width, 4));
  return [title, rule, line(rows[0]!), rule, ...rows.slice(1).map(line), rule, ...footers].join("\n");
}

/**
 * Describes a layer in a line, and those inside it in a line each, indented.
 *
 * @param layer Any layer or model.
 * @param indent How many spaces stand before the first line, 0 by default.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, formatLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatLayer(denseLayer(784, 128, { activation: activations.relu })), "Dense (ReLU): 784 -> 128");
 * ```
 */
export function formatLayer(layer: Layer, indent: number = 0): string {
  const { inputSize, outputSize, layers = [] } = layer;
  const sizes = inputSize === null && outputSize === null ? "" : `: ${inputSize ?? "any"} -> ${outputSize ?? "any"}`;
  const own = `${" ".repeat(indent)}${titleOf(layer)}${sizes}`;
  return [own, ...layers.map((inner) => formatLayer(inner, indent + 2))].join("\n");
}

/**
 * Writes what {@link formatLayer} returns to the console.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, printLayer, sequential } from "@nanograd/nanograd";
 *
 * printLayer(sequential([denseLayer(784, 128, { activation: activations.relu }), denseLayer(128, 10)]));
 * // Sequential: 784 -> 10
 * //   Dense (ReLU): 784 -> 128
 * //   Dense: 128 -> 10
 * ```
 */
export function printLayer(layer: Layer, indent: number = 0): void {
  console.log(formatLayer(layer, indent));
}
