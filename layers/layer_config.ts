/**
 * Layers as JSON, and back.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "../blas/either.ts";
import { type Activation, activations } from "./activation.ts";
import { BUILDERS, type Reader } from "./builders.ts";
import { ConfigError } from "./checkpoint/errors.ts";
import { fieldOf, isRecord, type JsonRecord } from "./checkpoint/json.ts";
import type { ConfigValue } from "./config.ts";
import { type Initializer, initializers } from "./initializers.ts";
import { insideOf } from "./inside.ts";
import { type AnyLayer, checkLayer, isLayer, type Layer } from "./layer.ts";
import { checkAsMade } from "./made.ts";
import { type LayerBuilder, registered } from "./register_layer.ts";

/** A layer as JSON: everything except its variables. */
export type LayerConfig = {
  /** The kind of layer, such as `"dense"`. */
  readonly kind: string;
  /** The name in summaries. */
  readonly name: string;
  /** Its activation, by name, with its settings. */
  readonly activation: { readonly name: string; readonly config: Readonly<Record<string, ConfigValue>> };
  /** The settings with which it was made. */
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** The layers inside, if it is a model. */
  readonly layers?: readonly LayerConfig[];
};

const REMEDY = "save the variables with encodeTree, and build the model in code";

/** How deeply models may be nested; this bounds the recursion. */
const DEEPEST = 64;

/**
 * Writes a layer, or a whole model, as JSON, from which {@link layerFromConfig} makes the same layer.
 *
 * @throws {ConfigError} If the layer is or contains a function (`lambda`) or a kind that is not registered; if models
 * are nested more than 64 deep; or if an activation or initializer is not one of `activations` or `initializers`.
 *
 * @example
 * ```ts
 * import { denseLayer, layerFromConfig, layerToConfig } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const text = JSON.stringify(layerToConfig(denseLayer(4, 3)));
 * const layer = layerFromConfig(JSON.parse(text));
 * assert(layer._tag === "Right");
 * assertEquals(layer.right.outputSize, 3);
 * ```
 */
export function layerToConfig(layer: AnyLayer): LayerConfig {
  checkLayer("write a layer as JSON", layer);
  const config = configOf(layer, 0), back = layerFromConfig(config);
  if (either.isRight(back)) {
    checkAsMade(layer, REMEDY);
    return config;
  }
  // For example a custom activation or initializer: everything that is written must be readable.
  const { given, problem } = back.left;
  throw new ConfigError({ action: "write a layer as JSON", given, problem, remedy: REMEDY }, { cause: back.left });
}

function configOf(layer: AnyLayer, depth: number): LayerConfig {
  const { kind, name, activation, config } = layer, inside = insideOf(layer);
  if (depth > DEEPEST) {
    throw new ConfigError({
      action: "write a layer as JSON",
      given: name,
      problem: `models may be nested at most ${DEEPEST} deep`,
      remedy: "put the layers one after another in one sequential",
    });
  }
  if (!Object.hasOwn(BUILDERS, kind) && registered(kind) === undefined) {
    throw new ConfigError({
      action: "write a layer as JSON",
      given: `${name} of kind ${kind}`,
      problem: "it must be a layer that settings alone describe, which a function is not",
      remedy: `${REMEDY}, or register its kind with registerLayer`,
    });
  }
  return {
    kind,
    name,
    activation: { name: activation.name, config: activation.config },
    config,
    ...inside === undefined ? {} : { layers: inside.map((inner) => configOf(inner, depth + 1)) },
  };
}

/**
 * Makes a layer from JSON that {@link layerToConfig} wrote.
 *
 * @param json Any value: other JSON gives an error that says where and why.
 *
 * @example
 * ```ts
 * import { denseLayer, layerFromConfig, layerToConfig } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const json = layerToConfig(denseLayer(4, 3));
 * assertEquals(layerFromConfig(json)._tag, "Right");
 * const wrong = layerFromConfig({ ...json, config: { ...json.config, inputSize: 0.5 } });
 * assert(wrong._tag === "Left" && wrong.left.message.includes("inputSize must be a whole number above 0"));
 * ```
 */
export function layerFromConfig(json: unknown): Either<ConfigError, Layer> {
  try {
    return either.right(build(json, "", 0));
  } catch (error) {
    if (error instanceof ConfigError) return either.left(error);
    throw error;
  }
}

function refuse(path: string, problem: string, remedy = "pass what layerToConfig returned", cause?: unknown): never {
  const given = path === "" ? "the model" : `the layer at "${path}"`;
  throw new ConfigError({ action: "read a layer from JSON", given, problem, remedy }, { cause });
}

function build(json: unknown, path: string, depth: number): Layer {
  if (depth > DEEPEST) refuse(path, `models may be nested at most ${DEEPEST} deep`);
  if (!isRecord(json)) return refuse(path, "it must be a record");
  const kind = fieldOf(json, "kind"), name = fieldOf(json, "name"), config = fieldOf(json, "config");
  const inside = fieldOf(json, "layers") ?? [];
  const own = typeof kind === "string" ? registered(kind) : undefined;
  if (typeof kind !== "string" || (own === undefined && !Object.hasOwn(BUILDERS, kind))) {
    const known = Object.keys(BUILDERS).join(", ");
    return refuse(path, `its kind must be one of ${known}, or one that registerLayer was called with`);
  }
  if (typeof name !== "string") return refuse(path, "its name must be a text");
  if (!isRecord(config)) return refuse(path, "its config must be a record");
  if (!Array.isArray(inside)) return refuse(path, "its layers must be a list");
  const layers = inside.map((part, k) => build(part, path === "" ? `${k}` : `${path}.${k}`, depth + 1));
  const activation = activationFrom(fieldOf(json, "activation"), path);
  // Everything that JSON can hold can be a setting.
  if (own !== undefined) return ownLayer(own, kind, config as Layer["config"], { name, activation, layers }, path);
  const reader: Reader = {
    name,
    layers,
    activation,
    read: (field, is, wanted) => {
      const value = fieldOf(config, field);
      return is(value) ? value : refuse(path, `its setting ${field} must be ${wanted}`);
    },
    initializer: () => initializerFrom(fieldOf(config, "initializer"), path),
  };
  return built(path, () => BUILDERS[kind]!(reader));
}

/** Makes a layer of a registered kind; the errors and the result of its builder are not trusted. */
function ownLayer(
  builder: LayerBuilder,
  kind: string,
  config: Layer["config"],
  parts: Parameters<LayerBuilder>[1],
  path: string,
): Layer {
  const layer = built(path, () => builder(config, parts));
  if (isLayer(layer) && layer.kind === kind) return layer;
  return refuse(
    path,
    `the builder of its kind, ${kind}, must return a layer of that kind`,
    "correct the function that registerLayer was called with",
  );
}

/** Calls the maker of a layer; errors that it throws about settings become errors of the configuration. */
function built<A>(path: string, make: () => A): A {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof RangeError || error instanceof TypeError)) throw error;
    return refuse(path, error.message, undefined, error);
  }
}

function activationFrom(json: unknown, path: string): Activation {
  const name = isRecord(json) ? fieldOf(json, "name") : undefined;
  const config = isRecord(json) ? fieldOf(json, "config") : undefined, settings = isRecord(config) ? config : {};
  const all = Object.values<Activation | ((setting?: number) => Activation)>(activations);
  for (const known of all) {
    const usual = typeof known === "function" ? known() : known;
    if (usual.name !== name) continue;
    return typeof known === "function" ? built(path, () => known(settingOf(settings, path))) : known;
  }
  return refuse(path, "its activation must be one of activations");
}

function initializerFrom(json: unknown, path: string): { readonly initializer?: Initializer | undefined } {
  if (json === undefined) return {};
  const name = isRecord(json) ? fieldOf(json, "name") : undefined;
  const config = isRecord(json) ? fieldOf(json, "config") : undefined;
  if (typeof name !== "string" || !Object.hasOwn(initializers, name)) {
    return refuse(path, "its initializer must be one of initializers");
  }
  const known = initializers[name as keyof typeof initializers]; // undefined if there is none of that name
  if (typeof known !== "function") return { initializer: known };
  return { initializer: built(path, () => known(settingOf(isRecord(config) ? config : {}, path))) };
}

/** Returns the only setting that an activation or initializer has. */
function settingOf(config: JsonRecord, path: string): number {
  const [value] = Object.values(config);
  return typeof value === "number" ? value : refuse(path, "the setting of a function must be a number");
}
