import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { foldIn, key } from "../../../autograd/random/key.ts";
import { mapTensors } from "../../../autograd/tree/parameter_tree.ts";
import { randomNormal } from "../../../autograd/random/random.ts";
import { toList, toNumber } from "../../../autograd/values/read.ts";
import { zeros } from "../../../autograd/values/constructors.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { entries } from "../../../autograd/tree/tree.ts";
import {
  activations,
  adam,
  batchNorm1d,
  CheckpointError,
  ConfigError,
  decodeModel,
  decodeSafetensors,
  decodeTree,
  denseLayer,
  dropout,
  embedding,
  encodeModel,
  encodeSafetensors,
  encodeTree,
  forward,
  lambda,
  layerToConfig,
  loadModel,
  saveModel,
  sequential,
  softmaxCrossEntropy,
  type StoredModel,
  train,
  valueAndGradient,
} from "../../../mod.ts";
import { LAYERS } from "../all_layers.ts";

const decoded = (bytes: Uint8Array): StoredModel => {
  const result = decodeModel(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const problemOf = (bytes: Uint8Array): string => {
  const result = decodeModel(bytes);
  assert(result._tag === "Left", "a wrong file was read");
  assertInstanceOf(result.left, CheckpointError);
  return result.left.message;
};

const listed = (tree: StoredModel["variables"]) =>
  entries<Tensor>(tree).map(([path, t]) => [path, t.tag, t.dtype, t.shape, toList(t)]);

const model = sequential([
  denseLayer(4, 8, { activation: activations.tanh }),
  batchNorm1d(8),
  dropout(0.2),
  denseLayer(8, 3),
]);

Deno.test("every layer and its variables come back from bytes, to the last bit", () => {
  for (const { layer, takes } of LAYERS.filter(({ layer }) => layer.kind !== "lambda")) {
    const variables = layer.init(key(3)), back = decoded(encodeModel(layer, variables));
    assertEquals(layerToConfig(back.layer), layerToConfig(layer));
    assertEquals(listed(back.variables), listed(variables));
    const x = randomNormal(key(4), takes[0]![0], { dtype: "float64" });
    assertEquals(toList(forward(back.layer, back.variables, x)), toList(forward(layer, variables, x)));
  }
});

Deno.test("training resumed from files gives the same numbers as uninterrupted training", () => {
  const optimizer = adam({ learningRate: 0.05 }), x = randomNormal(key(1), [12, 4]);
  const labels = Array.from({ length: 12 }, (_, i) => i % 3), { params, state } = model.init(key(0));
  const loss = valueAndGradient((p: typeof params, s: typeof state, step: Tensor) => {
    const [logits, next] = model.apply({ params: p, state: s }, x, train(foldIn(key(2), step)));
    return [softmaxCrossEntropy(logits, labels), next] as const;
  }, { hasAux: true });
  const start = { optimizer: optimizer.init(params), state };
  const step = ({ optimizer: before, state }: typeof start): typeof start => {
    const { gradients, aux } = loss(before.params, state, before.step);
    return { optimizer: optimizer.step(before, gradients), state: aux };
  };
  const half = step(step(start)), resumed = decodeTree(encodeTree(half), half);
  assert(resumed._tag === "Right");
  const [whole, continued] = [half, resumed.right].map((training) => step(step(training)));
  assertEquals(
    listed({ params: continued!.optimizer.params, state: continued!.state }),
    listed({ params: whole!.optimizer.params, state: whole!.state }),
  );
  assertEquals(toNumber(continued!.optimizer.step), 4);
});

Deno.test("tensors in the file are named by their paths", () => {
  const file = decodeSafetensors(encodeModel(model, model.init(key(0))));
  assert(file._tag === "Right");
  assertEquals(Object.keys(file.right.tensors).toSorted(), [
    "params.0.bias",
    "params.0.weight",
    "params.1.beta",
    "params.1.gamma",
    "params.3.bias",
    "params.3.weight",
    "state.1.runningMean",
    "state.1.runningVariance",
  ]);
});

const withConfig = (config: unknown, tensors = {}) =>
  encodeSafetensors(tensors, { "nanograd.layer": typeof config === "string" ? config : JSON.stringify(config) });

Deno.test("files that do not fit their model are refused, whatever sizes they claim", () => {
  const huge = layerToConfig(denseLayer(2 ** 40, 2 ** 40)), dense = layerToConfig(denseLayer(2, 1, { bias: false }));
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [encodeSafetensors({}), "it must have the layer as nanograd.layer"],
    [withConfig("{"), "it is not JSON"],
    [withConfig(`{"kind":"dense","kind":"dense"}`), "occurs twice"],
    [withConfig({ ...dense, kind: "no" }), "its kind must be one of"],
    [withConfig(huge), "no tensor params.weight: the layer has one, float32 [1099511627776, 1099511627776]"],
    [withConfig(dense, { "params.weight": zeros([2, 1]) }), "the layer has float32 [1, 2] there"],
    [withConfig(dense, { "params.weight": zeros([1, 2], { dtype: "float64" }) }), "float64 [1, 2] as params.weight"],
    [withConfig(dense, { "params.weight": zeros([1, 2]), more: zeros([]) }), "the layer has no tensor of that name"],
    [withConfig("[".repeat(100_000)), "it is not JSON"],
    [withConfig('{"layers":['.repeat(5000) + "]}".repeat(5000)), "its kind must be one of"],
  ];
  for (const [bytes, reason] of cases) assertStringIncludes(problemOf(bytes), reason);
});

Deno.test("a model cut off anywhere, or with a byte changed, never throws", () => {
  const small = sequential([embedding(2, 2), batchNorm1d(2)]), bytes = encodeModel(small, small.init(key(0)));
  for (let at = 0; at < bytes.length; at++) {
    problemOf(bytes.subarray(0, at));
    for (const bit of [1, 8, 64]) {
      const changed = bytes.slice();
      changed[at]! ^= bit;
      const result = decodeModel(changed);
      if (result._tag === "Left") assertInstanceOf(result.left, CheckpointError);
    }
  }
});

Deno.test("models that could not be read back are not written", () => {
  const layer = denseLayer(2, 3),
    variables = layer.init(key(0)),
    transposed = mapTensors((t) => zeros([...t.shape, 1]), variables);
  assertThrows(() => encodeModel(layer, transposed), CheckpointError, "pass the variables of this layer");
  const untold = lambda((x) => x);
  assertThrows(() => encodeModel(untold, untold.init(key(0))), ConfigError, "which a function is not");
});

const files = ["read", "write"].every((name) =>
  Deno.permissions.querySync({ name: name as "read" | "write" }).state === "granted"
);

Deno.test("saveModel() and loadModel() keep a model, and leave no other file behind", { ignore: !files }, async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/model.safetensors`;
  try {
    for (const seed of [0, 1]) {
      const variables = model.init(key(seed));
      assertEquals(await saveModel(path, model, variables)(), { _tag: "Right", right: undefined });
      const loaded = await loadModel(new URL(`file://${path}`))();
      assert(loaded._tag === "Right");
      assertEquals(listed(loaded.right.variables), listed(variables));
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.safetensors"]);
    const url = new URL(`file://${folder}/by_url.safetensors`);
    assertEquals((await saveModel(url, model, model.init(key(0)))())._tag, "Right");
    assertEquals([...Deno.readDirSync(folder)].length, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a model that cannot be saved or loaded says why, and the old file stays", { ignore: !files }, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const missing = await loadModel(`${folder}/none`)();
    assert(missing._tag === "Left");
    assertStringIncludes(missing.left.message, `Cannot read a checkpoint: ${folder}/none`);
    await Deno.mkdir(`${folder}/taken/full`, { recursive: true });
    const taken = await saveModel(`${folder}/taken`, model, model.init(key(0)))();
    assert(taken._tag === "Left");
    assertInstanceOf(taken.left, CheckpointError);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["taken"]);
    const untold = lambda((x) => x), refused = await saveModel(`${folder}/a`, untold, untold.init(key(0)))();
    assert(refused._tag === "Left");
    assertStringIncludes(refused.left.message, "which a function is not");
    await Deno.writeFile(`${folder}/half`, encodeModel(model, model.init(key(0))).subarray(0, 500));
    assertEquals((await loadModel(`${folder}/half`)())._tag, "Left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
