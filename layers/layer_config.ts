/**
 * Layers as JSON, and back.
 *
 * @module
 */
import type { Either } from "../deps.ts";
import * as either from "../blas/either.ts";
import { isDType } from "../blas/dtype.ts";
import { type Activation, activations } from "./activation.ts";
import { batchNorm1d, batchNorm2d } from "./batch_norm.ts";
import { ConfigError } from "./checkpoint/errors.ts";
import { fieldOf, isRecord, type JsonRecord } from "./checkpoint/json.ts";
import type { ConfigValue } from "./config.ts";
import { conv2dLayer } from "./conv2d.ts";
import { denseLayer } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { type Initializer, initializers } from "./initializers.ts";
import { type AnyLayer, checkLayer, type Layer } from "./layer.ts";
import { multiHeadAttention } from "./multi_head_attention.ts";
import { checkAsMade } from "./made.ts";
import { groupNormLayer, layerNormLayer, rmsNormLayer } from "./normalization.ts";
import { positionEmbedding } from "./position_embedding.ts";
import { RECURRENT_BUILDERS } from "./recurrent/from_config.ts";
import { residual } from "./residual.ts";
import { sequential } from "./sequential.ts";
import { activationLayer } from "./activation_layer.ts";
import { flattenLayer } from "./flatten.ts";
import { avgPool2dLayer, globalAvgPool2dLayer, maxPool2dLayer } from "./pooling.ts";

/** A layer as JSON: everything except its variables. */
export type LayerConfig = {
  /** The kind of layer, such as `"dense"`. */
  readonly kind: string;
  /** The name in summaries. */
  readonly name: string;
  /** Its activation, by name, with its settings. */
  readonly activation: { readonly name: string; readonly config: Readonly<Record<string, ConfigValue>> };
  /** The settings it was made with. */
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
 * @throws {ConfigError} If the layer is or contains a function (`lambda`) or a kind from elsewhere; if models are
 * nested more than 64 deep; or if an activation or initializer is not one of `activations` or `initializers`.
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

function configOf({ kind, name, activation, config, layers }: AnyLayer, depth: number): LayerConfig {
  if (depth > DEEPEST) {
    throw new ConfigError({
      action: "write a layer as JSON",
      given: name,
      problem: `models may be nested at most ${DEEPEST} deep`,
      remedy: "put the layers one after another in one sequential",
    });
  }
  if (!Object.hasOwn(BUILDERS, kind)) {
    throw new ConfigError({
      action: "write a layer as JSON",
      given: `${name} of kind ${kind}`,
      problem: "it must be a layer that settings alone describe, which a function is not",
      remedy: REMEDY,
    });
  }
  return {
    kind,
    name,
    activation: { name: activation.name, config: activation.config },
    config,
    ...layers === undefined ? {} : { layers: layers.map((inner) => configOf(inner, depth + 1)) },
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

/** The arguments of a builder: name, activation, settings and layers inside, checked while they are read. */
type Reader = {
  readonly name: string;
  readonly activation: Activation;
  readonly layers: readonly Layer[];
  readonly read: <A>(field: string, is: (value: unknown) => value is A, wanted: string) => A;
  readonly initializer: () => { readonly initializer?: Initializer };
};

function build(json: unknown, path: string, depth: number): Layer {
  if (depth > DEEPEST) refuse(path, `models may be nested at most ${DEEPEST} deep`);
  if (!isRecord(json)) return refuse(path, "it must be a record");
  const kind = fieldOf(json, "kind"), name = fieldOf(json, "name"), config = fieldOf(json, "config");
  const inside = fieldOf(json, "layers") ?? [];
  if (typeof kind !== "string" || !Object.hasOwn(BUILDERS, kind)) {
    return refuse(path, `its kind must be one of ${Object.keys(BUILDERS).join(", ")}`);
  }
  if (typeof name !== "string") return refuse(path, "its name must be a text");
  if (!isRecord(config)) return refuse(path, "its config must be a record");
  if (!Array.isArray(inside)) return refuse(path, "its layers must be a list");
  const layers = inside.map((part, k) => build(part, path === "" ? `${k}` : `${path}.${k}`, depth + 1));
  const reader: Reader = {
    name,
    layers,
    activation: activationFrom(fieldOf(json, "activation"), path),
    read: (field, is, wanted) => {
      const value = fieldOf(config, field);
      return is(value) ? value : refuse(path, `its setting ${field} must be ${wanted}`);
    },
    initializer: () => initializerFrom(fieldOf(config, "initializer"), path),
  };
  return built(path, () => BUILDERS[kind]!(reader));
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

function initializerFrom(json: unknown, path: string): { readonly initializer?: Initializer } {
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

const isNumber = (value: unknown): value is number => typeof value === "number";
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);
const isPair = (value: unknown): value is number | readonly [number, number] =>
  isNumber(value) || (isNumbers(value) && value.length === 2);
const isPadding = (value: unknown): value is number | readonly [number, number, number, number] =>
  isNumber(value) || (isNumbers(value) && (value.length === 2 || value.length === 4));
const isAxes = (value: unknown): value is number | readonly number[] => isNumber(value) || isNumbers(value);

const number = ({ read }: Reader, field: string): number => read(field, isNumber, "a number");
const flag = ({ read }: Reader, field: string): boolean => read(field, isBoolean, "true or false");
const pair = ({ read }: Reader, field: string) => read(field, isPair, "a number or two");
const padding = ({ read }: Reader) => read("padding", isPadding, "a number, two or four");
const dtype = ({ read }: Reader) => read("dtype", isDType, "float32 or float64");

/** Returns the settings that normalizations have in common. */
const normalization = (r: Reader) => ({ epsilon: number(r, "epsilon"), dtype: dtype(r), name: r.name });

const batchNormOptions = (r: Reader) => ({ ...normalization(r), momentum: number(r, "momentum") });

const pooling = (r: Reader) => ({
  stride: pair(r, "stride"),
  padding: padding(r),
  ceilMode: flag(r, "ceilMode"),
  name: r.name,
});

/** The builder for each kind of layer. */
const BUILDERS: Readonly<Record<string, (reader: Reader) => Layer>> = /* @__PURE__ */ (() => ({
  dense: (r) =>
    denseLayer(number(r, "inputSize"), number(r, "outputSize"), {
      activation: r.activation,
      dtype: dtype(r),
      bias: flag(r, "bias"),
      name: r.name,
      ...r.initializer(),
    }),
  conv2d: (r) =>
    conv2dLayer(number(r, "inChannels"), number(r, "outChannels"), pair(r, "kernelSize"), {
      stride: pair(r, "stride"),
      padding: padding(r),
      dilation: pair(r, "dilation"),
      groups: number(r, "groups"),
      activation: r.activation,
      dtype: dtype(r),
      bias: flag(r, "bias"),
      name: r.name,
      ...r.initializer(),
    }),
  batchNorm2d: (r) => batchNorm2d(number(r, "numFeatures"), batchNormOptions(r)),
  batchNorm1d: (r) => batchNorm1d(number(r, "numFeatures"), batchNormOptions(r)),
  dropout: (r) => dropout(number(r, "rate"), { name: r.name }),
  layerNorm: (r) => layerNormLayer(r.read("normalizedShape", isAxes, "a number or a list"), normalization(r)),
  rmsNorm: (r) => rmsNormLayer(number(r, "features"), normalization(r)),
  groupNorm: (r) => groupNormLayer(number(r, "groups"), number(r, "channels"), normalization(r)),
  embedding: (r) =>
    embedding(number(r, "count"), number(r, "features"), { dtype: dtype(r), name: r.name, ...r.initializer() }),
  positionEmbedding: (r) =>
    positionEmbedding(number(r, "length"), number(r, "features"), {
      dtype: dtype(r),
      name: r.name,
      ...r.initializer(),
    }),
  flatten: (r) => flattenLayer({ axes: number(r, "axes"), name: r.name }),
  maxPool2d: (r) => maxPool2dLayer(pair(r, "size"), pooling(r)),
  avgPool2d: (r) => avgPool2dLayer(pair(r, "size"), { ...pooling(r), countIncludePad: flag(r, "countIncludePad") }),
  globalAvgPool2d: (r) => globalAvgPool2dLayer({ name: r.name }),
  activation: (r) => activationLayer(r.activation, { name: r.name }),
  multiHeadAttention: (r) =>
    multiHeadAttention(number(r, "features"), number(r, "heads"), {
      causal: flag(r, "causal"),
      bias: flag(r, "bias"),
      dtype: dtype(r),
      name: r.name,
    }),
  ...RECURRENT_BUILDERS,
  sequential: (r) => sequential(r.layers, { name: r.name }),
  residual: (r) => {
    const [inner, shortcut, ...more] = r.layers, options = { name: r.name, activation: r.activation };
    if (inner === undefined || more.length > 0) throw new TypeError("a residual has one layer inside, or two");
    return shortcut === undefined ? residual(inner, options) : residual(inner, { ...options, shortcut });
  },
}))();
