/** No operation makes a tensor of more than 64 axes or of more than 2^31 - 1 elements: both were once silently wrong. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ShapeError } from "../../blas/errors.ts";
import {
  add,
  arange,
  broadcastTo,
  categoricalLogProb,
  compile,
  concat,
  constant,
  conv1d,
  conv3d,
  convTranspose2d,
  cosineSimilarity,
  diag,
  einsum,
  exp,
  expandDims,
  eye,
  full,
  gatherND,
  gridSample,
  hessian,
  histogram,
  jacobian,
  key,
  matmul,
  meshgrid,
  mul,
  nllLoss,
  normalLogProb,
  normalSample,
  type Numeric,
  oneHot,
  ones,
  outer,
  pad,
  randomTruncatedNormal,
  randomUniform,
  rearrange,
  reduce,
  repeat,
  reshape,
  resize,
  scaledDotProductAttention,
  scanAlong,
  sliceAxes,
  softmaxCrossEntropy,
  solve,
  solveTriangular,
  stack,
  sum,
  take,
  takeAlong,
  type Tensor,
  tensor64,
  tile,
  toList,
  unfold,
  upsampleNearest2d,
  vmap,
  where,
  zeros,
} from "../../autograd/mod.ts";

/** One number seen everywhere: no memory, however long. */
const long = (...shape: readonly number[]) => ones(shape);

const half = 2 ** 30, side = 2 ** 16;

const tooLarge: Readonly<Record<string, () => unknown>> = {
  zeros: () => zeros([2 ** 31]),
  full: () => full([side, side], 1),
  eye: () => eye(side),
  arange: () => arange(2 ** 31),
  randomUniform: () => randomUniform(key(0), [side, side]),
  oneHot: () => oneHot([0, 1, 2], half),
  "tensor64 of a claimed shape": () => tensor64(1, [2 ** 31]),
  broadcastTo: () => broadcastTo(long(1), [2 ** 31]),
  "add of a row and a column": () => add(long(side, 1), long(side)),
  where: () => where(long(side, 1), long(side), 0),
  outer: () => outer(long(side), long(side)),
  matmul: () => matmul(long(side, 1), long(1, side)),
  "matmul of batches": () => matmul(long(half, 2, 1), long(1, 2)),
  einsum: () => einsum("i,j->ij", long(side), long(side)),
  concat: () => concat([long(half), long(half)]),
  stack: () => stack([long(half), long(half)]),
  pad: () => pad(long(half), [[half, 0]]),
  tile: () => tile(long(half), 2),
  "tile by one number": () => tile(long(1), [2 ** 31]),
  take: () => take(long(2, half), [0, 1]),
  upsampleNearest2d: () => upsampleNearest2d(long(1, side, 1), [1, side]),
  resize: () => resize(long(1, 9, 9), [side, side]),
  unfold: () => unfold(long(1, 1000, 1000), { size: 50 }),
  "unfold with windows of a million elements": () => unfold(long(1, 1000, 1000), { size: 1000, padding: 999 }),
  "jacobian before its first row": () => jacobian((x: Tensor) => exp(x))(long(50_000)),
  "hessian before its first row": () => hessian((x: Tensor) => sum(exp(x)))(long(50_000)),
  "jacobians of many examples": () => vmap(jacobian((x: Tensor) => exp(x)))(long(2000, 2000)),
  "vmap of functions that make too much together": () => vmap((x: Tensor) => exp(mul(x, long(side))))(long(side)),
  "scanAlong after its first step": () => scanAlong((carry) => [carry, long(side)], long(1), null, { length: side }),
};

/** Compositions that once refused by the name of a part, some after long work. */
const named: Readonly<Record<string, () => unknown>> = {
  diag: () => diag(long(side)),
  convTranspose2d: () => convTranspose2d(long(1, 2 ** 15, 2), long(1, 1, 1, 1), null, { stride: 2 ** 15 }),
  scaledDotProductAttention: () =>
    scaledDotProductAttention(long(side, 2), long(side, 2), long(side, 2), { causal: true }),
  "histogram by bins": () => histogram(long(3), { bins: 2 ** 31 }),
  "einsum as a product of elements": () => einsum("i,j->ij", long(side), long(side)),
  "einsum as a product of matrices": () => einsum("ia,aj->ij", long(side, 2), long(2, side)),
  "einsum by its second product": () => einsum("i,j,k->ijk", long(2 ** 13), long(2 ** 13), long(2 ** 13)),
  repeat: () => repeat(long(side), "a -> a c", { c: side }),
  "repeat within an axis": () => repeat(long(side), "a -> (a c)", { c: side }),
  meshgrid: () => meshgrid([long(side), long(side)]),
  cosineSimilarity: () => cosineSimilarity(long(side, 1, 2), long(side, 2)),
  gridSample: () => gridSample(long(1, side, 1, 1), long(1, side, 1, 2)),
  upsampleNearest2d: () => upsampleNearest2d(long(1, side, 1), [1, side]),
  gatherND: () => gatherND(long(2, side), zeros([side, 1])),
  conv1d: () => conv1d(long(1, 1, side), long(side, 1, 1), null),
  conv3d: () => conv3d(long(1, 1, 1, 1, side), long(side, 1, 1, 1, 1), null),
  solve: () => solve(long(side, 1, 1, 1), long(1, side, 1, 1)),
  solveTriangular: () => solveTriangular(long(side, 1, 1, 1), long(1, side, 1, 1)),
  normalLogProb: () => normalLogProb(long(side, 1), long(1, side), 1),
  normalSample: () => normalSample(key(0), long(side, 1), long(1, side)),
  randomTruncatedNormal: () => randomTruncatedNormal(key(0), -1, 1, [side, side]),
};

Deno.test("rearrange, reduce and repeat refuse more than 64 axes by their own names", () => {
  const far = `a -> a ${"1 ".repeat(64)}`, wanted = "to shape of 65 axes";
  assertThrows(() => rearrange(long(2), far), ShapeError, `Cannot apply rearrange ${wanted}`);
  assertThrows(() => reduce(long(2), far, "sum"), ShapeError, `Cannot apply reduce ${wanted}`);
  assertThrows(() => repeat(long(2), far), ShapeError, `Cannot apply repeat ${wanted}`);
});

Deno.test("einsum multiplies axes of an ellipsis that are 1 in one tensor, or have no elements, without refusing them", () => {
  const a = ones([1, 3, 2]), b = ones([4, 2, 5]);
  assertEquals(einsum("...ij,...jk->...ik", a, b).shape, [4, 3, 5]);
  assertEquals(einsum("...i,...i,...i->...", ones([1, 2]), ones([1, 2]), ones([0, 2])).shape, [0]);
});

for (const [name, make] of Object.entries(named)) {
  Deno.test(`${name} refuses results that are too large by its own name`, () => {
    assertThrows(make, ShapeError, `Cannot apply ${name.split(" ")[0]} to shape`);
  });
}

Deno.test("losses and counts refuse more classes than float32 can count by their own names", () => {
  const classes = 2 ** 24 + 1;
  assertThrows(() => softmaxCrossEntropy(long(1, classes), [0]), RangeError, "apply softmaxCrossEntropy to an axis");
  assertThrows(() => nllLoss(long(1, classes), [0]), RangeError, "Cannot apply nllLoss to an axis of");
  assertThrows(() => histogram(long(3), { bins: classes }), RangeError, "Cannot apply histogram to an axis of");
  assertThrows(() => categoricalLogProb(constant(3), long(classes)), RangeError, "apply categoricalLogProb to an axis");
});

for (const [name, make] of Object.entries(tooLarge)) {
  Deno.test(`more than 2^31 - 1 elements are refused: ${name}`, () => {
    const error = assertThrows(make);
    assert(error instanceof ShapeError || error instanceof RangeError);
    assert(/2\^31 - 1/.test(error.message), error.message);
  });
}

const deepest = zeros(new Array(64).fill(1)), ranks = new Array(65).fill(1);

const tooDeep: Readonly<Record<string, () => unknown>> = {
  zeros: () => zeros(ranks),
  "zeros of 10,000 axes": () => zeros(new Array(10_000).fill(1)),
  reshape: () => reshape(zeros([1]), ranks),
  expandDims: () => expandDims(deepest, 0),
  stack: () => stack([deepest, deepest]),
  broadcastTo: () => broadcastTo(deepest, ranks),
  tile: () => tile(deepest, ranks),
  take: () => take(deepest, [[0]], 3),
  oneHot: () => oneHot(deepest, 1),
  "an array nested 65 deep": () => constant(JSON.parse("[".repeat(65) + "1" + "]".repeat(65))),
  "an array that is its own element": () => {
    const endless: Numeric[] = [];
    endless.push(endless);
    return constant(endless);
  },
};

for (const [name, make] of Object.entries(tooDeep)) {
  Deno.test(`more than 64 axes are refused: ${name}`, () => {
    assertThrows(make, ShapeError, "an array can have at most 64 axes");
  });
}

Deno.test("64 axes work: values, sums, derivatives, slices", () => {
  const t = reshape(tensor64([1, 2, 3, 4]), [2, ...new Array(62).fill(1), 2]);
  assertEquals(toList(add(t, t)), [2, 4, 6, 8]);
  assertEquals(toList(sum(t, { axes: 0 })), [4, 6]);
  assertEquals(toList(sliceAxes(t, [[1, 2]])), [3, 4]);
  assertEquals(toList(tile(t, [2])), [1, 2, 1, 2, 3, 4, 3, 4]);
  assertEquals(toList(takeAlong(t, reshape(constant([1, 0]), [1, ...new Array(62).fill(1), 2]), 0)), [3, 2]);
});

Deno.test("compiled functions refuse results that are too large when they are traced", () => {
  const product = compile((a: ReturnType<typeof long>, b: ReturnType<typeof long>) => outer(a, b));
  assertThrows(() => product(long(side), long(side)), ShapeError, "more than an array can have (2^31 - 1)");
});
