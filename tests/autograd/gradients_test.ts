import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ShapeError } from "../../blas/errors.ts";
import { backward, gradientOf, type Gradients } from "../../autograd/backward.ts";
import { tensor64 } from "../../autograd/values/constructors.ts";
import { addGradients, gradientsSemigroup } from "../../autograd/gradients.ts";
import { add, mul, sum } from "../../autograd/ops/mod.ts";
import type { ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { toList } from "../../autograd/values/read.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { entries } from "../../autograd/tree/tree.ts";

/** Trees of one structure; small whole numbers, of which sums are exact. */
const params: fc.Arbitrary<ParameterTree> = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 })
  .map(
    ([a, b, c]) => ({ weight: tensor64([a!, b!]), inner: [tensor64(c!)] }),
  );

const leavesA = tensor64([1, 2]), leafB = tensor64(3), leafC = tensor64(4);
const maps: fc.Arbitrary<Gradients> = fc.record({
  a: fc.option(fc.integer({ min: -9, max: 9 })),
  b: fc.option(fc.integer({ min: -9, max: 9 })),
  c: fc.option(fc.integer({ min: -9, max: 9 })),
}).map(({ a, b, c }) =>
  new Map<Tensor, Tensor>([
    ...a === null ? [] : [[leavesA, tensor64([a, -a])] as const],
    ...b === null ? [] : [[leafB, tensor64(b)] as const],
    ...c === null ? [] : [[leafC, tensor64(c)] as const],
  ])
);

/** Returns a comparable form: paths or names of leaves, with their numbers. */
const read = (g: Gradients | ParameterTree): unknown =>
  g instanceof Map
    ? [leavesA, leafB, leafC].map((leaf) => g.has(leaf) ? toList(g.get(leaf)!) : null)
    : entries<Tensor>(g as ParameterTree).map(([path, t]) => [path, toList(t)]);

for (const [what, some] of [["trees", params], ["backward's gradients", maps]] as const) {
  const arbitrary = some as fc.Arbitrary<Gradients | ParameterTree>;
  Deno.test(`gradientsSemigroup is associative and commutative on ${what}, and does not change its operands`, () => {
    const { concat } = gradientsSemigroup;
    fc.assert(fc.property(arbitrary, arbitrary, arbitrary, (a, b, c) => {
      const before = [read(a), read(b), read(c)];
      assertEquals(read(concat(concat(a, b), c)), read(concat(a, concat(b, c))));
      assertEquals(read(concat(a, b)), read(concat(b, a)));
      assertEquals([read(a), read(b), read(c)], before);
    }));
  });
}

Deno.test("addGradients() accumulates what backward() returned over several batches", () => {
  const w = tensor64([1, 2]), b = tensor64([5, 5]), batches = [tensor64([1, 0]), tensor64([2, 3])];
  const [first, second] = batches.map((x, k) => backward(sum(k === 0 ? mul(w, x) : add(mul(w, x), b))));
  const total = addGradients(first!, second!), whole = backward(sum(add(mul(w, add(batches[0]!, batches[1]!)), b)));
  assertEquals(toList(total.get(w)!), toList(whole.get(w)!));
  assertEquals(toList(total.get(b)!), [1, 1], "a tensor missing in one counts as 0 there");
  const found = gradientOf(total, w);
  assert(found._tag === "Some");
});

Deno.test("addGradients() names the path at which trees differ", () => {
  const a = { weight: tensor64(1) } as ParameterTree, b = { bias: tensor64(1) } as ParameterTree;
  assertThrows(() => addGradients(a, b), TypeError, 'Cannot map trees at "weight": found nothing');
});

Deno.test("gradients of other shapes are refused instead of broadcast, in trees and in what backward() returned", () => {
  const wide = { layer: { weight: tensor64([[1, 2], [3, 4]]) } }, narrow = { layer: { weight: tensor64([[1, 2]]) } };
  const message =
    'Cannot apply addGradients at "layer.weight" to a [2, 2] and b [1, 2]: gradients of one parameter must';
  assertThrows(() => addGradients(wide, narrow), ShapeError, message);
  assertThrows(() => gradientsSemigroup.concat(narrow, wide), ShapeError, "must have its shape");
  assertThrows(() => addGradients(tensor64([1]), tensor64(1)), ShapeError, "must have its shape");
  const leaf = tensor64([1, 2]), maps = [tensor64([1, 2]), tensor64(1)].map((g) => new Map([[leaf, g]]));
  assertThrows(() => addGradients(maps[0]!, maps[1]!), ShapeError, "must have its shape");
});
