import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  activations,
  add,
  cast,
  ConfigError,
  constant,
  decodeModel,
  denseLayer,
  encodeModel,
  forward,
  key,
  type Layer,
  layerFromConfig,
  layerToConfig,
  loadModel,
  mul,
  ones,
  registerLayer,
  saveModel,
  sequential,
  type Tensor,
  toList,
  toNumber,
  train,
} from "../../mod.ts";
import { BUILDERS } from "../../layers/builders.ts";
import { registered } from "../../layers/register_layer.ts";

type Params = { readonly gain: Tensor<"float32"> };
type State = { readonly steps: Tensor<"float32"> };

const scaling = (features: number): Layer<Params, State> => ({
  kind: "test.scaling",
  name: "Scaling",
  inputSize: features,
  outputSize: features,
  activation: activations.identity,
  config: { features },
  init: () => ({ params: { gain: constant(Array(features).fill(2)) }, state: { steps: constant(0) } }),
  apply: ({ params, state }, x, mode) => [
    mul(x, cast(params.gain, x.dtype)),
    mode.training ? { steps: add(state.steps, 1) } : state,
  ],
  outputShape: (shape) => ({ _tag: "Right", right: shape }),
});

const build = ({ features }: { readonly features?: unknown }) => {
  if (!Number.isInteger(features)) throw new RangeError("features must be a whole number");
  return scaling(Number(features));
};
registerLayer("test.scaling", build as never);

Deno.test("a custom layer is saved inside a model, with params and state, and comes back", () => {
  const model = sequential([denseLayer(4, 3), scaling(3)]), start = model.init(key(0));
  const [, state] = model.apply(start, ones([2, 4]), train(key(1)));
  const back = decodeModel(encodeModel(model, { params: start.params, state }));
  assert(back._tag === "Right", back._tag === "Left" ? back.left.message : "");
  const x = ones([4]);
  assertEquals(toList(forward(back.right.layer, back.right.variables, x)), toList(forward(model, start, x)));
  const [, own] = back.right.variables.state as unknown as readonly [unknown, State];
  assertEquals(toNumber(own.steps), 1);
});

const ignore = (["read", "write"] as const).some((name) => Deno.permissions.querySync({ name }).state !== "granted");

Deno.test("a file with a custom layer can be loaded", { ignore }, async () => {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" }), layer = scaling(2);
  const saved = await saveModel(path, layer, layer.init(key(0)))();
  const loaded = await loadModel(path)();
  await Deno.remove(path);
  assertEquals([saved._tag, loaded._tag], ["Right", "Right"]);
});

Deno.test("settings that the builder refuses become an error of the configuration", () => {
  const json = layerToConfig(scaling(2)), bad = layerFromConfig({ ...json, config: { features: "x" } });
  assert(bad._tag === "Left" && bad.left instanceof ConfigError);
  assert(bad.left.message.includes("features must be a whole number"));
});

Deno.test("a builder that returns something else is reported", () => {
  registerLayer("test.wrong", () => denseLayer(1, 1));
  const bad = layerFromConfig({ ...layerToConfig(scaling(2)), kind: "test.wrong" });
  assert(bad._tag === "Left");
  assert(bad.left.message.includes("the builder of its kind, test.wrong, must return a layer of that kind"));
});

Deno.test("layers inside a custom layer are made first, and given to its builder", () => {
  type Inner = Parameters<Layer["apply"]>;
  const twice = (inner: Layer): Layer => ({
    ...scaling(2) as object as Layer,
    kind: "test.twice",
    config: {},
    layers: [inner],
    init: (k) => ({ params: [inner.init(k).params], state: [] }),
    apply: (({ params }: { readonly params: readonly object[] }, x: Inner[1], mode: Inner[2]) => [
      inner.apply({ params: params[0] as never, state: [] as never }, x, mode)[0],
      [],
    ]) as never,
  });
  registerLayer("test.twice", (_, { layers: [inner] }) => twice(inner!));
  const layer = twice(denseLayer(2, 2) as object as Layer), variables = layer.init(key(0));
  const back = layerFromConfig(layerToConfig(layer));
  assert(back._tag === "Right");
  assertEquals(toList(forward(back.right, variables, ones([2]))), toList(forward(layer, variables, ones([2]))));
});

Deno.test("registerLayer() refuses kinds that the library has, and a second builder", () => {
  for (const kind of [...Object.keys(BUILDERS), "lambda"]) {
    assertThrows(() => registerLayer(kind, build as never), TypeError, `layers of kind ${kind}: the library has`);
  }
  registerLayer("test.scaling", build as never); // the same one
  assertThrows(
    () => registerLayer("test.scaling", () => scaling(1) as never),
    TypeError,
    "another builder is registered",
  );
  assertThrows(() => registerLayer("", build as never), TypeError, "it must be a text");
  assertThrows(() => registerLayer("test.none", 3 as never), TypeError, "it must be a function");
  assertEquals(registered("test.none"), undefined);
});

Deno.test("a kind that is not registered cannot be saved, and the error names registerLayer", () => {
  const layer = { ...scaling(2), kind: "test.unknown" };
  assertThrows(() => layerToConfig(layer), ConfigError, "or register its kind with registerLayer");
});
