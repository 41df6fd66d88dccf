/**
 * Reads models from files.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { TaskEither } from "../../deps.ts";
import type { CheckpointError } from "../checkpoint/errors.ts";
import { isBeside, readBytes } from "../checkpoint/files.ts";
import { decodeModelProto } from "./decode.ts";
import { decodeError, OnnxError, quoted } from "./errors.ts";
import type { OnnxModel } from "./model.ts";
import { decodeProto, type GraphProto, type TensorProto } from "./protobuf.ts";
import { locationOf } from "./reading/tensor.ts";

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
    const bytes = await readBytes(path)();
    if (either.isLeft(bytes)) return either.left(fileError(bytes.left));
    const proto = decodeProto(bytes.right);
    if (either.isLeft(proto)) return proto;
    const files = new Map<string, Uint8Array>();
    for (const location of new Set(locationsIn(proto.right.graph))) {
      const beside = besideOf(path, location);
      if (beside === undefined || !await isBeside(beside, path)) {
        return either.left(decodeError(
          `the file ${quoted(location)}`,
          "it must be in the folder of the model, or in a folder there",
          "move it there, or pass its bytes to decodeOnnx as externalData",
        ));
      }
      const own = await readBytes(beside)();
      if (either.isLeft(own)) return either.left(fileError(own.left));
      files.set(location, own.right);
    }
    return decodeModelProto(proto.right, (location) => files.get(location));
  };
}

const fileError = (cause: CheckpointError): OnnxError =>
  new OnnxError({ action: "read ONNX", given: cause.given, problem: cause.problem, remedy: cause.remedy }, { cause });

/** Lists the files that tensors of a graph lie in. */
function locationsIn(graph: GraphProto | undefined): readonly string[] {
  const attributes = (graph?.node ?? []).flatMap(({ attribute }) => attribute);
  const tensors: readonly TensorProto[] = [
    ...graph?.initializer ?? [],
    ...attributes.flatMap(({ t, tensors }) => t === undefined ? tensors : [t, ...tensors]),
  ];
  const nested = attributes.flatMap(({ g, graphs }) => g === undefined ? graphs : [g, ...graphs]);
  return [...tensors.flatMap((tensor) => locationOf(tensor) ?? []), ...nested.flatMap(locationsIn)];
}

/** Returns where a file beside a model is; `undefined` if it would be outside of the model's folder. */
function besideOf(path: string | URL, location: string): string | URL | undefined {
  const parts = location.split(/[/\\]/);
  if (location === "" || parts.includes("..") || parts[0] === "" || location.includes(":")) return undefined;
  if (path instanceof URL) return new URL(parts.map(encodeURIComponent).join("/"), path);
  return path.replace(/[^/\\]*$/, "") + location;
}
