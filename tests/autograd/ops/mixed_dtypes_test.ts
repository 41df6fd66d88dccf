import { assertThrows } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import { DTypeError, type Tensor, zeros } from "../../../autograd/mod.ts";

// Functions see the union of both dtypes here, as they do where a program's types do not say more.
const narrow: Tensor = zeros([2, 3]), wide: Tensor = zeros([2, 3], { dtype: "float64" });
const row: Tensor = zeros([3], { dtype: "float64" }), square: Tensor = zeros([2, 2], { dtype: "float64" });

const MIXED: Readonly<Record<string, () => unknown>> = {
  einsum: () => ng.einsum("ij,ij->", narrow, wide),
  mseLoss: () => ng.mseLoss(narrow, wide),
  l1Loss: () => ng.l1Loss(narrow, wide),
  huberLoss: () => ng.huberLoss(narrow, wide),
  smoothL1Loss: () => ng.smoothL1Loss(narrow, wide),
  crossEntropyLoss: () => ng.crossEntropyLoss(narrow, wide),
  binaryCrossEntropy: () => ng.binaryCrossEntropy(narrow, wide),
  binaryCrossEntropyWithLogits: () => ng.binaryCrossEntropyWithLogits(narrow, wide),
  klDivergence: () => ng.klDivergence(narrow, wide),
  nllLoss: () => ng.nllLoss(narrow, [0, 1], { weights: row }),
  rmsNorm: () => ng.rmsNorm(narrow, row),
  layerNorm: () => ng.layerNorm(narrow, row, null),
  groupNorm: () => ng.groupNorm(narrow, 1, null, row),
  instanceNorm: () => ng.instanceNorm(zeros([1, 3, 2]) as Tensor, row, null),
  batchNorm: () => ng.batchNorm(narrow, null, null, { statistics: { mean: row, variance: row } }),
  scaledDotProductAttention: () => ng.scaledDotProductAttention(narrow, narrow, narrow, { mask: square }),
  cosineSimilarity: () => ng.cosineSimilarity(narrow, wide),
};

for (const [name, call] of Object.entries(MIXED)) {
  Deno.test(`${name}() refuses mixed dtypes in its own name`, () => {
    assertThrows(call, DTypeError, `Cannot apply ${name} to float32 and `);
  });
}
