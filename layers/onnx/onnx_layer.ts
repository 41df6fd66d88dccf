/**
 * Models as layers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import * as either from "../../blas/either.ts";
import { checkOptions } from "../../blas/options.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkShape, type Shape, type ShapeResult } from "../../blas/shape.ts";
import { reshape } from "../../autograd/ops/reshape.ts";
import { constantOf, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { innerShape, innerView } from "../../autograd/tensor_record.ts";
import { Tracing } from "../../autograd/compile/tracing.ts";
import { activations } from "../activation.ts";
import { checkInput, checkMode, checkOwnVariables } from "../check_call.ts";
import { checkKey, checkName } from "../checks.ts";
import { deepFreeze } from "../config.ts";
import type { Layer, Variables } from "../layer.ts";
import { remembered } from "../made.ts";
import { tryShape } from "../make_layer.ts";
import { evaluate, type Mode } from "../mode.ts";
import { TensorSpec } from "../spec.ts";
import { cutGraph } from "./cut.ts";
import { OnnxError, quoted } from "./errors.ts";
import { modelOf, type OnnxModel, type TensorRecord } from "./model.ts";

/** The options of {@link onnxLayer}. */
export type OnnxLayerOptions = {
  /** The input that the layer's input goes to; the only one if left out. */
  readonly input?: string | undefined;
  /** The output that the layer returns; the only one if left out. */
  readonly output?: string | undefined;
  /** An inner value that the layer returns instead, by its name or that of its node: what comes after is cut off. */
  readonly until?: string | undefined;
  /** The name in summaries and errors, `"Onnx"` if left out. */
  readonly name?: string | undefined;
};

/** How many shapes a layer remembers the results of. */
const MOST_SHAPES = 64;

/**
 * Makes a layer of a model with one input and one output, or of its first part.
 *
 * @param model What `decodeOnnx` returned. `{ ...model, params }` starts from other params.
 * @param options `until`: the inner value to stop at; `input` and `output`: which ones, if there are several; `name`.
 * @returns A layer whose `init` returns the model's own params and state, whatever the key. It takes inputs with the axes
 * of the model's input, or without the first, which is then 1.
 * @throws {OnnxError} If there is no such value, or the part takes other inputs too.
 *
 * @example A trained network up to an inner value, and a new last layer
 * ```ts
 * import { decodeOnnx, encodeOnnx, onnxLayer } from "@nanograd/nanograd/onnx";
 * import { denseLayer, forward, key, matmul, ones, relu, sequential, type Tensor } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * type Record = Readonly<{ [name: string]: Tensor }>;
 * const f = ({ first, second }: Record, { x }: Record) => ({ y: matmul(relu(matmul(x!, first!)), second!) });
 * const params = { first: ones([4, 3]), second: ones([3, 2]) };
 * const backbone = decodeOnnx(encodeOnnx(f, params, { x: ones([1, 4]) }, { dynamicBatch: true }));
 * assert(backbone._tag === "Right");
 *
 * const { outputs: [hidden] } = backbone.right.graph.nodes.find(({ operator }) => operator === "Relu")!;
 * const layer = sequential([onnxLayer(backbone.right, { until: hidden! }), denseLayer(3, 5)]);
 * const variables = layer.init(key(0));
 * assertEquals(forward(layer, variables, ones([7, 4])).shape, [7, 5]);
 * assertEquals(Object.keys(variables.params[0]), ["first"]);
 * ```
 */
export function onnxLayer(model: OnnxModel, options: OnnxLayerOptions = {}): Layer<TensorRecord, TensorRecord> {
  checkOptions("build onnxLayer", options, { input: true, output: true, until: true, name: true });
  const { name = "Onnx", until } = options;
  checkName("build onnxLayer", name);
  if (typeof model !== "object" || model === null || !("graph" in model)) {
    throw new TypeError(
      `Cannot build ${name} of ${describe(model)}: it must be a model; pass what decodeOnnx returned`,
    );
  }
  const output = until ?? options.output ?? onlyOf("output", model.outputs);
  const part = modelOf(cutGraph(model.graph, output), model.opset, model.metadata);
  const input = options.input ?? onlyOf("input", part.inputs), info = part.inputs.find((own) => own.name === input);
  if (info === undefined || part.inputs.length !== 1) {
    const others = part.inputs.map((own) => quoted(own.name)).join(", ") || "nothing";
    throw layerError(`input ${quoted(input)}`, `the part takes ${others}`, "stop at a value that takes this one alone");
  }
  const own = (record: TensorRecord, given: TensorRecord): TensorRecord =>
    Object.fromEntries(Object.keys(record).map((key) => [key, given[key] ?? record[key]!]));
  const start = { params: own(part.params, model.params), state: own(part.state, model.state) };
  const specsOf = (record: TensorRecord) =>
    Object.fromEntries(Object.entries(record).map(([key, { shape, dtype }]) => [key, new TensorSpec(shape, dtype)]));
  const specs = deepFreeze({ params: specsOf(start.params), state: specsOf(start.state) });
  const [result] = part.outputs, rank = info.shape[0] === "..." ? undefined : info.shape.length;

  const compute = (variables: Variables<TensorRecord, TensorRecord>, x: Tensor, mode: Mode) => {
    const shape = innerShape(x), isOne = shape.length + 1 === rank; // one example, without a batch axis
    const [outputs, state] = part.apply(variables, { [input]: isOne ? reshape(x, [1, ...shape]) : x }, mode);
    const y = outputs[result!.name]!;
    return [isOne && innerShape(y)[0] === 1 ? reshape(y, innerShape(y).slice(1)) : y, state] as const;
  };
  const shapes = new Map<string, ShapeResult>();
  /** Runs the graph without elements. */
  const traced = (shape: Shape): ShapeResult => {
    const tracing = new Tracing([{ dtype: "float32", shape }]);
    try {
      return either.right(innerShape(tracing.run(() => compute(start, constantOf(tracing.parameter(0)), evaluate))[0]));
    } catch (error) {
      if (!(error instanceof OnnxError)) throw error;
      return either.left(
        new ShapeError({ op: name, given: { x: shape }, problem: error.message, remedy: error.remedy }),
      );
    }
  };
  const layer: Layer<TensorRecord, TensorRecord> = Object.freeze({
    kind: "onnx",
    name,
    inputSize: null,
    outputSize: null,
    activation: activations.identity,
    config: Object.freeze({}),
    reshapes: true as const,
    specs,
    init: (key) => {
      checkKey(name, key);
      const learned = Object.entries(start.params).map(([own, t]) => [own, variableOf(innerView(t))] as const);
      return { params: Object.fromEntries(learned), state: start.state };
    },
    apply: <D extends DType>(variables: Variables<TensorRecord, TensorRecord>, x: Tensor<D>, mode: Mode) => {
      checkInput(name, x);
      checkOwnVariables(name, specs, variables);
      checkMode(name, mode);
      const [y, state] = compute(variables, x, mode);
      return [y as Tensor<D>, state] as const; // of the dtype that the model computes in, which is that of x
    },
    outputShape: (shape) =>
      either.chain((): ShapeResult => {
        const text = shape.join(), found = shapes.get(text) ?? traced(shape);
        if (shapes.size < MOST_SHAPES) shapes.set(text, found);
        return found;
      })(tryShape(() => checkShape(name, shape))),
  });
  return remembered(layer, "apply");
}

const layerError = (given: string, problem: string, remedy: string): OnnxError =>
  new OnnxError({ action: "build onnxLayer", given, problem, remedy });

function onlyOf(what: string, all: readonly { readonly name: string }[]): string {
  const [first] = all;
  if (first !== undefined && all.length === 1) return first.name;
  const names = all.map(({ name }) => quoted(name)).join(", ") || "none";
  throw layerError(`a model of ${all.length} ${what}s`, `which one must be said: ${names}`, `pass { ${what}: "…" }`);
}
