import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { key } from "../../autograd/random/key.ts";
import { toList } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { leaves } from "../../autograd/tree/tree.ts";
import {
  activations,
  ConfigError,
  denseLayer,
  embedding,
  encodeModel,
  formatLayer,
  initializers,
  lambda,
  type Layer,
  layerFromConfig,
  layerToConfig,
  positionEmbedding,
  sequential,
} from "../../layers/mod.ts";
import { LAYERS } from "./all_layers.ts";

const through = (layer: Layer): Layer => {
  const result = layerFromConfig(JSON.parse(JSON.stringify(layerToConfig(layer))));
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const problemOf = (json: unknown): string => {
  const result = layerFromConfig(json);
  assert(result._tag === "Left", "a wrong configuration was read");
  assertInstanceOf(result.left, ConfigError);
  return result.left.message;
};

Deno.test("every layer comes back from JSON as it was: settings, shapes, initial values", () => {
  const more = [
    embedding(4, 3, { initializer: initializers.constant(2) }),
    embedding(4, 3),
    embedding(4, 3, { initializer: initializers.zeros }),
    embedding(4, 3, { initializer: initializers.normal(0.1) }),
    positionEmbedding(4, 3, { initializer: initializers.normal(1) }),
    denseLayer(3, 2, { initializer: initializers.orthogonal(0.5), activation: activations.leakyRelu(0.3) }),
    denseLayer(3, 2, { name: "__proto__", activation: activations.softplus(2) }),
  ];
  for (const layer of [...LAYERS.map((one) => one.layer).filter(({ kind }) => kind !== "lambda"), ...more]) {
    const back = through(layer);
    assertEquals(layerToConfig(back), layerToConfig(layer));
    assertEquals(formatLayer(back), formatLayer(layer));
    const values = (one: Layer) => leaves<Tensor>(one.init(key(3)).params).map(toList);
    assertEquals(values(back), values(layer));
  }
});

Deno.test("a function cannot be written, and the error says what to do", () => {
  const model = sequential([denseLayer(2, 2), lambda((x) => x, { name: "Halve" })]);
  assertThrows(() => layerToConfig(model), ConfigError, "Cannot write a layer as JSON: Halve of kind lambda");
});

Deno.test("custom activations and initializers are not written, since they could not be read back", () => {
  const activation = { ...activations.relu, name: "Mine" }, initializer = { ...initializers.zeros, name: "mine" };
  assertThrows(
    () => layerToConfig(sequential([denseLayer(2, 2, { activation })])),
    ConfigError,
    'Cannot write a layer as JSON: the layer at "0": its activation must be one of activations; save the variables',
  );
  const layer = denseLayer(2, 2, { initializer });
  assertThrows(() => layerToConfig(layer), ConfigError, "its initializer must be one of initializers");
  assertThrows(() => encodeModel(layer, layer.init(key(0))), ConfigError, "must be one of initializers");
});

const dense = layerToConfig(denseLayer(2, 3));

Deno.test("wrong configurations are refused with the place and the reason", () => {
  const inside = (...layers: readonly unknown[]) => ({ ...layerToConfig(sequential([denseLayer(2, 3)])), layers });
  const nested = (depth: number): unknown => depth === 0 ? dense : inside(nested(depth - 1));
  const cases: readonly (readonly [unknown, string])[] = [
    [null, "the model: it must be a record"],
    [[], "the model: it must be a record"],
    [{ ...dense, kind: "constructor" }, "its kind must be one of dense, conv2d"],
    [{ ...dense, kind: "lambda" }, "its kind must be one of"],
    [{ ...dense, name: 3 }, "its name must be a text"],
    [{ ...dense, config: [] }, "its config must be a record"],
    [{ ...dense, config: {} }, "its setting inputSize must be a number"],
    [{ ...dense, config: { ...dense.config, bias: "yes" } }, "its setting bias must be true or false"],
    [{ ...dense, config: { ...dense.config, dtype: "float16" } }, "its setting dtype must be float32 or float64"],
    [{ ...dense, config: { ...dense.config, inputSize: -1 } }, "inputSize must be a whole number above 0"],
    [{ ...dense, activation: { name: "toString", config: {} } }, "its activation must be one of activations"],
    [{ ...dense, activation: { name: "ELU", config: { alpha: "x" } } }, "must be a number"],
    [{ ...dense, config: { ...dense.config, initializer: { name: "valueOf" } } }, "its initializer must be one of"],
    [inside(dense, { ...dense, kind: "no" }), 'the layer at "1": its kind must be'],
    [inside(dense, dense), "layer 0 (Dense) has 3 outputs and layer 1 (Dense) takes 2"],
    [inside(), "at least one"],
    [inside(inside(null)), 'the layer at "0.0": it must be a record'],
    [nested(100), "models may be nested at most 64 deep"],
    [{ ...dense, kind: "residual", layers: [dense, dense, dense] }, "one layer inside, or two"],
  ];
  for (const [json, reason] of cases) assertStringIncludes(problemOf(json), reason);
  assertEquals(layerFromConfig(nested(60))._tag, "Right");
});

Deno.test("any JSON, and any change to a configuration, gives a layer or a reason", () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => assertEquals(layerFromConfig(json)._tag, "Left")));
  const configs = LAYERS.map(({ layer }) => layer).filter(({ kind }) => kind !== "lambda").map(layerToConfig);
  fc.assert(
    fc.property(fc.constantFrom(...configs), fc.nat(), fc.jsonValue(), (config, pick, value) => {
      const fields = Object.keys(config.config), field = fields[pick % Math.max(fields.length, 1)] ?? "none";
      const result = layerFromConfig({ ...config, config: { ...config.config, [field]: value } });
      if (result._tag === "Left") assertInstanceOf(result.left, ConfigError);
    }),
  );
});
