/**
 * Writes ONNX files.
 *
 * @module
 */
import { describe, isCallable } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import { programOf } from "../../blas/program/passes/draft.ts";

import {
  type DataLeafSignature,
  mapData,
  type Signature,
  signatureOfArguments,
} from "../../autograd/compile/signature.ts";
import { trace } from "../../autograd/compile/tracing.ts";
import { isKey } from "../../autograd/random/key.ts";
import { wordsOf } from "../../autograd/random/key_tensor.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { tensorData } from "../../autograd/values/read.ts";
import { OnnxError } from "./errors.ts";
import type { OnnxArray, OnnxGraph, OnnxValueInfo } from "./graph.ts";
import { BATCHES, joinBatches, SHORT_BATCHES } from "./writing/dynamic.ts";
import { isWhole } from "./writing/functions.ts";
import { GraphWriter, type Wire } from "./writing/graph_writer.ts";
import { checkNames, namesOf, outputNames } from "./writing/names.ts";
import { writeProgram } from "./writing/program.ts";
import { fileOf } from "./writing/proto.ts";
import { tidied } from "./writing/tidy.ts";

/** Names in place of those that the places in the trees give, in the order of the leaves. */
export type OnnxNames = {
  /** Those of the params. */
  readonly params?: readonly string[] | undefined;
  /** Those of the inputs. */
  readonly inputs?: readonly string[] | undefined;
  /** Those of the outputs. */
  readonly outputs?: readonly string[] | undefined;
};

/** The options of {@link encodeOnnx}. */
export type EncodeOnnxOptions = {
  /** The names of params, inputs and outputs; their places in the trees if left out: `x`, or `0.weight`. */
  readonly names?: OnnxNames | undefined;
  /** The version of ONNX's operators, 17 if left out, from 16 on. */
  readonly opset?: number | undefined;
  /**
   * Whether the first axis of all inputs is one of any length, named `batch`; false if left out. The axis must be as long in all
   * inputs, and the function must do the same whatever its length is.
   */
  readonly dynamicBatch?: boolean | undefined;
};

const NEWEST = 21, OLDEST = 16;

/**
 * Writes a function as an ONNX graph, which any runtime of ONNX computes.
 *
 * The function is traced, as by `compile`: whatever it does with tensors becomes nodes, and so gradients and whole training steps
 * can be written too. Tensors that it closes over become constants.
 *
 * @param f A function of params and inputs, to a tree of tensors.
 * @param params A tree of tensors, which become the initializers of the graph.
 * @param inputs A tree of tensors, whose types and shapes are those of the graph's inputs; their elements do not matter.
 * @param options `names`: other names; `opset`, 17 by default; `dynamicBatch`: whether the length of the first axis is open.
 * @returns The bytes of the file.
 * @throws {OnnxError} If an operation has no form in ONNX, or depends on the length of an open axis.
 *
 * @example A training step
 * ```ts
 * import { decodeOnnx, encodeOnnx } from "@nanograd/nanograd/onnx";
 * import { gradient, matmul, mseLoss, ones, scale, sub, type Tensor, tensor32, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * type Params = { readonly w: Tensor<"float32"> };
 * type Batch = { readonly x: Tensor<"float32">; readonly y: Tensor<"float32"> };
 * const slope = gradient(({ w }: Params, { x, y }: Batch) => mseLoss(matmul(x, w), y));
 * const step = (params: Params, batch: Batch) => ({ next: sub(params.w, scale(slope(params, batch).w, 0.5)) });
 *
 * const bytes = encodeOnnx(step, { w: tensor32([[0]]) }, { x: ones([4, 1]), y: ones([4, 1]) });
 * const model = decodeOnnx(bytes);
 * assert(model._tag === "Right");
 * const [{ next }] = model.right.apply(model.right, { x: ones([4, 1]), y: ones([4, 1]) });
 * assertEquals(toList(next!), [1]);
 * ```
 */
export function encodeOnnx<P, X>(
  f: (params: P, inputs: X) => unknown,
  params: P,
  inputs: X,
  options: EncodeOnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("encode ONNX", options, { names: true, opset: true, dynamicBatch: "flag" });
  const { names = {}, opset = 17, dynamicBatch = false } = options;
  checkNames(names);
  if (!isCallable(f)) {
    throw new TypeError(`Cannot encode ONNX: ${describe(f)}: it must be a function of params and inputs; pass one`);
  }
  if (!Number.isInteger(opset) || opset < OLDEST || opset > NEWEST) {
    throw new OnnxError({
      action: "encode ONNX",
      given: `opset ${describe(opset)}`,
      problem: `it must be a whole number from ${OLDEST} to ${NEWEST}`,
      remedy: "pass 17",
    });
  }
  const write = (batch?: number): OnnxGraph =>
    // What is traced is called with traces of these very arguments.
    writeGraph(f as (...args: never[]) => unknown, params, inputs, names, opset, batch);
  return fileOf(dynamicBatch ? joinBatches(BATCHES.map(write), SHORT_BATCHES.map(write)) : write(), opset);
}

/** Writes the graph, with another length of the first axis of all inputs if one is given. */
function writeGraph(
  f: (...args: never[]) => unknown,
  params: unknown,
  inputs: unknown,
  names: OnnxNames,
  opset: number,
  batch: number | undefined,
): OnnxGraph {
  const args = signatureOfArguments([params, inputs]);
  if (args.kind !== "list") throw new TypeError("Cannot encode ONNX: there are no arguments; pass params and inputs");
  const [own, given] = args.parts as [Signature, Signature]; // two arguments
  const sized = batch === undefined ? given : mapData(given, (leaf) => withBatch(leaf, batch));
  const leaves = leavesOf(params), inputNames = namesOf(given, "input", names.inputs);
  const paramNames = namesOf(own, "param", names.params, new Set(inputNames));
  const { draft, result } = trace(f, { kind: "list", parts: [own, sized] }, false, isWhole), program = programOf(draft);
  const outputs = outputNames(result, names.outputs, new Set([...inputNames, ...paramNames]));
  const taken = new Set([...inputNames, ...paramNames, ...outputs.map(({ name }) => name)]);
  const writer = GraphWriter.start(taken, opset, batch !== undefined);
  const wires = writeProgram(writer, program, [...paramNames, ...inputNames]);
  let next = 0;
  const results = outputs.map(({ value }): Wire => {
    if (value === undefined) return wires[next++]!;
    return writer.constant(value.dtype, value.shape, tensorData(value));
  });
  const types = program.parameters.slice(paramNames.length);
  const infos = inputNames.map((name, k): OnnxValueInfo => ({
    name,
    ...types[k]!,
    shape: openShape(types[k]!.shape, batch),
  }));
  const initializers = new Map<string, OnnxArray>(writer.constants);
  leaves.forEach((t, k) => {
    initializers.set(paramNames[k]!, { type: t.dtype, shape: t.shape, data: Float64Array.from(tensorData(t)) });
  });
  return tidied(
    writer,
    infos,
    initializers,
    outputs.map(({ name, type }, k) => ({
      wire: results[k]!,
      info: { name, dtype: type.dtype, shape: openShape(type.shape, batch) },
    })),
  );
}

/** Marks lengths that are that of the batch; the length is one that nothing else has. */
const openShape = (shape: readonly number[], batch: number | undefined): OnnxValueInfo["shape"] =>
  shape.map((length, axis) => axis === 0 && length === batch ? "batch" : length);

const withBatch = (leaf: DataLeafSignature, batch: number): DataLeafSignature =>
  leaf.kind === "tensor" && leaf.shape.length > 0 ? { ...leaf, shape: [batch, ...leaf.shape.slice(1)] } : leaf;

/** Lists the tensors of a tree, in the order of its signature. */
function leavesOf(tree: unknown): readonly Tensor[] {
  if (isTensor(tree)) return [tree];
  if (isKey(tree)) return [wordsOf(tree)];
  return typeof tree === "object" && tree !== null ? Object.values(tree).flatMap(leavesOf) : [];
}
