/**
 * Calls without types: every public function on arguments of the wrong type, one at a time.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as nanograd from "../../autograd/mod.ts";
import { checkFunction, checkList, checkTensor } from "../../autograd/arguments.ts";

const { ones, sum, tensor64, zeros } = nanograd;
const t = tensor64([[0.1, 0.2], [0.3, 0.4]]), v = tensor64([1, 2]), key = nanograd.key(0);
const image = ones([1, 1, 4, 4], { dtype: "float64" }), kernel = ones([1, 1, 2, 2], { dtype: "float64" });
const loss = (x: nanograd.Tensor) => sum(x), same = (x: nanograd.Tensor) => x;

/** A parameter that every distribution takes. */
const half = tensor64(0.5);

/** Arguments with which each function works. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
  ...Object.fromEntries(
    ("neg square sqrt rsqrt reciprocal exp expm1 log log1p sin cos erf abs sign relu relu6 sigmoid sigmoidStable tanh " +
      "floor ceil round trunc tan asin acos atan sinh cosh asinh acosh atanh log2 log10 exp2 isNaN isFinite logicalNot erfc " +
      "erfInv logGamma digamma logSigmoid silu mish selu hardSigmoid hardSwish softsign flatten squeeze batchStatistics stopGradient toArray toList " +
      "tensorData formatTensor zerosLike isTensor isTensor32 isTensor64 isKey").split(" ").map((name) => [name, [t]]),
  ),
  ...Object.fromEntries(
    ("add sub mul div pow greater less equal maximum minimum matmul mod remainder atan2 hypot logAddExp lessEqual " +
      "greaterEqual notEqual logicalAnd logicalOr logicalXor").split(" ").map((name) => [name, [t, t]]),
  ),
  ...Object.fromEntries(
    ("sum mean product max min argmax argmin variance standardDeviation logSumExp softmax logSoftmax leakyRelu softplus " +
      "gelu elu glu l2Normalize nanToNum sort argsort any all median histogram").split(" ").map((
        name,
      ) => [name, [t, {}]]),
  ),
  ...Object.fromEntries(
    ("safeDiv cosineSimilarity mseLoss l1Loss huberLoss smoothL1Loss crossEntropyLoss binaryCrossEntropy " +
      "binaryCrossEntropyWithLogits klDivergence").split(" ").map((name) => [name, [t, t, {}]]),
  ),
  ...Object.fromEntries("zeros ones".split(" ").map((name) => [name, [[2], {}]])),
  ...Object.fromEntries("randomUniform randomNormal".split(" ").map((name) => [name, [key, [2], {}]])),
  ...Object.fromEntries("tensor32 tensor64".split(" ").map((name) => [name, [[1], [1], {}]])),
  ...Object.fromEntries("conv2d convTranspose2d".split(" ").map((name) => [name, [image, kernel, null, {}]])),
  ...Object.fromEntries("maxPool2d avgPool2d".split(" ").map((name) => [name, [image, { size: 2 }]])),
  ...Object.fromEntries("globalMaxPool2d globalAvgPool2d".split(" ").map((name) => [name, [image]])),
  ...Object.fromEntries("softmaxCrossEntropy nllLoss".split(" ").map((name) => [name, [t, [0, 1], {}]])),
  ...Object.fromEntries("concat stack".split(" ").map((name) => [name, [[t, t], 0]])),
  ...Object.fromEntries("gradient hessian".split(" ").map((name) => [name, [loss]])),
  ...Object.fromEntries("jacobian compile".split(" ").map((name) => [name, [same]])),
  ...Object.fromEntries("inverse determinant logDeterminant qr eigh svd".split(" ").map((name) => [name, [t]])),
  ...Object.fromEntries("solve leastSquares".split(" ").map((name) => [name, [t, v]])),
  cholesky: [tensor64([[2, 1], [1, 2]])],
  solveTriangular: [t, v, {}],
  matrixPower: [t, 2],
  ...Object.fromEntries("fft ifft irfft".split(" ").map((name) => [name, [{ real: t, imaginary: t }, {}]])),
  rfft: [t, {}],
  resize: [t, [3, 3], {}],
  gridSample: [image, zeros([1, 2, 2, 2], { dtype: "float64" }), {}],
  norm: [t, {}],
  scale: [t, 2],
  clamp: [t, 0, 1],
  lerp: [t, t, t],
  where: [t, t, t],
  prelu: [t, v],
  roll: [t, 1, 0],
  tril: [t, 0],
  triu: [t, 0],
  diagonal: [t, {}],
  trace: [t, {}],
  diag: [v, 0],
  meshgrid: [[v, v], {}],
  linspace: [0, 1, 3, {}],
  rearrange: [t, "a b -> b a", {}],
  reduce: [t, "a b -> a", "sum", {}],
  repeat: [t, "a b -> a b c", { c: 2 }],
  scatter: [t, [[0, 1], [1, 0]], t, {}],
  scatterND: [t, [[0], [1]], t, {}],
  gatherND: [t, [[0], [1]]],
  depthToSpace: [ones([1, 4, 2, 2]), 2, {}],
  spaceToDepth: [image, 2, {}],
  unfold: [image, { size: 2 }],
  fold: [ones([4, 1]), [2, 2], { size: 2 }],
  cumsum: [t, 0],
  cumprod: [t, 0],
  cummax: [t, 0],
  cummin: [t, 0],
  logCumSumExp: [t, 0],
  topK: [t, 1, {}],
  quantile: [t, 0.5, {}],
  searchSorted: [v, [1], {}],
  unique: [t],
  transpose: [t, [1, 0]],
  reshape: [t, [4]],
  expandDims: [t, 0],
  slice: [t, 0, 1],
  sliceAxes: [t, [[0, 1]]],
  flip: [t, 0],
  take: [t, [0], 0],
  takeAlong: [t, [[0, 0], [0, 0]], 0],
  pad: [t, [[1, 1], [1, 1]], {}],
  tile: [t, [2, 2]],
  broadcastTo: [t, [2, 2, 2]],
  cast: [t, "float32"],
  split: [t, [1, 1], 0],
  einsum: ["ij->ji", t],
  dot: [v, v],
  outer: [v, v],
  conv1d: [ones([1, 1, 4]), ones([1, 1, 2]), null, {}],
  ...Object.fromEntries("maxPool1d avgPool1d".split(" ").map((name) => [name, [ones([1, 1, 4]), { size: 2 }]])),
  ...Object.fromEntries("maxPool3d avgPool3d".split(" ").map((name) => [name, [ones([1, 2, 2, 2]), { size: 2 }]])),
  conv3d: [ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2]), null, {}],
  convTranspose3d: [ones([1, 1, 2, 2, 2]), ones([1, 1, 2, 2, 2]), null, {}],
  convTranspose1d: [ones([1, 1, 4]), ones([1, 1, 2]), null, {}],
  upsampleNearest2d: [image, 2],
  batchNorm: [t, null, null, {}],
  layerNorm: [t, null, null, {}],
  rmsNorm: [t, null, {}],
  groupNorm: [t, 1, null, null, {}],
  instanceNorm: [image, null, null, {}],
  scaledDotProductAttention: [t, t, t, {}],
  reduceTensor: [t, (a: number, b: number) => a + b, {}],
  constant: [[1], {}],
  full: [[2], 1, {}],
  arange: [0, 3, 1, {}],
  eye: [2, 2, {}],
  oneHot: [[0], 2, {}],
  key: [1],
  foldIn: [key, 1],
  randomInteger: [key, [2], { max: 3 }],
  permutation: [key, 3, {}],
  shuffle: [key, t, 0],
  randomBernoulli: [key, half, [2], {}],
  randomExponential: [key, [2], {}],
  randomLaplace: [key, [2], {}],
  randomTruncatedNormal: [key, -1, 1, [2], {}],
  randomGamma: [key, half, [2], {}],
  randomBeta: [key, half, half, [2], {}],
  randomDirichlet: [key, tensor64([1, 2]), [2]],
  randomPoisson: [key, half, [2], {}],
  randomCategorical: [key, tensor64([1, 2]), [2]],
  randomChoice: [key, 3, [2], {}],
  gumbelSoftmaxSample: [key, tensor64([1, 2]), {}],
  exponentialSample: [key, half, [2]],
  categoricalLogProb: [tensor64([1]), tensor64([[1, 2]])],
  categoricalEntropy: [tensor64([1, 2])],
  categoricalKlDivergence: [tensor64([1, 2]), tensor64([2, 1])],
  dirichletLogProb: [tensor64([0.25, 0.75]), tensor64([1, 2])],
  dirichletEntropy: [tensor64([1, 2])],
  dirichletKlDivergence: [tensor64([1, 2]), tensor64([2, 1])],
  ...Object.fromEntries(
    "normalSample logNormalSample uniformSample laplaceSample".split(" ").map((name) => [name, [key, half, half, [2]]]),
  ),
  ...Object.fromEntries(
    "normalEntropy exponentialEntropy laplaceEntropy cauchyEntropy bernoulliEntropy".split(" ")
      .map((name) => [name, [half]]),
  ),
  ...Object.fromEntries(
    ("exponentialLogProb exponentialKlDivergence poissonLogProb poissonKlDivergence bernoulliLogProb " +
      "bernoulliKlDivergence logNormalEntropy uniformEntropy gammaEntropy betaEntropy").split(" ")
      .map((name) => [name, [half, half]]),
  ),
  ...Object.fromEntries(
    "normalLogProb logNormalLogProb uniformLogProb laplaceLogProb cauchyLogProb gammaLogProb betaLogProb".split(" ")
      .map((name) => [name, [half, half, half]]),
  ),
  ...Object.fromEntries(
    "studentTLogProb normalKlDivergence laplaceKlDivergence gammaKlDivergence betaKlDivergence".split(" ")
      .map((name) => [name, [half, half, half, half]]),
  ),
  valueAndGradient: [loss, {}],
  vjp: [same, t],
  jvp: [same, [t], [t]],
  checkGradient: [same, t],
  backward: [t, t],
  gradientOf: [new Map(), t],
  addGradients: [{ a: t }, { a: t }],
  customOp: [{ name: "same", forward: same, vjp: (cotangent: nanograd.Tensor) => [cotangent] }],
  scan: [(carry: number) => [carry, carry], 0, [1]],
  scanAlong: [(carry: nanograd.Tensor, x: nanograd.Tensor) => [carry, x], t, t, {}],
  whileLoop: [() => zeros([]), same, t, {}],
  cond: [tensor64(1), same, same, t],
  checkpoint: [same],
  vmap: [same, {}],
  formatProfile: [[]],
  toNumber: [tensor64(1)],
};

/** Functions not tested here: they need a compiled function, print, or belong to the kernels, which check nothing. */
const ELSEWHERE = ["formatProgram", "printTensor", "profileOf", "sizeOf"];

const JUNK: readonly unknown[] = [
  null,
  undefined,
  5,
  -1,
  1.5,
  NaN,
  "x",
  true,
  {},
  [],
  [1, 2],
  ["a"],
  () => 1,
  class Junk {},
  Symbol("s"),
  10n,
  new Map(),
  new Date(0),
  [null],
  { axes: "x" },
  { shape: [2] },
  { redction: "sum" },
];

/** Our errors say what cannot be done, what is wrong and what to do; those of the runtime do not. */
const OURS = /^Cannot [^]+: [^]+; [^]+/;

const functions = nanograd as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
const names = Object.entries(functions).filter(([name, f]) => typeof f === "function" && /^[a-z]/.test(name))
  .map(([name]) => name);

Deno.test("the arguments of every public function are tried", () => {
  assertEquals(names.filter((name) => !(name in GOOD) && !ELSEWHERE.includes(name)), []);
  assertEquals(Object.keys(GOOD).filter((name) => !names.includes(name)), []);
});

for (const [name, good] of Object.entries(GOOD)) {
  Deno.test(`${name}() takes what it should, and says clearly what is wrong with anything else`, () => {
    functions[name]!(...good);
    good.forEach((_, position) =>
      JUNK.forEach((junk) => {
        try {
          functions[name]!(...good.with(position, junk));
        } catch (error) {
          assert(
            error instanceof Error && OURS.test(error.message),
            `argument ${position}, ${describe(junk)}: ${error}`,
          );
        }
      })
    );
  });
}

Deno.test("misspelt options are refused, and say which was meant", () => {
  const refuses = (name: string, position: number, options: object, message: string) =>
    assertThrows(() => functions[name]!(...GOOD[name]!.slice(0, position), options), TypeError, message);
  for (const [name, good] of Object.entries(GOOD)) {
    const position = good.length - 1, last = good[position];
    const isOptions = typeof last === "object" && last !== null && Object.getPrototypeOf(last) === Object.prototype &&
      !["addGradients", "customOp", "rearrange", "reduce", "repeat"].includes(name); // any names
    if (isOptions) refuses(name, position, { ...last, misspelt: 1 }, 'with the option "misspelt": the options are ');
  }
  refuses("sum", 1, { axis: 0 }, 'Cannot apply sum with the option "axis": the options are axes, keepDims; write axes');
  refuses("mean", 1, { keepdims: true }, 'Cannot apply mean with the option "keepdims"');
  refuses("mseLoss", 2, { redction: "sum" }, "write reduction");
  refuses("zeros", 1, { dtyp: "float64" }, "write dtype");
});

Deno.test("functions, tensors and lists are asked for by name", () => {
  assertThrows(
    () => checkFunction("apply vjp", "f", 3),
    TypeError,
    "Cannot apply vjp with 3 for f: it must be a function; pass the function itself",
  );
  assertThrows(
    () => checkTensor("apply toList", [1, 2]),
    TypeError,
    "Cannot apply toList to an array of 2: it must be a tensor; wrap numbers with tensor32, tensor64 or constant",
  );
  assertThrows(
    () => checkList("apply reshape", "shape", 5, "an array of axis lengths", "pass [5]"),
    TypeError,
    "Cannot apply reshape with 5 for shape: it must be an array of axis lengths; pass [5]",
  );
});

Deno.test("a leaf that is not a tensor is named with its path", () => {
  const params = { layers: [{ weight: null }] } as unknown as nanograd.ParameterTree;
  assertThrows(
    () => nanograd.gradient(loss as (p: nanograd.ParameterTree) => nanograd.Tensor)(params),
    TypeError,
    'Cannot differentiate with respect to null at "layers.0.weight": the first argument must be a tensor or a tree of',
  );
  assertThrows(() => nanograd.zerosLike(params), TypeError, 'Cannot apply zerosLike at "layers.0.weight" to null');
  assertThrows(
    () => functions["gradient"]!(null),
    TypeError,
    "Cannot differentiate with null for f: it must be a function",
  );
});
