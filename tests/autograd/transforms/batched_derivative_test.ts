import { assertEquals } from "@std/assert";
import {
  backward,
  gradient,
  mul,
  neg,
  square,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
} from "../../../autograd/mod.ts";
import type { BatchOperand } from "../../../autograd/batch.ts";
import type { MultiPrimitive } from "../../../autograd/multi_primitive.ts";
import { differentiatedByExample } from "../../../autograd/transforms/batched_derivative.ts";
import { mapBatches } from "../../../autograd/transforms/batching.ts";
import * as either from "../../../blas/either.ts";

/** Two results, whose derivatives are not those of how they are computed below. */
const primitive: MultiPrimitive<unknown> = {
  name: "two",
  samples: () => [],
  shapes: ([x]) => either.right([x!, x!]),
  evaluate: ([x]) => [x!, x!],
  vjps: ([a, b], { inputs: [x, w] }) => [a ? mul(a, w!) : null, b ? sum(mul(b, square(x!))) : null],
};

const operand = (tensor: Tensor, isBatched: boolean): BatchOperand => ({
  shape: isBatched ? tensor.shape.slice(1) : tensor.shape,
  isBatched,
  tensor,
  aligned: () => tensor,
  ranked: () => tensor,
  whole: () => tensor,
});

Deno.test("results of a batch have the derivative of single examples, summed for an operand that they share", () => {
  const f = (x: Tensor, w: Tensor): readonly Tensor[] =>
    differentiatedByExample(
      primitive,
      {},
      [operand(x, true), operand(w, false)],
      [neg(x), neg(x)],
      (given, run) => mapBatches(2, given, run),
    );
  const x = tensor64([[1, 2], [3, 4]]), w = tensor64(5), [a, b] = f(x, w);
  assertEquals(toArray(a!), [[-1, -2], [-3, -4]]);
  const ofA = backward(sum(a!)), ofB = backward(sum(b!));
  assertEquals([toArray(ofA.get(x)!), ofA.get(w) && toList(ofA.get(w)!)], [[[5, 5], [5, 5]], [0]]);
  assertEquals([toArray(ofB.get(x)!), toList(ofB.get(w)!)], [[[0, 0], [0, 0]], [30]]);
  // Again, by way of the rule's own operations.
  const slope = (x: Tensor) => sum(gradient((w: Tensor) => sum(f(x, w)[1]!))(w));
  assertEquals(toArray(gradient(slope)(x)), [[2, 4], [6, 8]]);
});

Deno.test("without anything to differentiate, the results are returned as they are", () => {
  const x = tensor64([[1, 2]], undefined, { requiresGrad: false }), results = [x, x];
  const given = [operand(x, true)];
  assertEquals(differentiatedByExample(primitive, {}, given, results, () => []) === results, true);
});
