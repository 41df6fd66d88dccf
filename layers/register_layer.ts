/**
 * Registration of a program's own kinds of layers, so that they can be saved and read.
 *
 * @module
 */
import { checkFunction } from "../autograd/arguments.ts";
import { describe } from "../blas/describe.ts";
import { shared } from "../blas/shared.ts";
import type { Activation } from "./activation.ts";
import type { ConfigValue } from "./config.ts";
import type { AnyLayer, Layer } from "./layer.ts";

/**
 * Makes a layer from its settings.
 *
 * @param config The layer's `config`, as read from JSON.
 * @param parts Its name, its activation, and the layers inside it, which have been made already.
 */
export type LayerBuilder = (
  config: Readonly<Record<string, ConfigValue>>,
  parts: { readonly name: string; readonly activation: Activation; readonly layers: readonly Layer[] },
) => AnyLayer;

/** The builders by kind, shared by all copies of the library: a layer that one copy saves can be read by another. */
const builders = /* @__PURE__ */ shared("layer builders", () => new Map<string, LayerBuilder>());

/** The library's own kinds, and `lambda`, which is a function and cannot be saved. */
const RESERVED =
  "dense conv1d conv2d convTranspose2d batchNorm1d batchNorm2d dropout layerNorm rmsNorm groupNorm instanceNorm prelu " +
  "upsample lora embedding positionEmbedding flatten maxPool2d avgPool2d globalAvgPool2d activation multiHeadAttention " +
  "recurrent rnn lstm gru sequential residual lambda";

/**
 * Registers a custom kind of layer, so that such layers can be saved with `encodeModel` and `layerToConfig`, and read again, alone or inside models.
 *
 * Call it once for each kind, when the program begins, before models are read. The layer's `config` must hold
 * everything that the builder needs, as JSON. What is read is always the layer that the builder makes, even if the
 * saved one computed something else.
 *
 * @param kind The `kind` of these layers, which must not be one of the library's. A prefix, as in `"mycompany.scaling"`, keeps it
 * apart from the library's later ones.
 * @param build Makes the layer from its settings. What it throws as a `RangeError` or `TypeError` about them becomes the
 * `ConfigError` of reading.
 * @throws {TypeError} If the kind is not a text, is one of the library's, or is registered with another function.
 *
 * @example
 * ```ts
 * import { activations, decodeModel, encodeModel, key, type Layer, mul, ones, registerLayer } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const gain = (features: number): Layer => ({
 *   kind: "example.gain",
 *   name: "Gain",
 *   inputSize: features,
 *   outputSize: features,
 *   activation: activations.identity,
 *   config: { features },
 *   init: () => ({ params: { gain: ones([features]) }, state: [] }),
 *   apply: ({ params, state }, x) => [mul(x, (params as { gain: typeof x }).gain), state],
 *   outputShape: (shape) => ({ _tag: "Right", right: shape }),
 * });
 * registerLayer("example.gain", ({ features }) => gain(Number(features)));
 *
 * const layer = gain(3), model = decodeModel(encodeModel(layer, layer.init(key(0))));
 * assertEquals(model._tag === "Right" && model.right.layer.outputSize, 3);
 * ```
 */
export function registerLayer(kind: string, build: LayerBuilder): void {
  if (typeof kind !== "string" || kind === "") {
    throw new TypeError(
      `Cannot register layers of kind ${
        describe(kind)
      }: it must be a text; pass the kind of the layer, such as "scaling"`,
    );
  }
  checkFunction(`register layers of kind ${kind}`, "build", build);
  const known = builders.get(kind);
  if (known === build) return;
  if (known === undefined && !RESERVED.split(" ").includes(kind)) return void builders.set(kind, build);
  throw new TypeError(
    `Cannot register layers of kind ${kind}: ${
      known === undefined ? "the library has layers of that kind" : "another builder is registered for it"
    }, and it must be a new one; give yours another kind, such as "my.${kind}"`,
  );
}

/** Returns the builder of a kind that was registered. */
export const registered = (kind: string): LayerBuilder | undefined => builders.get(kind);
