import { assertEquals, assertThrows } from "@std/assert";
import { key } from "../../../autograd/random/key.ts";
import { permutation, randomInteger, randomNormal, randomUniform } from "../../../autograd/random/random.ts";
import {
  integerDistribution,
  normalDistribution,
  uniformDistribution,
} from "../../../autograd/random/random_values.ts";
import { randomCategorical, randomChoice } from "../../../autograd/random/categorical.ts";
import { ones } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import type { Distribution } from "../../../blas/distribution.ts";
import { DTypeError, ShapeError } from "../../../blas/errors.ts";

import { reference } from "../../../blas/reference/mod.ts";
import { allocate } from "../../../blas/view.ts";

const SHAPES = [[], [3], [2, 3], [0], [2, 0, 3]];
const k = key(3);

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`random tensors in ${dtype} hold the values of their key, in any shape`, () => {
    for (const shape of SHAPES) {
      const size = shape.reduce((a, b) => a * b, 1);
      const drawn: [Tensor, Distribution][] = [
        [randomUniform(k, shape, { dtype }), uniformDistribution(dtype, 0, 1)],
        [randomUniform(k, shape, { dtype, min: -2, max: 3 }), uniformDistribution(dtype, -2, 3)],
        [randomNormal(k, shape, { dtype }), normalDistribution(dtype, 0, 1)],
        [randomNormal(k, shape, { dtype, mean: 1, std: 2 }), normalDistribution(dtype, 1, 2)],
        [randomInteger(k, shape, { dtype, max: 9 }), integerDistribution(0, 9)],
        [randomInteger(k, shape, { dtype, min: -9, max: 9 }), integerDistribution(-9, 9)],
      ];
      for (const [t, distribution] of drawn) {
        assertEquals([t.shape, t.dtype, t.requiresGrad], [shape, dtype, false]);
        const wanted = allocate(dtype, [size]);
        reference.draw(distribution, k.words, wanted);
        assertEquals(toList(t), Array.from({ length: size }, (_, i) => wanted.get(i)));
      }
    }
    assertEquals(toList(permutation(k, 7, { dtype })).toSorted(), [0, 1, 2, 3, 4, 5, 6]);
    assertEquals(permutation(k, 0, { dtype }).shape, [0]);
  });
}

Deno.test("random tensors are float32 unless asked otherwise, in their types too", () => {
  const single: Tensor<"float32">[] = [
    randomUniform(k, [2]),
    randomNormal(k, [2], { std: 0.1 }),
    randomInteger(k, [2], { max: 2 }),
    permutation(k, 2),
  ];
  const double: Tensor<"float64">[] = [
    randomUniform(k, [2], { dtype: "float64" }),
    randomNormal(k, [2], { dtype: "float64" }),
    randomInteger(k, [2], { max: 2, dtype: "float64" }),
    permutation(k, 2, { dtype: "float64" }),
  ];
  // @ts-expect-error float32 is not float64
  const wrong: Tensor<"float64"> = randomUniform(k, [2]);
  assertEquals([...single, wrong].every((t) => t.dtype === "float32"), true);
  assertEquals(double.every((t) => t.dtype === "float64"), true);
});

Deno.test("a random tensor does not change with the shape array it was given", () => {
  const shape = [2, 3], t = randomUniform(k, shape);
  shape[0] = 5;
  assertEquals(t.shape, [2, 3]);
});

Deno.test("random tensors refuse a bad shape, dtype or key, and ranges that float32 cannot hold", () => {
  for (const shape of [[-1], [1.5], [2, NaN]]) {
    assertThrows(() => randomUniform(k, shape), ShapeError, "randomUniform");
    assertThrows(() => randomNormal(k, shape), ShapeError, "randomNormal");
    assertThrows(() => randomInteger(k, shape, { max: 2 }), ShapeError, "randomInteger");
  }
  for (const n of [-1, 1.5, NaN]) assertThrows(() => permutation(k, n), RangeError, `of size ${n}`);
  // @ts-expect-error there is no float16
  assertThrows(() => randomUniform(k, [2], { dtype: "float16" }), DTypeError, "float16");
  // @ts-expect-error there is no float16
  assertThrows(() => permutation(k, 2, { dtype: "float16" }), DTypeError, "float16");
  // @ts-expect-error a seed is not a key
  assertThrows(() => randomNormal(0, [2]), TypeError, "make one with key(seed)");
  // @ts-expect-error the upper bound has no default
  assertThrows(() => randomInteger(k, [2], {}), RangeError, "max undefined");
  const message = 'float32 holds every whole number up to 2^24 only; pass { dtype: "float64" }';
  assertThrows(() => randomInteger(k, [2], { max: 2 ** 24 + 2 }), RangeError, message);
  assertThrows(() => permutation(k, 2 ** 24 + 2), RangeError, message);
  assertEquals(randomInteger(k, [2], { max: 2 ** 24 + 2, dtype: "float64" }).shape, [2]);
});

Deno.test("more classes or choices than float32 can count are refused by name, before any is drawn", () => {
  const k = key(0), most = 2 ** 24, many = ones([most + 2]);
  for (const n of [most + 1, most + 2]) {
    assertThrows(() => randomChoice(k, n, [2]), RangeError, `Cannot apply randomChoice to an axis of ${n}`);
  }
  assertEquals(randomChoice(k, most + 2, [2], { dtype: "float64" }).shape, [2]);
  assertThrows(() => randomCategorical(k, many), RangeError, "Cannot apply randomCategorical to an axis of");
  assertThrows(() => randomCategorical(k, ones([3]), [2 ** 30, 1]), ShapeError, "apply randomCategorical");
  assertThrows(() => randomChoice(k, many, [2], { replace: false, p: many }), RangeError, "apply randomChoice");
  assertThrows(() => randomChoice(k, many, [3000], { p: many }), ShapeError, "apply randomChoice");
});
