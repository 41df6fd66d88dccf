/**
 * Models on disk: a safetensors file with the layer's configuration in its metadata.
 *
 * @module
 */
import { type Either, pipe, type TaskEither } from "../../deps.ts";
import * as either from "../../blas/either.ts";
import { describe } from "../../blas/describe.ts";
import { sameShape } from "../../blas/shape.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { isTensor, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import { entries, map, type Tree } from "../../autograd/tree/tree.ts";
import { checkVariables } from "../check_call.ts";
import { repeated } from "../checks.ts";
import { checkLayer, isLayer, type Layer, type Variables } from "../layer.ts";
import { layerFromConfig, layerToConfig } from "../layer_config.ts";
import type { TensorSpec, VariableSpecs } from "../spec.ts";
import { specsOf } from "../specs_of.ts";
import { CheckpointError } from "./errors.ts";
import { readBytes, writeEncoded } from "./files.ts";
import { formatJson, jsonProblem, parseJson } from "./json.ts";
import { decodeSafetensors, encodeSafetensors, type Safetensors } from "./safetensors.ts";

/** A model as stored in a file. */
export type StoredModel = {
  /** The layer. */
  readonly layer: Layer;
  /** Its params, as variables, and its state, as constants. */
  readonly variables: Variables;
};

/** The name of the configuration in the metadata. */
const LAYER = "nanograd.layer";

/** The maximum number of JSON values in a configuration. */
const MOST_VALUES = 1_000_000;

/**
 * Writes a model as a safetensors file: tensors are named by their paths, such as `params.0.weight` and
 * `state.1.runningMean`, and the metadata holds the layer's configuration.
 *
 * @param layer Any layer or model that is described by its settings, and so has no `lambda`.
 * @param variables Its params and state.
 * @throws {ConfigError} If settings do not describe the layer.
 * @throws {CheckpointError} If the variables are not the layer's: they differ in structure, shape or dtype.
 *
 * @example
 * ```ts
 * import { decodeModel, denseLayer, encodeModel, forward, key, ones, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(4, 2), variables = layer.init(key(0));
 * const model = decodeModel(encodeModel(layer, variables));
 * assert(model._tag === "Right");
 * const y = forward(model.right.layer, model.right.variables, ones([4]));
 * assertEquals(toList(y), toList(forward(layer, variables, ones([4]))));
 * ```
 */
export function encodeModel<P extends object, S extends object>(
  layer: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
): Uint8Array<ArrayBuffer> {
  checkLayer("encode a model", layer);
  checkVariables(layer.name, variables);
  const config = formatJson(layerToConfig(layer)), problem = jsonProblem(config, MOST_VALUES);
  if (problem !== undefined) throw modelError("encode a model", layer.name, problem, "build it from fewer layers");
  // Params and states are trees of tensors.
  const named = entries<Tensor>({ params: variables.params, state: variables.state } as Tree<Tensor>);
  for (const [path, t] of named) {
    if (isTensor(t)) continue;
    throw modelError("encode a model", `${describe(t)} at "${path}"`, "it must be a tensor", "pass what init returned");
  }
  const twice = repeated(named.map(([path]) => path));
  if (twice !== undefined) {
    throw modelError("encode a model", `two tensors at "${twice}"`, "one would be lost", "rename fields of its params");
  }
  const tensors = Object.fromEntries(named);
  const misfit = pipe(variablesFrom(specsOf(layer), tensors), either.match((error) => error, () => undefined));
  if (misfit !== undefined) {
    throw modelError("encode a model", misfit.given, misfit.problem, "pass the variables of this layer");
  }
  return encodeSafetensors(tensors, { [LAYER]: config });
}

const modelError = (action: string, given: string, problem: string, remedy: string): CheckpointError =>
  new CheckpointError({ action, given, problem, remedy });

/** Returns the tensors in the structure of the specs; there must be the right tensor for each spec, and no other. */
function variablesFrom(specs: VariableSpecs, tensors: Safetensors["tensors"]): Either<CheckpointError, Variables> {
  const wanted = entries<TensorSpec>({ params: specs.params, state: specs.state });
  const refuse = (given: string, problem: string): Either<CheckpointError, never> =>
    either.left(modelError("decode a model", given, problem, "write the file again, with encodeModel"));
  for (const [path, { shape, dtype }] of wanted) {
    const t = Object.hasOwn(tensors, path) ? tensors[path] : undefined, what = `${dtype} [${shape.join(", ")}]`;
    if (t === undefined) return refuse(`no tensor ${path}`, `the layer has one, ${what}`);
    if (t.dtype !== dtype || !sameShape(t.shape, shape)) {
      return refuse(`${t.dtype} [${t.shape.join(", ")}] as ${path}`, `the layer has ${what} there`);
    }
  }
  const names = new Set(wanted.map(([path]) => path)), extra = Object.keys(tensors).find((name) => !names.has(name));
  if (extra !== undefined) return refuse(`the tensor ${JSON.stringify(extra)}`, "the layer has no tensor of that name");
  const twice = repeated(wanted.map(([path]) => path));
  if (twice !== undefined) return refuse(`the layer, which has two tensors at "${twice}"`, "a file has only one there");
  const { params, state } = map<TensorSpec, Tensor, Specs>((_, path) => tensors[path]!, {
    params: specs.params,
    state: specs.state,
  });
  return either.right({ params: map<Tensor, Tensor, ParameterTree>((t) => variableOf(innerView(t)), params), state });
}

type Specs = { readonly params: Tree<TensorSpec>; readonly state: Tree<TensorSpec> };
/**
 * Reads a model that {@link encodeModel} wrote.
 *
 * @param bytes The whole file.
 * @returns The layer and its variables, or an error, whatever the bytes. Only what the file holds is allocated,
 * whatever sizes its configuration claims.
 *
 * @example
 * ```ts
 * import { decodeModel, denseLayer, encodeModel, key } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(4, 2), bytes = encodeModel(layer, layer.init(key(0)));
 * const model = decodeModel(bytes);
 * assert(model._tag === "Right");
 * assertEquals([model.right.layer.kind, model.right.layer.outputSize], ["dense", 2]);
 * assertEquals(decodeModel(bytes.subarray(1))._tag, "Left");
 * ```
 */
export function decodeModel(bytes: Uint8Array): Either<CheckpointError, StoredModel> {
  return pipe(
    decodeSafetensors(bytes),
    either.chain(({ tensors, metadata }) =>
      pipe(
        layerOf(metadata[LAYER]),
        either.chain((layer) =>
          pipe(variablesFrom(specsOf(layer), tensors), either.map((variables) => ({ layer, variables })))
        ),
      )
    ),
  );
}

function layerOf(text: string | undefined): Either<CheckpointError, Layer> {
  const refuse = (problem: string, remedy: string, cause?: unknown): Either<CheckpointError, never> =>
    either.left(new CheckpointError({ action: "decode a model", given: "the metadata", problem, remedy }, { cause }));
  if (text === undefined) {
    return refuse(`it must have the layer as ${LAYER}`, "read files from elsewhere with decodeSafetensors");
  }
  const json = parseJson(text, MOST_VALUES);
  if (either.isLeft(json)) return refuse(`the layer is wrong: ${json.left}`, "write the file again");
  const layer = layerFromConfig(json.right);
  if (either.isRight(layer)) return layer;
  return refuse(`the layer is wrong: ${layer.left.message}`, "write the file again", layer.left);
}

/**
 * Writes a model to a file, completely or not at all: to a temporary file beside it, which is then renamed.
 *
 * @param path A path or a file URL. An existing file is replaced, and its mode is kept; a symbolic link stays, and the
 * file that it leads to is replaced.
 * @param layer The layer.
 * @param variables Its params and state.
 * @returns A task, which runs when it is called. Its error says why the file could not be written.
 *
 * @example
 * ```ts
 * import { denseLayer, key, saveModel } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile(), layer = denseLayer(4, 2);
 * const saved = await saveModel(path, layer, layer.init(key(0)))();
 * if (saved._tag === "Left") console.error(saved.left.message);
 * assertEquals(saved._tag, "Right");
 * await Deno.remove(path);
 * ```
 */
export function saveModel<P extends object, S extends object>(
  path: string | URL,
  layer: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
): TaskEither<CheckpointError, void> {
  return writeEncoded(path, isLayer(layer) ? layer.name : "a model", () => encodeModel(layer, variables));
}

/**
 * Reads a model from a file that {@link saveModel} wrote.
 *
 * @param path A path or a file URL.
 * @returns A task, which runs when it is called. Its error says why the file could not be read or is not a model.
 *
 * @example
 * ```ts
 * import { denseLayer, key, loadModel, saveModel, summary } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile(), layer = denseLayer(4, 2);
 * await saveModel(path, layer, layer.init(key(0)))();
 * const model = await loadModel(path)();
 * await Deno.remove(path);
 * assert(model._tag === "Right");
 * assertEquals(summary(model.right.layer), summary(layer));
 * assertEquals((await loadModel(path)())._tag, "Left");
 * ```
 */
export function loadModel(path: string | URL): TaskEither<CheckpointError, StoredModel> {
  return async () => pipe(await readBytes(path)(), either.chain(decodeModel));
}
