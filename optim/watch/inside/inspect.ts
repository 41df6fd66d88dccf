/**
 * Looking inside a model.
 *
 * @module
 */
import { checkFunction } from "../../../autograd/arguments.ts";
import { checkOptions } from "../../../blas/options.ts";
import { add, mean, square } from "../../../autograd/ops/mod.ts";
import { stopGradient } from "../../../autograd/stop_gradient.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import type { Tree } from "../../../autograd/tree/tree.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import { zeros } from "../../../autograd/values/constructors.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { checkInput, checkVariables } from "../../../layers/check_call.ts";
import { type AnyLayer, checkLayer, type Layer, type Variables } from "../../../layers/layer.ts";
import { gradientNorm } from "../../diagnostics/gradient_norm.ts";
import { replay, type Visit } from "./replay.ts";
import { statisticsOf, unitAxis } from "./statistics.ts";

/** A layer of a model, and what goes through it. */
export type InspectedLayer = {
  /** Its place in the model, such as `"2.0"`: the first layer in the third; `""` for the model itself. */
  readonly path: string;
  readonly name: string;
  /** What it returned. */
  readonly output: Tensor;
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** The share of the outputs that are 0. */
  readonly zeros: number;
  /** The number of outputs that are NaN or infinite; the statistics are of the others. */
  readonly notFinite: number;
  /** The number of units: features, or channels of images. */
  readonly units: number;
  /** The units that are 0 for every example, at every place: neither they nor the layers after them learn anything through them. */
  readonly dead: readonly number[];
  /** The Euclidean norm of the gradient of the loss with respect to the output. */
  readonly outputGradient: number;
  /** The Euclidean norm of the params; 0 if there are none. */
  readonly params: number;
  /** The Euclidean norm of the gradient of the loss with respect to the params; 0 if there are none. */
  readonly paramsGradient: number;
};

/** The options of {@link inspect}. */
export type InspectOptions = {
  /**
   * The loss for the output of the model, a 0-d tensor, whose gradients are measured. By default the mean of the squares of
   * the output: enough to see whether gradients arrive, but not how large they are in training.
   */
  readonly loss?: ((output: Tensor) => Tensor) | undefined;
};

/**
 * Applies a model, in evaluate mode, and reports what each layer returned: its statistics, its dead units, and how large the
 * gradients are that reach it. {@link formatInspection} writes a table of them, {@link inspectionPicture} draws it.
 *
 * Layers inside `sequential` and `residual` are reported one by one; other models are one layer.
 *
 * @param model Any layer or model.
 * @param variables Its variables.
 * @param x A batch of inputs, or one.
 * @param options `loss`: what the gradients are of.
 * @returns A record for each layer, in the order in which they are applied.
 * @throws {ShapeError} If the model cannot take that input.
 *
 * @example A unit whose bias is far too low is dead
 * ```ts
 * import { activations, denseLayer, key, randomNormal, sequential, tensor32 } from "@nanograd/nanograd";
 * import { formatInspection, inspect } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequential([denseLayer(4, 3, { activation: activations.relu }), denseLayer(3, 1)]);
 * const { params: [first, second], state } = model.init(key(0));
 * const params = [{ ...first, bias: tensor32([-100, 0, 0]) }, second] as const;
 * const inside = inspect(model, { params, state }, randomNormal(key(1), [8, 4]));
 * assertEquals(inside.map(({ dead }) => dead), [[0], []]);
 * console.log(formatInspection(inside));
 * ```
 */
export function inspect<P extends object, S extends object>(
  model: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  x: Tensor,
  options?: InspectOptions,
): readonly InspectedLayer[];
export function inspect(
  model: AnyLayer,
  variables: Variables<object, object>,
  x: Tensor,
  options: InspectOptions = {},
): readonly InspectedLayer[] {
  checkLayer("inspect a model", model);
  checkOptions("inspect a model", options, { loss: true });
  checkVariables(model.name, variables);
  checkInput(model.name, x);
  const { loss = (output: Tensor): Tensor => mean(square(output)) } = options;
  checkFunction("inspect a model", "the loss", loss);

  const visits: Visit[] = [];
  replay(model, variables, x, (visit) => {
    visits.push(visit);
    return visit.output;
  });
  // What is added to an output has the gradient that the output has.
  const probes = visits.map(({ output }) => zeros(output.shape, { dtype: output.dtype }));
  const params = variables.params as Tree<Tensor>; // a tree of tensors
  const slopes = gradient((given: { readonly params: Tree<Tensor>; readonly probes: readonly Tensor[] }) => {
    let next = 0;
    const own = { params: given.params as object, state: variables.state }; // trees are objects
    return loss(replay(model, own, x, ({ output }) => add(output, given.probes[next++]!)));
  })({ params, probes });

  const beginning: readonly InspectedLayer[] = [];
  return visits.reduce(({ rows, fromEnd }, { path, layer, output, variables: own }, k) => {
    const before = k === 0 ? x : visits[k - 1]!.output, units = unitAxis(layer.kind, output, before, fromEnd);
    const row: InspectedLayer = {
      path,
      name: layer.name,
      output: stopGradient(output),
      ...statisticsOf(tensorData(output), output.shape, output.shape.length - units),
      outputGradient: gradientNorm(slopes.probes[k]!),
      params: gradientNorm(own.params as Tree<Tensor>), // a tree of tensors
      paramsGradient: layer.layers === undefined ? gradientNorm(partAt(slopes.params, path)) : 0,
    };
    return { rows: [...rows, row], fromEnd: units };
  }, { rows: beginning, fromEnd: 1 }).rows;
}

/** Returns the params of the layer at a path. */
const partAt = (tree: Tree<Tensor>, path: string): Tree<Tensor> =>
  // A path leads through lists of params.
  path === "" ? tree : path.split(".").reduce((part, k) => (part as readonly Tree<Tensor>[])[Number(k)]!, tree);
