/** Callers without types are told which argument is wrong, what it must be, and what to do. */
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import * as library from "../../layers/mod.ts";
import {
  activations,
  denseLayer,
  evaluate,
  forward,
  type Layer,
  layerToConfig,
  residual,
  sequential,
  train,
} from "../../layers/mod.ts";
import { constant, key, ones, type Tensor } from "../../autograd/mod.ts";
import { LAYERS } from "./all_layers.ts";

/** A function as code without types sees it. */
type Untyped = (...args: readonly unknown[]) => unknown;

const dense = denseLayer(2, 3), variables = dense.init(key(0)), x = ones([2]);
const model = sequential([dense, denseLayer(3, 1)]), both = model.init(key(0));

const messageOf = (f: () => unknown): string => {
  const error = assertThrows(f, Error);
  assert(error instanceof TypeError || error instanceof RangeError || error.name.endsWith("Error"));
  return error.message;
};

const REMEDY = "pass the variables that this layer's init returned, or those that training returned";

const applied = forward as Untyped;

const calls: Readonly<Record<string, readonly [call: () => unknown, message: string]>> = {
  "an array for the input": [
    () => applied(dense, variables, [1, 2]),
    "Cannot apply Dense to x an array of 2: x must be a tensor; wrap arrays with constant, or with tensor32 or tensor64",
  ],
  "no input": [() => applied(dense, variables), "Cannot apply Dense to x undefined: x must be a tensor; wrap"],
  "input and variables swapped": [
    () => applied(dense, x, variables),
    "Cannot apply Dense to x a record of params, state: x must be a tensor; pass the variables first, then x",
  ],
  "params for variables": [
    () => applied(dense, variables.params, x),
    `Cannot apply Dense to params undefined: it must be a tree of tensors; ${REMEDY}`,
  ],
  "no variables": [
    () => applied(dense, undefined, x),
    `Cannot apply Dense to variables undefined: it must be a record { params, state }; ${REMEDY}`,
  ],
  "a tensor for variables": [() => applied(dense, x, x), "to variables a float32 tensor [2]: it must be a record"],
  "no state": [() => applied(dense, { params: variables.params }, x), "Cannot apply Dense to state undefined"],
  "null params": [() => applied(dense, { params: null, state: [] }, x), "Cannot apply Dense to params null"],
  "no weight": [
    () => applied(dense, { params: {}, state: [] }, x),
    `Cannot apply Dense to params.weight undefined: it must be a tensor [3, 2]; ${REMEDY}`,
  ],
  "a null leaf": [
    () => applied(dense, { params: { ...variables.params, bias: null }, state: [] }, x),
    "Cannot apply Dense to params.bias null: it must be a tensor [3]",
  ],
  "the weight of another layer": [
    () => applied(dense, { ...variables, params: both.params[1] }, x),
    "Cannot apply Dense to params.weight a float32 tensor [1, 3]: it must be a tensor [3, 2]",
  ],
  "params and state swapped": [
    () => applied(dense, { params: variables.state, state: variables.params }, x),
    "Cannot apply Dense to params.weight undefined",
  ],
  "variables of one layer for a model": [
    () => applied(model, variables, x),
    "Cannot apply Sequential to params a record of weight, bias: it must be an array of 2, an entry for each layer",
  ],
  "variables of a longer model": [
    () => applied(sequential([dense]), both, x),
    "Cannot apply Sequential to params an array of 2: it must be an array of 1, an entry for each layer",
  ],
  "the layers' params in the wrong order": [
    () => applied(model, { ...both, params: both.params.toReversed() }, x),
    'Cannot apply Dense at "0" to params.weight a float32 tensor [1, 3]: it must be a tensor [3, 2]',
  ],
  "a missing leaf deep inside": [
    () => applied(sequential([residual(sequential([denseLayer(2, 2)]))]), { params: [[[{}]]], state: [[[[]]]] }, x),
    'Cannot apply Dense at "0.0.0" to params.weight undefined',
  ],
  "no mode": [
    () => (dense.apply as Untyped)(variables, x),
    "Cannot apply Dense in mode undefined: it must be evaluate or train(key); pass one of them",
  ],
  "a mode without a key": [
    () => (model.apply as Untyped)(both, x, { training: true }),
    "Cannot apply Sequential in mode a record of training: it must be evaluate or train(key)",
  ],
  "a number for a key": [
    () => (model.init as Untyped)(3),
    "Cannot initialize Sequential with 3: its variables are drawn from a key; pass one such as key(0)",
  ],
  "no key": [() => (dense.init as Untyped)(), "Cannot initialize Dense with undefined"],
  "a number for a layer": [
    () => applied(3, variables, x),
    "Cannot apply a layer: the layer is 3: it must be a layer; pass one such as denseLayer(2, 1)",
  ],
  "a configuration for a layer": [
    () => applied(layerToConfig(dense), variables, x),
    "it must be a layer; make one from a configuration with layerFromConfig",
  ],
  "a number of layers": [
    () => (sequential as Untyped)(1),
    "Cannot build Sequential of 1: it must have at least one, in an array; pass one such as [denseLayer(2, 1)]",
  ],
  "layers that are not in an array": [() => (sequential as Untyped)(dense, dense), "with the option"],
  "one that is not a layer": [
    () => (sequential as Untyped)([dense, activations.relu]),
    "Cannot build Sequential: layer 1 is a record of tag, name, config, forward: it must be a layer",
  ],
  "a residual of nothing": [
    () => (residual as Untyped)(),
    "Cannot build Residual: inner is undefined: it must be a layer",
  ],
  "a shortcut that is none": [
    () => (residual as Untyped)(dense, { shortcut: null }),
    "Cannot build Residual: shortcut is null: it must be a layer",
  ],
  "an activation for the options": [
    () => (denseLayer as Untyped)(2, 3, activations.relu),
    'Cannot build denseLayer with the option "tag": the options are activation, dtype, name, bias, initializer',
  ],
  "a text for a flag": [() => (denseLayer as Untyped)(2, 3, { bias: "no" }), 'Cannot build Dense with bias "no"'],
  "a name that is none": [() => (denseLayer as Untyped)(2, 3, { name: 3 }), "Cannot build denseLayer with name 3"],
  "a shape that is none": [
    () => (library.summary as Untyped)(dense, 5),
    "Cannot apply summary to shape 5: a shape is an array of axis lengths",
  ],
  "parameters of params": [
    () => (library.parameters as Untyped)(variables.params),
    "Cannot list the parameters of a record of weight, bias: it must be a record with params",
  ],
  "parameters with a null leaf": [
    () => (library.parameterCount as Untyped)({ params: [{ weight: null }] }),
    "Cannot list the parameters: params.0.weight is null: it must be a tensor; pass what init returned",
  ],
};

for (const [what, [call, message]] of Object.entries(calls)) {
  Deno.test(`${what}: the message names it, and the remedy`, () => {
    const given = messageOf(call);
    assert(given.includes(message), `${given}\nhas no\n${message}`);
  });
}

/** A call that works, for every public function that takes arguments. */
const WORKING: Readonly<Record<string, readonly unknown[]>> = {
  activationLayer: [activations.relu, {}],
  avgPool2dLayer: [2, {}],
  batchNorm1d: [2, {}],
  batchNorm2d: [2, {}],
  conv2dLayer: [1, 2, 3, {}],
  denseLayer: [2, 3, {}],
  dropout: [0.5, {}],
  embedding: [2, 3, {}],
  encodeModel: [dense, variables],
  encodeSafetensors: [{ x }, { a: "b" }],
  encodeTree: [{ x }],
  flattenLayer: [{}],
  formatLayer: [dense, 0],
  forward: [dense, variables, x],
  globalAvgPool2dLayer: [{}],
  groupNormLayer: [1, 2, {}],
  gruCell: [2, 3],
  gruLayer: [2, 3, {}],
  lambda: [(t: Tensor) => t, {}],
  layerNormLayer: [2, {}],
  layerToConfig: [dense],
  lstmCell: [2, 3],
  lstmLayer: [2, 3, {}],
  maxPool2dLayer: [2, {}],
  multiHeadAttention: [4, 2, {}],
  parameterCount: [variables],
  parameters: [variables],
  positionEmbedding: [2, 3, {}],
  recurrent: [library.rnnCell(2, 3), {}],
  residual: [denseLayer(2, 2), {}],
  rmsNormLayer: [2, {}],
  rnnCell: [2, 3],
  rnnLayer: [2, 3, {}],
  sequential: [[dense], {}],
  summary: [dense, [2]],
  train: [key(0)],
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

Deno.test("train() and evaluate are the only modes", () => {
  for (const mode of [evaluate, train(key(1))]) dense.apply(variables, x, mode);
});
