/** Layers, losses and optimizers in functions that `vmap` maps. */
import { assert, assertEquals } from "@std/assert";
import {
  activationLayer,
  activations,
  adam,
  avgPool2dLayer,
  batchNorm1d,
  batchNorm2d,
  binaryCrossEntropyWithLogits,
  compile,
  constant,
  conv2dLayer,
  cosineSimilarity,
  crossEntropyLoss,
  denseLayer,
  dropout,
  embedding,
  evaluate,
  flattenLayer,
  globalAvgPool2dLayer,
  gradient,
  groupNormLayer,
  gruLayer,
  huberLoss,
  type Key,
  key,
  klDivergence,
  type Layer,
  layerNormLayer,
  logSoftmax,
  lstmLayer,
  maxPool2dLayer,
  mseLoss,
  multiHeadAttention,
  nllLoss,
  permutation,
  randomNormal,
  residual,
  rmsNormLayer,
  sequential,
  softmax,
  softmaxCrossEntropy,
  split,
  square,
  stack,
  sum,
  take,
  type Tensor,
  toList,
  train,
  tree,
  vmap,
} from "../../mod.ts";

type T32 = Tensor<"float32">;

const COUNT = 3;

function assertClose(actual: readonly Tensor[], expected: readonly Tensor[], claim: string): void {
  assertEquals(
    actual.map(({ shape, dtype }) => [dtype, shape]),
    expected.map(({ shape, dtype }) => [dtype, shape]),
    claim,
  );
  actual.forEach((t, k) => {
    const wanted = toList(expected[k]!), scale = Math.max(1, ...wanted.map(Math.abs));
    toList(t).forEach((x, i) =>
      assert(Math.abs(x - wanted[i]!) <= 1e-4 * scale, `${claim}, ${k}: ${x}, not ${wanted[i]}`)
    );
  });
}

/** The tensors of a tree; any tree of tensors will do. */
const tensorsOf = (found: unknown): readonly Tensor[] => tree.leaves(found as Tensor) as readonly Tensor[];
const stacked = (trees: readonly unknown[]): readonly Tensor[] => {
  const all = trees.map(tensorsOf);
  return all[0]!.map((_, k) => stack(all.map((own) => own[k]!)));
};
const rows = (t: Tensor): readonly Tensor[] => Array.from({ length: COUNT }, (_, i) => take(t, i));

const LAYERS: readonly (readonly [name: string, layer: Layer, shape: readonly number[]])[] = [
  ["dense", denseLayer(5, 4, { activation: activations.relu }), [5]],
  ["convolution", conv2dLayer(2, 4, 3, { padding: 1, activation: activations.gelu }), [2, 6, 6]],
  ["convolution in groups", conv2dLayer(4, 4, 3, { groups: 2, stride: 2 }), [2, 4, 6, 6]],
  ["batch norm, of each example's own statistics", batchNorm2d(3), [4, 3, 2, 2]],
  ["batch norm of vectors", batchNorm1d(3), [4, 3]],
  ["dropout", dropout(0.5), [4, 3]],
  ["layer norm", layerNormLayer(3), [4, 3]],
  ["rms norm", rmsNormLayer(3), [4, 3]],
  ["group norm", groupNormLayer(2, 4), [2, 4, 3, 3]],
  ["max pooling", maxPool2dLayer(2), [2, 4, 4]],
  ["average pooling", avgPool2dLayer(2), [2, 4, 4]],
  ["global average pooling", globalAvgPool2dLayer(), [2, 4, 4]],
  ["attention", multiHeadAttention(4, 2), [5, 4]],
  ["lstm", lstmLayer(3, 4, { layers: 2, dropout: 0.3 }), [5, 3]],
  ["gru, both ways", gruLayer(3, 4, { bidirectional: true }), [5, 3]],
  ["residual", residual(sequential([denseLayer(4, 4), activationLayer(activations.silu)])), [4]],
  [
    "small network for images",
    sequential([conv2dLayer(1, 3, 3), batchNorm2d(3), maxPool2dLayer(2), flattenLayer(), denseLayer(27, 5)]),
    [2, 1, 8, 8],
  ],
] as never; // layers of different parameters

for (const [name, layer, shape] of LAYERS) {
  const variables = layer.init(key(1)),
    xs: Tensor = randomNormal(key(2), [COUNT, ...shape]),
    keys = split(key(4), COUNT);
  const f = (x: Tensor, k: Key) => layer.apply(variables, x, train(k));

  Deno.test(`vmap of ${name}: results and new state are those of each example`, () => {
    const wanted = stacked(rows(xs).map((x, i) => f(x, keys[i]!)));
    for (const run of [vmap(f), compile(vmap(f))]) assertClose(tensorsOf(run(xs, keys)), wanted, "in training");
    const at = (x: Tensor): Tensor => layer.apply(variables, x, evaluate)[0];
    assertClose([vmap(at)(xs)], [stack(rows(xs).map(at))], "in evaluation");
  });

  if (tensorsOf(variables.params).length === 0) continue;
  const lossOf = (params: typeof variables.params, x: Tensor, k: Key): Tensor =>
    sum(square(layer.apply({ params, state: variables.state }, x, train(k))[0]));

  Deno.test(`vmap of ${name}: the gradient of each example, and of an ensemble`, () => {
    const one = gradient(lossOf as (params: Tensor, x: Tensor, k: Key) => Tensor), params = variables.params as Tensor; // any tree
    const each = vmap(one, { in: [null, 0, 0] }), wanted = stacked(rows(xs).map((x, i) => one(params, x, keys[i]!)));
    for (const run of [each, compile(each)]) assertClose(tensorsOf(run(params, xs, keys)), wanted, "of each example");
    const members = keys.map((k) => layer.init(k).params), all = stacked(members), x = rows(xs)[0]!;
    const ensemble = members.slice(0, 1).map((first) => {
      let next = 0;
      return tree.map((_: Tensor) => all[next++]!, first as Tensor);
    })[0]!;
    const total = gradient((p: Tensor) =>
      sum(vmap(lossOf as (p: Tensor, x: Tensor, k: Key) => Tensor, { in: [0, null, 0] })(p, x, keys))
    );
    const own = stacked(members.map((p, i) => one(p as Tensor, x, keys[i]!)));
    for (const run of [total, compile(total)]) assertClose(tensorsOf(run(ensemble)), own, "of an ensemble");
  });
}

Deno.test("vmap of an embedding adds up the gradients of its rows", () => {
  const layer = embedding(7, 3), { params, state } = layer.init(key(1)), ids = constant([[1, 2, 6], [0, 3, 3]]);
  const at = (p: typeof params, x: T32) => layer.apply({ params: p, state }, x, evaluate)[0];
  assertClose([vmap(at, { in: [null, 0] })(params, ids)], [at(params, ids)], "rows");
  const mapped = gradient((p: typeof params) => sum(square(vmap(at, { in: [null, 0] })(p, ids))));
  assertClose(
    tensorsOf(mapped(params)),
    tensorsOf(gradient((p: typeof params) => sum(square(at(p, ids))))(params)),
    "gradient",
  );
});

const logits: T32 = randomNormal(key(8), [COUNT, 5]),
  labels = constant([1, 4, 0]),
  p: T32 = softmax(randomNormal(key(9), [COUNT, 5]));
const weights = constant([1, 2, 3, 4, 5]);
const LOSSES: readonly (readonly [name: string, loss: (x: T32, y: T32) => T32, y: T32])[] = [
  ["softmaxCrossEntropy of classes", (x, y) => softmaxCrossEntropy(x, y), labels],
  [
    "softmaxCrossEntropy with all its options",
    (x, y) => softmaxCrossEntropy(x, y, { ignoreIndex: 4, reduction: "sum", weights, labelSmoothing: 0.1 }),
    labels,
  ],
  ["softmaxCrossEntropy of probabilities", (x, y) => softmaxCrossEntropy(x, y), p],
  ["nllLoss", (x, y) => nllLoss(logSoftmax(x), y), labels],
  ["mseLoss", (x, y) => mseLoss(x, y), p],
  ["binaryCrossEntropyWithLogits", (x, y) => binaryCrossEntropyWithLogits(x, y), p],
  ["crossEntropyLoss", (x, y) => crossEntropyLoss(softmax(x), y), p],
  ["huberLoss", (x, y) => huberLoss(x, y), p],
  ["klDivergence", (x, y) => klDivergence(logSoftmax(x), y), p],
  ["cosineSimilarity", (x, y) => cosineSimilarity(x, y), p],
  ["take of a permutation", (x) => take(x, permutation(key(3), 5)), p],
];

for (const [name, loss, y] of LOSSES) {
  Deno.test(`vmap of ${name} and of its gradient are those of each example`, () => {
    const slope = gradient((x: T32, y: T32) => sum(loss(x, y)));
    for (const f of [loss, slope]) {
      const wanted = stack(rows(logits).map((x, i) => f(x as T32, rows(y)[i] as T32))); // rows have the dtype of the whole
      for (const run of [vmap(f), compile(vmap(f))]) assertClose([run(logits, y)], [wanted], name);
    }
  });
}

Deno.test("an ensemble is trained by vmap of a training step", () => {
  const layer = denseLayer(4, 2), optimizer = adam({ learningRate: 0.1 }), keys = split(key(0), COUNT);
  type Params = ReturnType<typeof layer.init>["params"];
  const x: T32 = randomNormal(key(5), [6, 4]), y: T32 = randomNormal(key(6), [6, 2]);
  const loss = (params: Params) => mseLoss(layer.apply({ params, state: [] }, x, evaluate)[0], y);
  const start = (k: Key) => optimizer.init(layer.init(k).params);
  const step = (state: ReturnType<typeof start>) => optimizer.step(state, gradient(loss)(state.params));
  const steps = (k: Key) => step(step(start(k))).params;
  const all = vmap(step)(vmap(step)(vmap(start)(keys) as ReturnType<typeof start>) as ReturnType<typeof start>);
  assertClose(tensorsOf(all.params), stacked(keys.map(steps)), "parameters");
  assertClose(tensorsOf(compile(vmap(steps))(keys)), stacked(keys.map(steps)), "parameters, compiled");
});
