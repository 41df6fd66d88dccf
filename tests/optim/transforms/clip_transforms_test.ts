import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor32, tensor64 } from "../../../autograd/values/constructors.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { square, sum } from "../../../autograd/ops/mod.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipByGlobalNorm, clipByValue } from "../../../optim/clip.ts";
import { clipNorm, clipValue } from "../../../optim/transforms/clip_transforms.ts";
import { descend } from "../../../optim/descend.ts";
import type { Transform } from "../../../optim/transforms/transform.ts";
import { contextOf, numbersOf } from "./transforms.ts";

const update = (transform: Transform, gradients: ParameterTree): readonly (readonly [string, number[]])[] =>
  numbersOf(transform.update(gradients, transform.init(gradients), contextOf(gradients))[0]);

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 6 });
const limits = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

Deno.test("clipNorm() and clipValue() agree with clipByGlobalNorm() and clipByValue(), in both dtypes", () => {
  fc.assert(fc.property(values, values, limits, (a, b, limit) => {
    const gradients: ParameterTree = { a: tensor64(a), b: [tensor32(b), tensor64(0.1)] };
    assertEquals(update(clipValue(limit), gradients), numbersOf(clipByValue(gradients, limit)));
    const expected = numbersOf(clipByGlobalNorm(gradients, limit)), found = update(clipNorm(limit), gradients);
    const tolerance = b.length > 0 ? 1e-6 : 1e-13; // squares of float32 are summed in float32
    found.forEach(([, numbers], k) =>
      numbers.forEach((x, i) => assertAlmostEquals(x, expected[k]![1][i]!, tolerance * limit + 1e-300))
    );
  }));
});

Deno.test("clipNorm() leaves gradients within the norm as they are, to the last bit", () => {
  const gradients: ParameterTree = { a: tensor64([0.1, 1 / 3]), b: tensor32([0.2]), empty: tensor64([], [0, 3]) };
  assertEquals(update(clipNorm(10), gradients), numbersOf(gradients));
  assertEquals(update(clipNorm(1), { a: tensor64([0, 0]) }), [["a", [0, 0]]]);
  assertEquals(update(clipNorm(1), []), []);
});

Deno.test("clipNorm() does not overflow on the way to the norm", () => {
  const [[, wide]] = update(clipNorm(5), { a: tensor64([3e200, 4e200]) }) as [[string, number[]]];
  wide.forEach((x, i) => assertAlmostEquals(x, [3, 4][i]!, 1e-14));
  const [[, narrow]] = update(clipNorm(5), { a: tensor32([3e30, 4e30]) }) as [[string, number[]]];
  assertAlmostEquals(narrow[1]!, 4, 1e-5);
  const mixed = update(clipNorm(1), { a: tensor32([1e-30]), b: tensor64([1e200]), c: tensor32([0]) });
  assertEquals(mixed.map(([, [x]]) => Math.fround(x!)), [0, 1, 0]);
});

Deno.test("clipNorm() of an infinite norm gives 0 and NaN, of NaN gives NaN, as clipByGlobalNorm() does", () => {
  for (const bad of [Infinity, -Infinity, NaN]) {
    const gradients = { a: tensor64([1, bad]), b: tensor32([2]) };
    assertEquals(update(clipNorm(1), gradients), numbersOf(clipByGlobalNorm(gradients, 1)));
  }
});

Deno.test("a clipped step can be differentiated", () => {
  const optimizer = chain(clipNorm(1), descend({ learningRate: 0.1 }));
  const after = (x: Tensor<"float64">): Tensor => {
    const g = gradient((y: Tensor<"float64">) => sum(square(y)))(x);
    return sum(optimizer.step(optimizer.init(x), g).params);
  };
  // Beyond the norm the step has length 0.1, whatever x is: d/dx of x - 0.1 x / |x| along x is 1.
  const [slope] = toList(gradient(after)(tensor64([5])));
  assertAlmostEquals(slope!, 1, 1e-6);
});

Deno.test("clipNorm() and clipValue() refuse invalid limits", () => {
  for (const bad of [NaN, Infinity, 0, -1]) {
    assertThrows(() => clipNorm(bad), RangeError, `Cannot build clipNorm with maxNorm ${bad}: maxNorm must be`);
    assertThrows(() => clipValue(bad), RangeError, `Cannot build clipValue with limit ${bad}: limit must be`);
  }
  assert(Object.isFrozen(clipNorm(1).config));
});
