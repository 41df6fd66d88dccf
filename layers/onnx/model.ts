/**
 * Models: a graph with its variables, as a pure function.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import type { RecordOf } from "../../autograd/tree/admitted.ts";
import { checkMode } from "../check_call.ts";
import { evaluate, type Mode } from "../mode.ts";
import { dtypeOf, isFloat } from "./element_types.ts";
import { OnnxError, quoted } from "./errors.ts";
import type { OnnxArray, OnnxGraph, OnnxValueInfo } from "./graph.ts";
import { runGraph, tensorOf } from "./run.ts";
import { type Value, valueOf } from "./value.ts";
import { variableNames } from "./variables.ts";

/** Tensors by name. */
export type TensorRecord = Readonly<Record<string, Tensor>>;

/** The variables of a model. */
export type OnnxVariables = {
  /** The tensors that are learned, by the names of the file. */
  readonly params: TensorRecord;
  /** The running statistics of batch normalization, by the names of the file. */
  readonly state: TensorRecord;
};

/** A model that was read from an ONNX file. */
export type OnnxModel = OnnxVariables & {
  /** The inputs in the graph's order. A length that is a string is bound when the model is applied. */
  readonly inputs: readonly OnnxValueInfo[];
  /** The outputs in the graph's order. */
  readonly outputs: readonly OnnxValueInfo[];
  /** The version of ONNX's operators that the file is written for. */
  readonly opset: number;
  /** Metadata that the writer has added. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The graph, in an order in which every value is computed before it is read. */
  readonly graph: OnnxGraph;
  /**
   * Computes the outputs and the next state.
   *
   * Integers and booleans are tensors of integers. If a floating-point tensor is float64 where the file has
   * float32, everything is computed in float64.
   *
   * @param variables Tensors in place of the file's own, by the same names and of the same shapes.
   * @param inputs One tensor for each input, by name.
   * @param mode In training, batch normalization uses the batch, and dropout is random. `evaluate` if left out.
   * @throws {OnnxError} If an input or a variable is missing or has another shape, or a node cannot be computed.
   */
  readonly apply: <P extends RecordOf<P, Tensor>, S extends RecordOf<S, Tensor>, X extends RecordOf<X, Tensor>>(
    variables: { readonly params: P; readonly state: S },
    inputs: X,
    mode?: Mode,
  ) => readonly [outputs: TensorRecord, state: TensorRecord];
};

/** Makes the model of a graph. */
export function modelOf(
  graph: OnnxGraph,
  opset: number,
  metadata: Readonly<Record<string, string>>,
): OnnxModel {
  const names = variableNames(graph);
  const tensorsOf = (variables: ReadonlyMap<OnnxArray, string>): TensorRecord =>
    Object.freeze(Object.fromEntries([...variables].map(([array, name]) => [name, tensorOf(array)])));
  const params = tensorsOf(names.params), state = tensorsOf(names.state);
  return Object.freeze<OnnxModel>({
    params,
    state,
    inputs: graph.inputs,
    outputs: graph.outputs,
    opset,
    metadata,
    graph,
    apply: (variables: OnnxVariables, inputs: TensorRecord, mode = evaluate) => {
      checkMode("an ONNX model", mode);
      checkVariables("params", params, variables?.params);
      checkVariables("state", state, variables.state);
      checkInputs(graph, inputs);
      const given = [
        ...graph.inputs.filter(({ dtype }) => isFloat(dtype) && dtypeOf(dtype) === "float32").map(({ name }) =>
          inputs[name]!
        ),
        ...[...names.params, ...names.state].filter(([{ type }]) => dtypeOf(type) === "float32")
          .map(([, name]) => (Object.hasOwn(params, name) ? variables.params : variables.state)[name]!),
      ];
      const next: Record<string, Tensor> = { ...variables.state };
      const run = {
        opset,
        mode,
        precision: given.some(({ dtype }) => dtype === "float64") ? "float64" as const : "float32" as const,
        carry: (name: string, tensor: Tensor) => {
          if (Object.hasOwn(state, name)) next[name] = tensor;
        },
        draws: { count: 0 },
      };
      const replaced = (array: OnnxArray): Tensor | undefined => {
        const param = names.params.get(array);
        if (param !== undefined) return variables.params[param];
        const statistic = names.state.get(array);
        return statistic === undefined ? undefined : variables.state[statistic];
      };
      const values = graph.inputs.map(({ name, dtype }): Value => valueOf(run, dtype, inputs[name]!));
      const results = runGraph(graph, values, { run, replaced });
      const outputs = graph.outputs.map(({ name }, k) => [name, results[k]!.tensor] as const);
      return [Object.freeze(Object.fromEntries(outputs)), mode.training ? Object.freeze(next) : variables.state];
    },
  });
}

const applyError = (given: string, problem: string, remedy: string): OnnxError =>
  new OnnxError({ action: "apply an ONNX model", given, problem, remedy });

function checkVariables(what: string, own: TensorRecord, given: TensorRecord | undefined): void {
  for (const [name, { shape }] of Object.entries(own)) {
    const t = given !== null && typeof given === "object" && Object.hasOwn(given, name) ? given[name] : undefined;
    if (!isTensor(t)) {
      throw applyError(
        `${what}[${quoted(name)}] is ${describe(t)}`,
        "it must be a tensor",
        `pass { ...model.${what}, … }`,
      );
    }
    if (t.shape.length !== shape.length || t.shape.some((length, k) => length !== shape[k])) {
      throw applyError(
        `${what}[${quoted(name)}] is ${describe(t)}`,
        `its shape must be [${shape.join(", ")}]`,
        "reshape it",
      );
    }
  }
}

/** Checks the inputs, and that each symbolic length has one value. */
function checkInputs(graph: OnnxGraph, inputs: TensorRecord): void {
  const bound = new Map<string, number>();
  const names = graph.inputs.map(({ name }) => quoted(name)).join(", ") || "nothing";
  const isRecord = typeof inputs === "object" && inputs !== null;
  const stranger = isRecord
    ? Object.keys(inputs).find((name) => !graph.inputs.some((own) => own.name === name))
    : undefined;
  if (!isRecord || stranger !== undefined) {
    const given = isRecord ? `input ${quoted(stranger!)}` : describe(inputs);
    throw applyError(given, `the inputs of the graph are ${names}`, "pass a record of tensors by these names");
  }
  for (const { name, shape } of graph.inputs) {
    const t = Object.hasOwn(inputs, name) ? inputs[name] : undefined, given = `input ${quoted(name)} is ${describe(t)}`;
    if (!isTensor(t)) throw applyError(given, "it must be a tensor", `pass a record of ${names}`);
    if (shape.length === 1 && shape[0] === "...") continue;
    const wanted = shape.map((length) => typeof length === "string" ? bound.get(length) ?? length : length);
    const fits = t.shape.length === shape.length && t.shape.every((length, k) => {
      const own = wanted[k]!;
      // The same symbol may stand twice in one shape.
      if (typeof own === "number") return own === length;
      const before = own === "?" ? undefined : bound.get(own);
      if (before === undefined && own !== "?") bound.set(own, length);
      return before === undefined || before === length;
    });
    if (!fits) throw applyError(given, `its shape must be [${wanted.join(", ")}]`, "reshape it, or pass another batch");
  }
}
