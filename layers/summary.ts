/**
 * Models as tables and as trees.
 *
 * @module
 */
import * as either from "../blas/either.ts";
import { describe } from "../blas/describe.ts";
import { formatShape } from "../blas/errors.ts";
import { checkOptions } from "../blas/options.ts";
import { checkShape, type Shape, sizeOf, unwrap } from "../blas/shape.ts";
import { key } from "../autograd/random/key.ts";
import { leaves, type Tree } from "../autograd/tree/tree.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { knownInput, knownOutput } from "./known_shape.ts";
import { type AnyLayer, checkLayer } from "./layer.ts";
import { layerCost } from "./layer_cost.ts";
import { initLayer, shapeAfter } from "./layer_calls.ts";
import { located } from "./make_layer.ts";

type Row = readonly string[];

type Counts = { readonly params: number; readonly state: number };

/** How shapes are tracked through a model: as numbers, or as descriptions of what is known. */
type Following<S> = {
  readonly format: (shape: S) => string;
  readonly next: (layer: AnyLayer, input: S) => S;
  /** Returns what a layer costs, as the last cells of its row. */
  readonly costs: (layer: AnyLayer, input: S) => readonly string[];
};

// Plain records: bundlers keep the spread of one, and the reading of a field, though nothing uses it.
const nextShape = (layer: AnyLayer, input: Shape): Shape => unwrap(shapeAfter(layer, input));

const EXACT: Following<Shape> = { format: formatShape, next: nextShape, costs: () => [] };

const KNOWN: Following<string> = { format: (known) => known, next: knownOutput, costs: () => [] };

const COSTED: Following<Shape> = {
  format: formatShape,
  next: nextShape,
  costs: (layer, input) => {
    const { flops, bytes } = layerCost(layer, input);
    return [flops, bytes].map((count) => count === undefined ? "unknown" : grouped(count));
  },
};

const grouped = (count: number): string => count.toLocaleString("en-US");

/** The options of {@link summary}. */
export type SummaryOptions = {
  /**
   * Whether to add what one run of each layer costs in evaluate mode: its flops, which are additions, multiplications and
   * other functions of numbers; and the bytes of its variables, its input and its output together. False by default.
   */
  readonly costs?: boolean | undefined;
};

/**
 * Describes a model as a table: layer, output shape, number of parameters, and their totals. Layers inside others are
 * indented. Nothing is allocated for layers of this library.
 *
 * @param layer Any layer or model.
 * @param inputShape The shape of one example, without the batch axis. If left out, it is `[inputSize]`; if the model
 * does not take that, because it takes images, for example, the table shows what is known about the shapes: `[8, ...]`
 * for 8 channels, `[..., 10]` for a last axis of 10.
 * @param options `costs`: whether to add the flops and bytes of each layer, false by default.
 * @returns Lines of text; the totals are the learned numbers, and the numbers of the state, such as running statistics.
 * @throws {ShapeError} If the model cannot take that shape; the message names the layer and its position.
 * @throws {TypeError} If it is not a layer, or the costs depend on an input shape that is not known.
 *
 * @example
 * ```ts
 * import { conv2dLayer, denseLayer, sequential, summary } from "@nanograd/nanograd";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(summary(sequential([denseLayer(784, 128), denseLayer(128, 10)])), "101,770");
 * assertStringIncludes(summary(conv2dLayer(3, 8, 3)), "[8, ...]             224");
 * assertStringIncludes(summary(denseLayer(784, 128), [784], { costs: true }), "total flops: 200,832");
 * ```
 */
export function summary(layer: AnyLayer, inputShape?: Shape, options: SummaryOptions = {}): string {
  checkLayer("summarize a layer", layer);
  checkOptions("summarize a layer", options, { costs: "flag" });
  if (inputShape !== undefined) checkShape("summary", inputShape);
  const start = inputShape ?? (layer.inputSize === null ? [] : [layer.inputSize]);
  const exact = inputShape !== undefined || either.isRight(shapeAfter(layer, start));
  if (options.costs && !exact) {
    throw new TypeError(
      `Cannot summarize the costs of ${layer.name} for inputs of any shape: the shape must be known; pass that of one ` +
        "example, such as [3, 32, 32]",
    );
  }
  return exact ? tableOf(layer, start, options.costs ? COSTED : EXACT) : tableOf(layer, knownInput(layer), KNOWN);
}

function tableOf<S>(layer: AnyLayer, input: S, following: Following<S>): string {
  const { params, state } = countsOf(layer), costs = following.costs(layer, input);
  const more = ["flops", "bytes"].slice(0, costs.length);
  return formatTable(
    `${layer.name}, input ${following.format(input)}`,
    [
      ["layer", "output shape", "parameters", ...more],
      ...(layer.layers === undefined ? rowsOf : rowsInside)(layer, input, "", following),
    ],
    [
      `total parameters: ${grouped(params)}`,
      ...state === 0 ? [] : [`state: ${grouped(state)}`],
      ...more.map((what, k) => `total ${what}: ${costs[k]}${what === "bytes" ? " (variables, input and output)" : ""}`),
    ],
  );
}

/** Returns one row for a layer, and one for each layer inside it. */
function rowsOf<S>(layer: AnyLayer, input: S, indent: string, following: Following<S>): readonly Row[] {
  const row: Row = [
    `${indent}${titleOf(layer)}`,
    following.format(following.next(layer, input)),
    grouped(countsOf(layer).params),
    ...following.costs(layer, input),
  ];
  return [row, ...rowsInside(layer, input, `${indent}  `, following)];
}

function rowsInside<S>(
  { kind, layers = [] }: AnyLayer,
  input: S,
  indent: string,
  following: Following<S>,
): readonly Row[] {
  // A residual passes its input to both of its parts; other models pass it from one layer to the next.
  return layers.reduce(({ shape, rows }, inner, k) => {
    const [next, more] = located(k, () =>
      [
        following.next(inner, shape),
        rowsOf(inner, shape, indent, following),
      ] as const);
    return { shape: kind === "residual" ? input : next, rows: [...rows, ...more] };
  }, { shape: input, rows: [] as readonly Row[] }).rows; // the empty list has no type of its own
}

/** Counts the numbers in the variables of a layer, including those of the layers inside. */
function countsOf(layer: AnyLayer): Counts {
  if (layer.layers !== undefined) {
    return layer.layers.map(countsOf).reduce(
      (sum, { params, state }) => ({ params: sum.params + params, state: sum.state + state }),
      { params: 0, state: 0 },
    );
  }
  // A layer that is not the library's may have no specs.
  const { params, state } = layer.specs ?? initLayer(layer, key(0));
  const count = (tree: object): number =>
    leaves<Pick<Tensor, "shape">>(tree as Tree<Pick<Tensor, "shape">>) // trees of tensors or of their specs
      .reduce((sum, leaf) => sum + sizeOf(shapeOf(layer, leaf)), 0);
  return { params: count(params), state: count(state) };
}

/** Returns the shape of a tensor or of its spec; throws for anything else, which a layer that is not the library's may have among its variables. */
function shapeOf(layer: AnyLayer, leaf: Pick<Tensor, "shape">): Shape {
  if (typeof leaf === "object" && leaf !== null && Array.isArray(leaf.shape)) return leaf.shape;
  throw new TypeError(
    `Cannot summarize the layer ${layer.name}: ${
      describe(leaf)
    } is among its variables: they must be tensors, and its ` +
      "specs TensorSpecs; correct its init, or its specs",
  );
}

const titleOf = ({ name, activation }: AnyLayer): string =>
  activation.name === "Identity" || activation.name === name ? name : `${name} (${activation.name})`;

function formatTable(title: string, rows: readonly Row[], footers: readonly string[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: Row): string =>
    row.map((cell, k) => k < 2 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join("  ");
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [title, rule, line(rows[0]!), rule, ...rows.slice(1).map(line), rule, ...footers].join("\n");
}

/** The largest indent, wider than any page. */
const WIDEST_INDENT = 10_000;

/**
 * Describes a layer in one line, and each layer inside it in another, indented.
 *
 * @param layer Any layer or model.
 * @param indent The number of spaces before the first line, 0 by default.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, formatLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatLayer(denseLayer(784, 128, { activation: activations.relu })), "Dense (ReLU): 784 -> 128");
 * ```
 */
export function formatLayer(layer: AnyLayer, indent: number = 0): string {
  checkLayer("format a layer", layer);
  if (!(Number.isInteger(indent) && indent >= 0 && indent <= WIDEST_INDENT)) {
    throw new RangeError(
      `Cannot format a layer with indent ${
        describe(indent)
      }: it must be a whole number of spaces up to ${WIDEST_INDENT}; ` +
        "0 is usual",
    );
  }
  const { inputSize, outputSize, layers = [] } = layer;
  const sizes = inputSize === null && outputSize === null ? "" : `: ${inputSize ?? "any"} -> ${outputSize ?? "any"}`;
  const own = `${" ".repeat(indent)}${titleOf(layer)}${sizes}`;
  return [own, ...layers.map((inner) => formatLayer(inner, indent + 2))].join("\n");
}

/**
 * Prints what {@link formatLayer} returns.
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
export function printLayer(layer: AnyLayer, indent: number = 0): void {
  console.log(formatLayer(layer, indent));
}
