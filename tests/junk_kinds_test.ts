/**
 * Kinds of junk that reach many functions by one mechanism: what is shown of them is a sentence, not an error of its own.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { textOf } from "../blas/errors.ts";
import * as blas from "../blas/mod.ts";
import * as nanograd from "../mod.ts";
import { imageFiles, imageTensor } from "../optim/data/mod.ts";

/** Every function by its name, called as code without types calls it. */
const library = nanograd as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
const { tensor64, key, tree, ones } = nanograd;

const FORM = /^Cannot [^]+: [^]+; [^]+$/;

/** Values that a template literal, arithmetic or `JSON.stringify` throws on. */
const UNPRINTABLE: readonly unknown[] = [Symbol("s"), 1n, Object.create(null), [Symbol("s")], [1n]];

const t = () => tensor64([[1, 2], [3, 4]]), image = () => ones([1, 2, 4, 4], { dtype: "float64" });
const own = () => ones([2], { dtype: "float64" });

/** Calls with a place for the junk. */
const CALLS: Readonly<Record<string, (junk: unknown) => readonly unknown[]>> = {
  zeros: (junk) => [[2, junk]],
  eye: (junk) => [junk],
  oneHot: (junk) => [[0], junk],
  constant: (junk) => [1, { dtype: junk }],
  cast: (junk) => [t(), junk],
  reshape: (junk) => [t(), [junk, 2]],
  broadcastTo: (junk) => [t(), [junk, 2, 2]],
  tile: (junk) => [t(), [1, junk]],
  split: (junk) => [t(), [junk, 1]],
  softmax: (junk) => [t(), { axis: junk }],
  concat: (junk) => [[t()], junk],
  expandDims: (junk) => [t(), junk],
  cumsum: (junk) => [t(), junk],
  slice: (junk) => [t(), junk, 1],
  pad: (junk) => [t(), [[0, 1], [0, 1]], { value: junk }],
  sizeOf: (junk) => [[2, junk]],
  variance: (junk) => [t(), { correction: junk }],
  gelu: (junk) => [t(), { approximate: junk }],
  softplus: (junk) => [t(), { beta: junk }],
  mseLoss: (junk) => [t(), t(), { reduction: junk }],
  huberLoss: (junk) => [t(), t(), { delta: junk }],
  smoothL1Loss: (junk) => [t(), t(), { beta: junk }],
  softmaxCrossEntropy: (junk) => [t(), [0, 1], { labelSmoothing: junk }],
  l2Normalize: (junk) => [t(), { epsilon: junk }],
  cosineSimilarity: (junk) => [t(), t(), { epsilon: junk }],
  layerNorm: (junk) => [t(), own(), own(), { epsilon: junk }],
  rmsNorm: (junk) => [t(), own(), { epsilon: junk }],
  groupNorm: (junk) => [image(), junk, own(), own()],
  instanceNorm: (junk) => [image(), own(), own(), { epsilon: junk }],
  batchNorm: (junk) => [t(), own(), own(), { statistics: junk === null ? junk : 3 }],
  foldIn: (junk) => [key(0), junk],
  compile: (junk) => [() => 1, { variants: junk }],
  denseLayer: (junk) => [junk, 2],
  lstmLayer: (junk) => [2, junk],
  gruCell: (junk) => [2, 2, { dtype: junk }],
  gradientNorm: (junk) => [[t()], { norm: junk }],
  piecewise: (junk) => [[[junk, 1]]],
  joinSchedules: (junk) => [[junk], 1],
  confusionMetric: (junk) => [junk],
};

for (const [name, args] of Object.entries(CALLS)) {
  Deno.test(`${name}() says what is wrong with values that have no text or are no numbers`, () => {
    for (const junk of UNPRINTABLE) assertMatch(assertThrows(() => library[name]!(...args(junk)), Error).message, FORM);
  });
}

Deno.test("any value has a text", () => {
  assertEquals(UNPRINTABLE.map(textOf), ["Symbol(s)", "1", "an object", "an array of 1", "1"]);
});

Deno.test("a tree that contains itself is refused, whoever walks it", () => {
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  const given = endless as never;
  for (
    const walk of [
      () => tree.leaves(given),
      () => tree.map((x) => x, given),
      () => tree.zipWith((a) => a, given, given),
      () => tree.foldMap({ concat: (a: number) => a, empty: 0 })(() => 0)(given),
      () => nanograd.zerosLike(given),
      () => nanograd.gradientStats(given),
      () => nanograd.clipByGlobalNorm(given, 1),
      () => nanograd.sgd().init(given),
      () => nanograd.suggestLearningRate(given, 0.1),
    ]
  ) assertMatch(assertThrows(walk, TypeError).message, /a tree must not contain itself/);
});

Deno.test("functions that trees are mapped by, and monoids, are asked for", () => {
  for (const call of [() => tree.map(undefined as never, t()), () => tree.zipWith(3 as never, t(), t())]) {
    assertMatch(assertThrows(call, TypeError).message, FORM);
  }
  assertThrows(() => tree.foldMap(undefined as never), TypeError, "the concat of the monoid");
});

Deno.test("parts of training from elsewhere are named", () => {
  const { accuracyMetric, lossMetric, earlyStopping, gradientMonitor, diagnose, exceptBiasesAndNorms, lstmCell } =
    nanograd;
  const cell = lstmCell(2, 2);
  const calls: readonly (() => unknown)[] = [
    () => accuracyMetric.measure(undefined as never),
    () => accuracyMetric.measure({ logits: 3, labels: [0] } as never),
    () => lossMetric.measure(null as never),
    () => earlyStopping({ patience: 1 })(undefined, undefined as never),
    () => earlyStopping({ patience: 1 })(3 as never, { loss: 1, value: 1 }),
    () => gradientMonitor()({} as never, [t()]),
    () => diagnose({ ...gradientMonitor()(undefined, [t()]), history: [null] } as never),
    () => exceptBiasesAndNorms("weight", undefined as never),
    () => nanograd.chain({ ...nanograd.sgd(), name: Symbol("s") } as never),
    () => cell.start(undefined as never),
    () => cell.step(undefined as never, cell.start([]), ones([2])),
    () => cell.step(cell.init(key(0)), undefined as never, ones([2])),
    () => nanograd.printLayer({ ...nanograd.denseLayer(2, 2), name: Symbol("s") } as never),
    () => nanograd.lstmLayer(1, 1, { layers: 1e10 }),
    () => lossMetric.concat(null as never, lossMetric.empty),
    () => lossMetric.value(undefined as never),
    () => nanograd.metricRecord({ loss: lossMetric }).concat(null as never, {} as never),
    () => nanograd.metricRecord({ loss: lossMetric }).value({} as never),
    () => nanograd.clipNorm(1).update([t()], {} as never, null as never),
    () => accuracyMetric.concat(accuracyMetric.empty, {} as never),
    () => accuracyMetric.value(null as never),
    () => nanograd.confusionMetric(2).concat([[1, 2], [3, 4]], [[1, 2]]),
    () => nanograd.confusionMetric(2).value(3 as never),
    () => nanograd.reduce(t(), Object.create(null), "sum"),
    () => blas.view(new Float64Array(2), { length: 1e12 } as never),
    () => imageTensor(null as never),
    () => imageFiles([null as never]),
  ];
  for (const call of calls) assertMatch(assertThrows(call, Error).message, FORM);
  assert(!nanograd.isLayer({ ...nanograd.denseLayer(2, 2), inputSize: "2" }));
});

Deno.test("windows with a stride of any number are found where there is one of them", () => {
  const x = image();
  for (const engine of [nanograd.engines.simd, nanograd.engines.reference]) {
    nanograd.setEngine(engine);
    assertEquals(nanograd.conv2d(x, ones([1, 2, 2, 2], { dtype: "float64" }), null, { stride: 1e10 }).shape, [
      1,
      1,
      1,
      1,
    ]);
    assertEquals(nanograd.avgPool2d(x, { size: 2, stride: 1e10 }).shape, [1, 2, 1, 1]);
  }
  nanograd.setEngine(nanograd.engines.simd);
});

Deno.test("flags are true or false, and options are a record", () => {
  const flags: Readonly<Record<string, (junk: unknown) => readonly unknown[]>> = {
    sum: (keepDims) => [t(), { keepDims }],
    max: (keepDims) => [t(), { keepDims }],
    argmax: (keepDims) => [t(), { keepDims }],
    variance: (keepDims) => [t(), { keepDims }],
    logSumExp: (keepDims) => [t(), { keepDims }],
    maxPool2d: (ceilMode) => [image(), { size: 2, ceilMode }],
    avgPool2d: (countIncludePad) => [image(), { size: 2, countIncludePad }],
    tensor32: (requiresGrad) => [1, [], { requiresGrad }],
    valueAndGradient: (hasAux) => [() => 1, { hasAux }],
    batches: (dropLast) => [t(), { size: 1, dropLast }],
    scaledDotProductAttention: (causal) => [t(), t(), t(), { causal }],
  };
  for (const [name, args] of Object.entries(flags)) {
    for (const junk of ["false", 1, null, [], ...UNPRINTABLE]) {
      assertMatch(
        assertThrows(() => library[name]!(...args(junk)), TypeError).message,
        /must be true or false; pass one/,
      );
    }
    library[name]!(...args(undefined));
  }
  for (const options of [new Date(), new Map([["keepDims", true]])]) {
    assertThrows(() => library.sum!(t(), options), TypeError, "they must be a record");
    assertThrows(() => library.adam!(options), TypeError, "they must be a record");
  }
  assertEquals(nanograd.toNumber(nanograd.sum(t(), Object.create(null))), 10);
});

Deno.test("what is neither null nor a tensor is no bias, and ignoreIndex is a number", () => {
  for (const junk of [NaN, "", 0, false]) {
    assertThrows(() => library.conv2d!(image(), ones([1, 2, 2, 2]), junk), TypeError, "operands must be tensors");
    assertThrows(() => library.conv1d!(t(), ones([1, 2, 2]), junk), TypeError, "operands must be tensors");
  }
  assertThrows(() => library.softmaxCrossEntropy!(t(), [0, 1], { ignoreIndex: "1" }), RangeError, "ignoreIndex");
  assertThrows(() => library.nllLoss!(t(), [0, 1], { ignoreIndex: "1" }), RangeError, "ignoreIndex");
  assertThrows(() => library.meanMetric!(3), TypeError, "it must be a function");
});

Deno.test("keys have two words of 32 bits, whoever made them, and random functions take numbers", () => {
  const { isKey, randomNormal, randomUniform, randomInteger, permutation, split, foldIn } = nanograd;
  for (
    const words of [...UNPRINTABLE, undefined, null, 3, [], [1], [1, 2, 3], [-1, 0], [0.5, 0], [2 ** 32, 0], [NaN, 0]]
  ) {
    const forged = { tag: "key", words } as never;
    assert(!isKey(forged));
    for (
      const draw of [
        () => randomNormal(forged, [2]),
        () => randomUniform(forged, [2]),
        () => randomInteger(forged, [2], { max: 2 }),
        () => permutation(forged, 2),
        () => split(forged),
        () => foldIn(forged, 1),
      ]
    ) assertMatch(assertThrows(draw, TypeError).message, FORM);
  }
  assert(isKey({ tag: "key", words: [1, 2 ** 32 - 1] }));
  for (const junk of [...UNPRINTABLE, null, "1"]) {
    const number = junk as never;
    for (
      const draw of [
        () => randomUniform(key(0), [2], { min: number }),
        () => randomUniform(key(0), [2], { max: number }),
        () => randomNormal(key(0), [2], { mean: number }),
        () => randomNormal(key(0), [2], { std: number }),
        () => randomInteger(key(0), [2], { min: number, max: 2 }),
        () => randomInteger(key(0), [2], { max: number }),
      ]
    ) assertMatch(assertThrows(draw, RangeError).message, /: it must be a number; pass one, or leave it out$/);
  }
  assertMatch(assertThrows(() => split(key(0), 1e10), RangeError).message, FORM);
});

Deno.test("loops and choices refuse trees that contain themselves, and files are not read for one", () => {
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  const given = endless as never, { cond, scanAlong, whileLoop, constant, loadTree } = nanograd;
  for (
    const call of [
      () => (cond as (...args: readonly unknown[]) => unknown)(constant(1), () => 1, () => 2, given),
      () => scanAlong((carry) => [carry, carry], given, ones([2])),
      () => scanAlong((carry) => [carry, carry], ones([2]), given),
      () => whileLoop(() => constant(0), (carry) => carry, given),
      () => loadTree("nowhere", given),
    ]
  ) assertMatch(assertThrows(call, TypeError).message, /a tree must not contain itself/);
});

Deno.test("functions that return nothing, and what they are called with, are named", () => {
  const { checkGradient, lossMetric, meanMetric, learningRateSweep, sgd, valueAndGradient, sum, formatLayer } =
    nanograd;
  const loss = valueAndGradient((x: ReturnType<typeof t>) => sum(x)), optimizer = sgd(), nothing = () => undefined;
  const sweep = (...args: readonly unknown[]) =>
    (learningRateSweep as (...args: readonly unknown[]) => unknown)(...args);
  const calls: readonly (() => unknown)[] = [
    () => checkGradient(nothing as never, t()),
    () => sweep(),
    () => sweep({}, loss, t(), [1]),
    () => sweep(optimizer, 3, t(), [1]),
    () => sweep(optimizer, nothing, t(), [1]),
    () => sweep(optimizer, loss, t(), 3),
    () => sweep({ ...optimizer, init: nothing }, loss, t(), [1]),
    () => sweep({ ...optimizer, step: nothing }, loss, t(), [1, 2]),
    () => meanMetric(nothing as never).measure(1),
    () => formatLayer(nanograd.denseLayer(2, 2), 1e10),
    ...UNPRINTABLE.map((samples) => () => lossMetric.measure({ loss: 1, samples } as never)),
  ];
  for (const call of calls) assertMatch(assertThrows(call, Error).message, FORM);
});

Deno.test("what was given is described as elsewhere, without an article that does not fit to it", () => {
  const { add, batches, conv2d, customOp, einsum, lambda, reduceTensor, sgd } = nanograd, optimizer = sgd();
  const calls: readonly ((junk: never) => unknown)[] = [
    (junk) => conv2d(junk, image(), null),
    (junk) => add(t(), junk),
    (junk) => optimizer.step(optimizer.init({ a: t() }), { a: junk }),
    (junk) => batches({ x: junk }, { size: 1 }),
    (junk) => einsum(junk, t()),
    (junk) => lambda(junk),
    (junk) => nanograd.denseLayer(1, 1, { activation: junk }),
    (junk) => reduceTensor(t(), () => junk),
    (junk) => nanograd.encodeSafetensors({ a: junk }),
    (junk) => nanograd.backward(customOp({ name: "mine", forward: (x) => x, vjp: () => [junk] })(t())),
  ];
  for (const call of calls) {
    for (const [junk, words] of [[new Date(), "an instance of Date"], [true, "true"], [1n, "1"]]) {
      const { message } = assertThrows(() => call(junk as never), Error);
      assert(
        message.includes(String(words)) && !/\ban? (object|undefined|boolean|bigint|null)\b/.test(message),
        message,
      );
    }
  }
});
