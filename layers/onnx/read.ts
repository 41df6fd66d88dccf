/**
 * Reads models from files.
 *
 * @module
 */
import { absolutePath } from "../../blas/absolute_path.ts";
import * as either from "../../blas/either.ts";
import type { TaskEither } from "../../deps.ts";
import type { CheckpointError } from "../checkpoint/errors.ts";
import { isBeside, readBytes } from "../checkpoint/files.ts";
import { decodeModelProto } from "./decode.ts";
import { decodeError, OnnxError, quoted } from "./errors.ts";
import type { OnnxModel } from "./model.ts";
import {
  type AttributeProto,
  decodeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from "./protobuf.ts";
import { locationOf } from "./reading/external_data.ts";

/**
 * Reads an ONNX model from a file, and from the files beside it that hold its tensors. Files outside of the model's folder
 * are not read, by symbolic links either.
 *
 * @param path The file; in Deno, this needs `--allow-read`.
 * @returns A task: call it, and it resolves to the model, or to what is wrong.
 *
 * @example
 * ```ts
 * import { encodeOnnx, readOnnx } from "@nanograd/nanograd/onnx";
 * import { relu, type Tensor, tensor32 } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const task = readOnnx("there/is/no/such/file.onnx"); // nothing has been read yet
 * const model = await task();
 * assert(model._tag === "Left");
 * assertEquals(model.left.action, "read ONNX");
 * ```
 */
export function readOnnx(path: string | URL): TaskEither<OnnxError, OnnxModel> {
  return async () => {
    const own = absolutePath(path), bytes = await readBytes(path)();
    if (either.isLeft(bytes)) return either.left(fileError(bytes.left));
    const proto = decodeProto(bytes.right);
    if (either.isLeft(proto)) return proto;
    const files = new Map<string, Uint8Array>();
    for (const location of new Set(locationsIn(proto.right))) {
      const name = nameBeside(location), beside = besideOf(own, name ?? "");
      if (name === undefined || !await isBeside(beside, own)) {
        return either.left(decodeError(
          `the file ${quoted(location)}`,
          "it must be in the folder of the model, or in a folder there",
          "move it there, or pass its bytes to decodeOnnx as externalData",
        ));
      }
      if (files.has(name)) continue; // a file may have many names, such as ./w and .//w
      const part = await readBytes(beside)();
      if (either.isLeft(part)) return either.left(fileError(part.left));
      files.set(name, part.right);
    }
    return decodeModelProto(proto.right, (location) => files.get(nameBeside(location) ?? ""));
  };
}

const fileError = (cause: CheckpointError): OnnxError =>
  new OnnxError({ action: "read ONNX", given: cause.given, problem: cause.problem, remedy: cause.remedy }, { cause });

/** Lists the files that tensors of a model lie in. */
function locationsIn({ graph, functions }: ModelProto): readonly string[] {
  const ofNodes = (nodes: readonly NodeProto[]): readonly string[] =>
    ofAttributes(nodes.flatMap((node) => node.attribute));
  const ofGraph = (
    { initializer, node }: GraphProto,
  ): readonly string[] => [...ofTensors(initializer), ...ofNodes(node)];
  const ofTensors = (tensors: readonly TensorProto[]) => tensors.flatMap((tensor) => locationOf(tensor) ?? []);
  const ofAttributes = (attributes: readonly AttributeProto[]): readonly string[] => [
    ...ofTensors(attributes.flatMap(({ t, tensors }) => t === undefined ? tensors : [t, ...tensors])),
    ...attributes.flatMap(({ g, graphs }) => g === undefined ? graphs : [g, ...graphs]).flatMap(ofGraph),
  ];
  return [
    ...graph === undefined ? [] : ofGraph(graph),
    ...functions.flatMap(({ node, attributeProto }) => [...ofNodes(node), ...ofAttributes(attributeProto)]),
  ];
}

/** Returns the one name of a file in the folder of a model; `undefined` if the location would be outside. */
function nameBeside(location: string): string | undefined {
  const parts = location.split(/[/\\]/);
  if (location === "" || parts.includes("..") || parts[0] === "" || location.includes(":")) return undefined;
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** Returns where a file of a name is beside a model. */
const besideOf = (path: string | URL, name: string): string | URL =>
  path instanceof URL
    ? new URL(name.split("/").map(encodeURIComponent).join("/"), path)
    : path.replace(/[^/\\]*$/, "") + name;
