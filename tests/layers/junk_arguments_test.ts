/** Whatever callers without types pass, public functions answer, or throw an error that says what to do. */
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import * as library from "../../layers/mod.ts";
import { activations, denseLayer, evaluate, type Layer, layerToConfig } from "../../layers/mod.ts";
import { constant, key, ones, type Tensor } from "../../autograd/mod.ts";
import { LAYERS } from "./all_layers.ts";

/** A function as code without types sees it. */
type Untyped = (...args: readonly unknown[]) => unknown;

const adapted = library.lora(denseLayer(3, 3), { rank: 1 });
const dense = denseLayer(2, 3), variables = dense.init(key(0)), x = ones([2]);

const messageOf = (f: () => unknown): string => {
  const error = assertThrows(f, Error);
  assert(error instanceof TypeError || error instanceof RangeError || error.name.endsWith("Error"));
  return error.message;
};

/** A call that works, for every public function that takes arguments. */
const WORKING: Readonly<Record<string, readonly unknown[]>> = {
  activationLayer: [activations.relu, {}],
  avgPool2dLayer: [2, {}],
  batchNorm1d: [2, {}],
  batchNorm2d: [2, {}],
  conv1dLayer: [1, 2, 3, {}],
  conv2dLayer: [1, 2, 3, {}],
  convTranspose2dLayer: [1, 2, 3, {}],
  denseLayer: [2, 3, {}],
  dropout: [0.5, {}],
  embedding: [2, 3, {}],
  encodeModel: [dense, variables],
  encodeSafetensors: [{ x }, { a: "b" }],
  encodeTree: [{ x }],
  flattenLayer: [{}],
  formatLayer: [dense, 0],
  forward: [dense, variables, x],
  fromTorchNames: [library.toTorchNames(library.lstmLayer(2, 3).init(key(0)).params), { prefix: "" }],
  globalAvgPool2dLayer: [{}],
  groupNormLayer: [1, 2, {}],
  gruCell: [2, 3],
  gruLayer: [2, 3, {}],
  instanceNormLayer: [2, {}],
  lambda: [(t: Tensor) => t, {}],
  layerNormLayer: [2, {}],
  layerToConfig: [dense],
  lora: [dense, { rank: 1 }],
  lstmCell: [2, 3],
  lstmLayer: [2, 3, {}],
  maxPool2dLayer: [2, {}],
  mergeLora: [adapted, adapted.init(key(0))],
  multiHeadAttention: [4, 2, {}],
  parameterCount: [variables],
  parameters: [variables],
  positionEmbedding: [2, 3, {}],
  preluLayer: [2, {}],
  recurrent: [library.rnnCell(2, 3), {}],
  registerLayer: ["test.junk", () => dense],
  residual: [denseLayer(2, 2), {}],
  rmsNormLayer: [2, {}],
  rnnCell: [2, 3],
  rnnLayer: [2, 3, {}],
  sequential: [[dense], {}],
  summary: [dense, [2]],
  toTorchNames: [library.lstmLayer(2, 3).init(key(0)).params, { prefix: "" }],
  train: [key(0)],
  upsampleLayer: [2, {}],
};

/** Total functions: they return a result for every argument. */
const TOTAL = [
  "decodeModel",
  "decodeSafetensors",
  "decodeTree",
  "layerFromConfig",
  "loadModel",
  "loadTree",
  "saveModel",
  "saveTree",
];

const public_ = Object.entries(library).filter(([name, value]) =>
  typeof value === "function" && !/^[A-Z]|^is|^print/.test(name)
);

const cyclic: unknown[] = [];
cyclic.push(cyclic);

const JUNK: readonly unknown[] = [
  null,
  3,
  -1,
  NaN,
  "text",
  true,
  [],
  [null],
  [[1]],
  cyclic,
  {},
  { params: 1, state: 2 },
  { kind: "dense", layers: 3 },
  () => 1,
  class Junk {},
  Symbol("s"),
  10n,
  new Map(),
  new Float32Array(2),
  x,
  dense,
  variables,
];

Deno.test("invalid arguments of any public function give a result, or an error with a remedy", () => {
  assertEquals(public_.map(([name]) => name).toSorted(), [...Object.keys(WORKING), ...TOTAL].toSorted());
  for (const [name, args] of Object.entries(WORKING)) {
    const f = library[name as keyof typeof library] as Untyped;
    f(...args);
    args.forEach((_, k) => {
      for (const junk of [undefined, ...JUNK]) {
        try {
          f(...args.with(k, junk));
        } catch (error) {
          assertInstanceOf(error, Error);
          const told = /^Cannot .+: .+; .+$/s.test(error.message);
          assert(told, `${name} with ${typeof junk} for argument ${k} throws ${error.name}: ${error.message}`);
        }
      }
    });
  }
});

Deno.test("invalid options of any layer give a layer, or an error with a remedy", () => {
  const names = [
    "activation",
    "dtype",
    "name",
    "bias",
    "initializer",
    "stride",
    "padding",
    "dilation",
    "groups",
    "epsilon",
  ];
  const more = ["momentum", "causal", "ceilMode", "countIncludePad", "axes", "shortcut", "outputShape"];
  for (const [builder, args] of Object.entries(WORKING)) {
    if (typeof args.at(-1) !== "object" || Object.keys(args.at(-1) as object).length > 0) continue;
    for (const option of [...names, ...more]) {
      for (const junk of JUNK) {
        try {
          (library[builder as keyof typeof library] as Untyped)(...args.with(-1, { [option]: junk }));
        } catch (error) {
          assertInstanceOf(error, Error);
          const told = /^Cannot .+: .+; .+$/s.test(error.message);
          assert(told, `${builder} with ${typeof junk} for ${option} throws ${error.name}: ${error.message}`);
        }
      }
    }
  }
});

Deno.test("invalid variables, inputs and modes of any layer give an error with a remedy", () => {
  for (const { layer, takes } of LAYERS) {
    const good = layer.init(key(0)),
      input = constant(new Float64Array(takes[0]![0].reduce((a, b) => a * b, 1)), {
        dtype: "float64",
        shape: takes[0]![0],
      });
    const args: readonly unknown[] = [good, input, evaluate];
    (layer.apply as Untyped)(...args);
    args.forEach((_, k) => {
      for (const junk of [undefined, ...JUNK]) {
        if (k === 1 && junk === x) continue; // a tensor: its shape may be right
        if (k === 0 && junk === variables) continue;
        const message = messageOf(() => (layer.apply as Untyped)(...args.with(k, junk)));
        assert(/^Cannot .+: .+; .+$/s.test(message), `${layer.name}, argument ${k}: ${message}`);
      }
    });
    for (const junk of JUNK) {
      if (junk === x) continue;
      try {
        const answer = (layer.outputShape as Untyped)(junk) as ReturnType<Layer["outputShape"]>;
        if (answer._tag === "Left") assert(/^Cannot .+: .+; .+$/s.test(answer.left.message), answer.left.message);
      } catch (error) {
        throw new Error(`${layer.name}.outputShape(${typeof junk}) throws`, { cause: error });
      }
    }
    assertThrows(() => (layer.init as Untyped)(3), TypeError, "drawn from a key");
  }
});

Deno.test("total functions answer whatever they are given", async () => {
  for (const name of TOTAL) {
    for (const first of [undefined, ...JUNK]) {
      if (first === "text") continue; // a path
      if (name === "layerFromConfig" && first === dense) continue; // it has all that its configuration has
      for (const second of [undefined, null, 3, dense, () => 1]) {
        const answer = (library[name as keyof typeof library] as Untyped)(first, second);
        const { _tag } = (typeof answer === "function" ? await answer() : answer) as { readonly _tag: string };
        assertEquals(_tag, "Left", `${name}(${typeof first}, ${typeof second})`);
      }
    }
  }
});

Deno.test("a misspelt option is refused by every layer that takes options", () => {
  for (const [builder, args] of Object.entries(WORKING)) {
    if (typeof args.at(-1) !== "object" || Object.keys(args.at(-1) as object).length > 0) continue;
    const build = library[builder as keyof typeof library] as Untyped;
    const message = messageOf(() => build(...args.with(-1, { nmae: "x" })));
    assert(message.startsWith(`Cannot build ${builder} with the option "nmae": the options are `), message);
    assert(messageOf(() => build(...args.with(-1, { Name: "x" }))).endsWith("; write name"));
    assert(messageOf(() => build(...args.with(-1, null))).includes("they must be a record"));
  }
});

Deno.test("guards answer whatever they are given, and tell layers from configurations", () => {
  const guards = Object.entries(library).filter(([name]) => name.startsWith("is")) as readonly [string, Untyped][];
  assertEquals(guards.length, 9);
  for (const [name, guard] of guards) {
    for (const junk of [undefined, ...JUNK.filter((value) => value !== dense)]) assert(guard(junk) === false, name);
    for (const { layer } of LAYERS) {
      if (layer.kind === "lambda") continue;
      assert(guard(layerToConfig(layer)) === false && guard({ kind: layer.kind }) === false, name);
      assert(guard({ ...layerToConfig(layer), init: () => 1, apply: 3 }) === false, name);
    }
  }
});
