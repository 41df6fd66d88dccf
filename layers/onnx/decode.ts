/**
 * Reads ONNX files.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import { checkOptions } from "../../blas/options.ts";
import type { Either } from "../../deps.ts";
import { decodeError, type MissingOperator, OnnxError, quoted } from "./errors.ts";
import { allNodes, fullName, type OnnxGraph } from "./graph.ts";
import { modelOf, type OnnxModel } from "./model.ts";
import { OPERATORS } from "./operators/mod.ts";
import { decodeProto, type ModelProto } from "./protobuf.ts";
import { functionsOf } from "./reading/functions.ts";
import { readGraph } from "./reading/graph.ts";
import type { ExternalData } from "./reading/external_data.ts";
import { tensorReader } from "./reading/tensor.ts";

/** The options of {@link decodeOnnx}. */
export type DecodeOnnxOptions = {
  /** The files with elements of tensors that the model names: a record of their bytes by location, or a function. */
  readonly externalData?: ExternalData | undefined;
};

/** The oldest version of ONNX's operators that is read. */
const OLDEST_OPSET = 7;

/**
 * Reads an ONNX model. Whatever the bytes, it returns a value: it never hangs, and allocates no more than the bytes hold.
 *
 * Everything is checked before anything is computed: that values exist, have one name each and do not depend on
 * themselves, that tensors have as many elements as their shapes say, and that all operators are supported. Half precision
 * becomes float32.
 *
 * @param bytes The whole file.
 * @param options `externalData`: the files beside the model, if its tensors are there.
 * @returns The model, or what is wrong; `error.missing` lists the operators that are not supported, with their nodes.
 *
 * @example
 * ```ts
 * import { decodeOnnx, encodeOnnx } from "@nanograd/nanograd/onnx";
 * import { compile, mul, type Tensor, tensor32, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * type Record = Readonly<{ [name: string]: Tensor }>;
 * const bytes = encodeOnnx((p: Record, x: Record) => ({ y: mul(x.x!, p.w!) }), { w: tensor32([2, 3]) }, { x: tensor32([1, 1]) });
 * const model = decodeOnnx(bytes);
 * assert(model._tag === "Right");
 * const { params, state, apply } = model.right;
 * const f = compile((p: Record, x: Record) => apply({ params: p, state }, x)[0]);
 * assertEquals(toList(f(params, { x: tensor32([5, 7]) }).y!), [10, 21]);
 * ```
 */
export function decodeOnnx(bytes: Uint8Array, options: DecodeOnnxOptions = {}): Either<OnnxError, OnnxModel> {
  checkOptions("decode ONNX", options, { externalData: true });
  if (!(bytes instanceof Uint8Array)) {
    return either.left(decodeError(describe(bytes), "it must be a Uint8Array", "read the file as bytes"));
  }
  return either.chain((proto: ModelProto) => decodeModelProto(proto, options.externalData))(decodeProto(bytes));
}

/** Reads a model from its messages. */
export const decodeModelProto = (
  proto: ModelProto,
  external: ExternalData | undefined,
): Either<OnnxError, OnnxModel> => totally(() => readModel(proto, external));

/** Runs a function, and returns what it throws as an error value. */
function totally(f: () => OnnxModel): Either<OnnxError, OnnxModel> {
  try {
    return either.right(f());
  } catch (cause) {
    if (cause instanceof OnnxError) return either.left(cause);
    const problem = cause instanceof Error ? cause.message : String(cause);
    return either.left(decodeError("the model", `it cannot be read: ${problem}`));
  }
}

function readModel(proto: ModelProto, external: ExternalData | undefined): OnnxModel {
  if (proto.graph === undefined) throw decodeError("the file", "it has no graph", "pass the bytes of an ONNX file");
  const own = proto.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  const opset = Number(own?.version ?? 0n);
  if (opset < OLDEST_OPSET) {
    throw decodeError(`opset ${opset}`, `the oldest that is read is ${OLDEST_OPSET}`, "export the model for opset 17");
  }
  const graph = readGraph(proto.graph, tensorReader(external), functionsOf(proto.functions)),
    missing = missingIn(graph);
  if (missing.length > 0) {
    const list = missing.map(({ operator, nodes }) =>
      `${operator} (${nodes.slice(0, 3).map(quoted).join(", ")}${
        nodes.length > 3 ? `, and ${nodes.length - 3} more` : ""
      })`
    );
    throw new OnnxError({
      action: "decode ONNX",
      given: `graph ${quoted(graph.name)}`,
      problem: `these operators are not supported: ${list.join(", ")}`,
      remedy: "cut them off, or export the model with others",
      missing,
    });
  }
  const metadata = Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value]));
  return modelOf(graph, opset, Object.freeze(metadata));
}

/** Lists the operators that are not supported, with their nodes. */
function missingIn(graph: OnnxGraph): readonly MissingOperator[] {
  const found = new Map<string, string[]>();
  for (const node of allNodes(graph)) {
    if (node.domain === "" && Object.hasOwn(OPERATORS, node.operator)) continue;
    const nodes = found.get(fullName(node)) ?? [];
    nodes.push(node.name);
    found.set(fullName(node), nodes);
  }
  return [...found].map(([operator, nodes]) => ({ operator, nodes }));
}
