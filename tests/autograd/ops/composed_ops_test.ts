import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import type { View } from "../../../blas/view.ts";
import { elementsOf, layOut, LAYOUTS } from "../../blas/layouts.ts";
import { checkSecondDerivative } from "../../torch/second_derivative.ts";

/** A composed operation on operands of these shapes, drawn between `low` and `high`. */
type Case = {
  readonly name: string;
  readonly call: (...inputs: Tensor[]) => Tensor;
  readonly shapes: readonly (readonly number[])[];
  readonly result: readonly number[];
  readonly low?: number;
  readonly high?: number;
};

const CASES: readonly Case[] = [
  { name: "product of all", call: (x) => ng.product(x), shapes: [[2, 3]], result: [] },
  { name: "product over one axis", call: (x) => ng.product(x, { axes: -1 }), shapes: [[2, 5]], result: [2] },
  {
    name: "product over two",
    call: (x) => ng.product(x, { axes: [0, 2], keepDims: true }),
    shapes: [[2, 3, 2]],
    result: [1, 3, 1],
  },
  { name: "product of nothing", call: (x) => ng.product(x, { axes: 1 }), shapes: [[2, 0]], result: [2] },
  { name: "product of a number", call: (x) => ng.product(x), shapes: [[]], result: [] },
  { name: "variance", call: (x) => ng.variance(x, { axes: [0, -1] }), shapes: [[2, 3, 2]], result: [3] },
  {
    name: "variance, corrected",
    call: (x) => ng.variance(x, { axes: 0, keepDims: true, correction: 1 }),
    shapes: [[3, 2]],
    result: [1, 2],
  },
  { name: "variance without rows", call: (x) => ng.variance(x, { axes: 1 }), shapes: [[0, 3]], result: [0] },
  { name: "standardDeviation", call: (x) => ng.standardDeviation(x), shapes: [[2, 3]], result: [] },
  { name: "pad, constant", call: (x) => ng.pad(x, [[1, 0], [0, 2]], { value: 3 }), shapes: [[2, 3]], result: [3, 5] },
  {
    name: "pad, reflect",
    call: (x) => ng.pad(x, [[1, 1], [2, 0]], { mode: "reflect" }),
    shapes: [[2, 3]],
    result: [4, 5],
  },
  {
    name: "pad, replicate",
    call: (x) => ng.pad(x, [[2, 0], [1, 4]], { mode: "replicate" }),
    shapes: [[2, 3]],
    result: [4, 8],
  },
  {
    name: "pad, circular",
    call: (x) => ng.pad(x, [[2, 2], [0, 3]], { mode: "circular" }),
    shapes: [[2, 3]],
    result: [6, 6],
  },
  { name: "pad of nothing", call: (x) => ng.pad(x, [[1, 1]]), shapes: [[0]], result: [2] },
  { name: "tile", call: (x) => ng.tile(x, [2, 1, 3]), shapes: [[3, 2]], result: [2, 3, 6] },
  { name: "tile, no time", call: (x) => ng.tile(x, 0), shapes: [[3]], result: [0] },
  { name: "take", call: (x) => ng.take(x, [[2, 0, -1]], 1), shapes: [[2, 3, 2]], result: [2, 1, 3, 2] },
  { name: "take of no index", call: (x) => ng.take(x, []), shapes: [[2, 3]], result: [0, 3] },
  {
    name: "takeAlong",
    call: (x) => ng.takeAlong(x, [[2, 0, 0, -1], [1, 1, 1, 0]], 1),
    shapes: [[2, 3]],
    result: [2, 4],
  },
  { name: "takeAlong, broadcast", call: (x) => ng.takeAlong(x, [[1, 0]], 1), shapes: [[3, 2]], result: [3, 2] },
  { name: "cumsum", call: (x) => ng.cumsum(x, -1), shapes: [[2, 3]], result: [2, 3] },
  {
    name: "einsum, a product of three",
    call: (...xs) => ng.einsum("ij,jk,kl->il", ...xs),
    shapes: [[2, 3], [3, 2], [2, 2]],
    result: [2, 2],
  },
  {
    name: "einsum, batches and diagonals",
    call: (a, b) => ng.einsum("biij,bj->ib", a!, b!),
    shapes: [[2, 3, 3, 2], [2, 2]],
    result: [3, 2],
  },
  {
    name: "einsum, ellipses",
    call: (a, b) => ng.einsum("...ij,jk...->...ki", a!, b!),
    shapes: [[2, 3, 2], [2, 4, 1]],
    result: [2, 4, 3],
  },
  {
    name: "einsum, a product element by element",
    call: (a, b) => ng.einsum("ij,ij->ij", a!, b!),
    shapes: [[2, 3], [2, 3]],
    result: [2, 3],
  },
  {
    name: "einsum of nothing",
    call: (a, b) => ng.einsum("ij,jk->ik", a!, b!),
    shapes: [[2, 0], [0, 3]],
    result: [2, 3],
  },
  { name: "l1Loss", call: (x, y) => ng.l1Loss(x!, ng.add(y!, 9)), shapes: [[2, 3], [2, 3]], result: [] },
  {
    name: "huberLoss",
    call: (x, y) => ng.huberLoss(x!, y!, { reduction: "none" }),
    shapes: [[2, 3], [2, 3]],
    result: [2, 3],
  },
  {
    name: "smoothL1Loss",
    call: (x, y) => ng.smoothL1Loss(x!, y!, { beta: 0.7, reduction: "sum" }),
    shapes: [[2, 3], [2, 3]],
    result: [],
  },
  {
    name: "binaryCrossEntropy",
    call: (x, y) => ng.binaryCrossEntropy(x!, y!),
    shapes: [[2, 3], [2, 3]],
    result: [],
    low: 0.1,
    high: 0.9,
  },
  {
    name: "binaryCrossEntropyWithLogits",
    call: (x, y) => ng.binaryCrossEntropyWithLogits(x!, y!),
    shapes: [[2, 3], [2, 3]],
    result: [],
  },
  { name: "nllLoss", call: (x) => ng.nllLoss(x, [[0, 2], [1, 1]], { axis: 1 }), shapes: [[2, 3, 2]], result: [] },
  {
    name: "nllLoss, weighted",
    call: (x, weights) => ng.nllLoss(x!, [0, 2, -1, 1], { weights, ignoreIndex: -1 }),
    shapes: [[4, 3], [3]],
    result: [],
    low: 0.5,
    high: 2,
  },
  {
    name: "klDivergence",
    call: (x, p) => ng.klDivergence(x!, p!, { axis: 0, reduction: "none" }),
    shapes: [[2, 3], [2, 3]],
    result: [3],
    low: 0.1,
    high: 0.9,
  },
  { name: "rmsNorm", call: (x, w) => ng.rmsNorm(x!, w!), shapes: [[2, 3], [3]], result: [2, 3] },
  {
    name: "layerNorm",
    call: (x, w, b) => ng.layerNorm(x!, w!, b!),
    shapes: [[2, 2, 3], [2, 3], [2, 3]],
    result: [2, 2, 3],
  },
  {
    name: "layerNorm of no examples",
    call: (x, w) => ng.layerNorm(x!, w!, null),
    shapes: [[0, 3], [3]],
    result: [0, 3],
  },
  {
    name: "groupNorm",
    call: (x, w, b) => ng.groupNorm(x!, 2, w!, b!),
    shapes: [[2, 4, 3], [4], [4]],
    result: [2, 4, 3],
  },
  {
    name: "instanceNorm",
    call: (x, w, b) => ng.instanceNorm(x!, w!, b!),
    shapes: [[2, 2, 3], [2], [2]],
    result: [2, 2, 3],
  },
  { name: "batchNorm", call: (x, g, b) => ng.batchNorm(x!, g!, b!), shapes: [[3, 2, 2], [2], [2]], result: [3, 2, 2] },
  {
    name: "batchNorm by given statistics",
    call: (x, mean, variance) => ng.batchNorm(x!, null, null, { statistics: { mean: mean!, variance: variance! } }),
    shapes: [[3, 2], [2], [2]],
    result: [3, 2],
    low: 0.5,
    high: 2,
  },
  {
    name: "attention",
    call: (q, k, v) => ng.scaledDotProductAttention(q!, k!, v!),
    shapes: [[2, 3, 2], [2, 4, 2], [4, 3]],
    result: [2, 3, 3],
  },
  {
    name: "attention, causal",
    call: (q, k, v) => ng.scaledDotProductAttention(q!, k!, v!, { causal: true }),
    shapes: [[3, 2], [3, 2], [3, 1]],
    result: [3, 1],
  },
  { name: "l2Normalize", call: (x) => ng.l2Normalize(x, { axis: 0 }), shapes: [[3, 2]], result: [3, 2] },
  { name: "cosineSimilarity", call: (a, b) => ng.cosineSimilarity(a!, b!), shapes: [[2, 3], [3]], result: [2] },
  { name: "reduceTensor", call: (x) => ng.reduceTensor(x, (a, b) => a + b), shapes: [[2, 3]], result: [] },
];

const operands = ({ shapes, low = -2, high = 2 }: Case, dtype: ng.DType): Tensor[] =>
  shapes.map((shape, k) => ng.randomUniform(ng.key(k), shape, { dtype, min: low, max: high }));

function assertClose(actual: Tensor, expected: Tensor, tolerance: number): void {
  assertEquals(actual.shape, expected.shape);
  const wanted = ng.toList(expected);
  ng.toList(actual).forEach((x, i) => {
    if (!Object.is(x, wanted[i])) assertAlmostEquals(x, wanted[i]!, tolerance * Math.max(1, Math.abs(wanted[i]!)));
  });
}

for (const recorded of CASES) {
  const { name, call, result } = recorded;
  Deno.test(`${name}: the result has the shape said and the operands' dtype`, () => {
    for (const dtype of ["float32", "float64"] as const) {
      const output = call(...operands(recorded, dtype));
      assertEquals([output.shape, output.dtype, output.tag], [result, dtype, "constant"]);
    }
  });

  Deno.test(`${name}: first and second derivatives agree with central differences`, () => {
    const inputs = operands(recorded, "float64");
    ng.checkGradient(call, ...inputs);
    checkSecondDerivative(call, inputs);
  });

  Deno.test(`${name}: float32 agrees with float64, rounded`, () => {
    const narrow = operands(recorded, "float32");
    const wide = narrow.map((t) => ng.constant(ng.tensorData(t), { dtype: "float64", shape: t.shape }));
    assertClose(call(...narrow), call(...wide), 1e-5);
  });

  Deno.test(`${name}: strides do not change the result`, () => {
    for (const layout of Object.values(LAYOUTS)) {
      const viewed = operands(recorded, "float64").map((t) =>
        constantOf(layOut(t.dtype, t.shape, elementsOf(t.view), layout(t.shape)) as View)
      );
      const copied = viewed.map((t) => ng.constant(elementsOf(t.view), { dtype: t.dtype, shape: t.shape }));
      const before = viewed.map(({ view }) => view.data.slice());
      assertClose(call(...viewed), call(...copied), 1e-13);
      assertEquals(viewed.map(({ view }) => view.data), before, "the operands are left as they were");
    }
  });
}

Deno.test("the cases have names of their own", () => {
  assertEquals(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  assert(CASES.every(({ call, shapes }) => call.length === shapes.length || call.length === 0));
});
