import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ShapeError } from "../../../blas/errors.ts";
import { arange, ones, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { foldIn, key } from "../../../autograd/random/key.ts";
import { reshape, transpose } from "../../../autograd/ops/mod.ts";
import { permutation } from "../../../autograd/random/random.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { batches } from "../../../optim/training/batches.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { assertShares } from "../../blas/shared_elements.ts";

/** Samples of every rank whose elements all name the sample that they are of. */
const numbered = (samples: number) => ({
  plain: arange(samples),
  nested: [reshape(arange(0, samples, 1, { dtype: "float64" }), [samples, 1])],
  deep: reshape(arange(samples * 6), [samples, 2, 1, 3]),
});

Deno.test("batches() holds every sample once, all tensors in one order, sizes equal except the last", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(70), fc.integer({ min: 1, max: 80 }), fc.boolean(), fc.boolean(), (...args) => {
      const [seed, samples, size, shuffled, dropLast] = args;
      const all = [...batches(numbered(samples), { size, dropLast, ...(shuffled ? { key: key(seed) } : {}) })];
      const order = all.flatMap(({ plain }) => toList(plain));
      const kept = dropLast ? samples - samples % size : samples;
      assertEquals(order.length, kept);
      assertEquals(new Set(order).size, kept);
      if (!shuffled) assertEquals(order, Array.from({ length: kept }, (_, i) => i));
      assertEquals(all.flatMap(({ nested }) => toList(nested[0]!)), order);
      assertEquals(
        all.flatMap(({ deep }) => toList(deep)),
        order.flatMap((sample) => Array.from({ length: 6 }, (_, i) => 6 * sample + i)),
      );
      all.forEach(({ plain, nested, deep }, k) => {
        const count = Math.min(size, kept - k * size);
        assertEquals([plain.shape, nested[0]!.shape, deep.shape], [[count], [count, 1], [count, 2, 1, 3]]);
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("batches() shuffles by the key's permutation, the same every time, another for another key", () => {
  const order = (seed: number) => [...batches(arange(50), { size: 7, key: key(seed) })].flatMap(toList);
  assertEquals(order(4), toList(permutation(key(4), 50)));
  assertEquals(order(4), order(4));
  assertNotEquals(order(4), order(5));
  const epochs = [0, 1].map((epoch) =>
    [...batches(arange(50), { size: 7, key: foldIn(key(4), epoch) })].flatMap(toList)
  );
  assertNotEquals(epochs[0], epochs[1]);
});

Deno.test("batches() in order are views: nothing is copied", () => {
  const data = reshape(arange(12), [6, 2]), [, second] = batches(data, { size: 3 });
  assertShares(innerView(second!), innerView(data));
  assertEquals(toArray(second!), [[6, 7], [8, 9], [10, 11]]);
});

Deno.test("batches() reads data through their strides", () => {
  const data = transpose(reshape(arange(6), [2, 3]));
  assertEquals(Array.from(batches(data, { size: 2 }), toArray), [[[0, 3], [1, 4]], [[2, 5]]]);
  const order = toList(permutation(key(1), 3));
  assertEquals([...batches(data, { size: 1, key: key(1) })].map(toList), order.map((i) => [i, i + 3]));
});

Deno.test("batches() are constants, whatever the data are, and have the data's types", () => {
  const data = { x: tensor32([[1], [2]]), y: tensor64([1, 2]) };
  for (const options of [{ size: 1 }, { size: 1, key: key(0) }]) {
    for (const batch of batches(data, options)) {
      const { x, y }: { x: Tensor<"float32">; y: Tensor<"float64"> } = batch;
      assertEquals([x.requiresGrad, y.requiresGrad, x.dtype, y.dtype], [false, false, "float32", "float64"]);
    }
  }
});

Deno.test("batches() is lazy: one batch of many is made when it is asked for", () => {
  const endless = batches(zeros([2 ** 20, 16]), { size: 2 });
  assertEquals(endless.next().value?.shape, [2, 16]);
  endless.return();
  assertEquals(endless.next().done, true);
});

Deno.test("batches() of no samples yields nothing", () => {
  assertEquals([...batches(zeros([0, 3]), { size: 2 })], []);
  assertEquals([...batches(zeros([0, 3]), { size: 2, key: key(0) })], []);
  assertEquals([...batches(ones([3, 0]), { size: 2 })].map(({ shape }) => shape), [[2, 0], [1, 0]]);
});

Deno.test("batches() refuses before the first batch is asked for, and names the path at fault", () => {
  const refused: readonly (readonly [() => unknown, new (...args: never[]) => Error, string])[] = [
    [
      () => batches({ images: ones([4, 2]), more: { labels: ones([5]) } }, { size: 2 }),
      ShapeError,
      'the first axes must count the same samples: 5 at "more.labels" against 4 at "images"',
    ],
    [() => batches([ones([4]), ones([])], { size: 2 }), ShapeError, 'the tensor at "1" has no first axis'],
    [() => batches(tensor32(3), { size: 2 }), ShapeError, "the tensor has no first axis"],
    [() => batches({}, { size: 2 }), TypeError, "Cannot make batches of no tensors"],
    [
      () => batches({ x: ones([2]), labels: Uint8Array.of(1, 2) as unknown as Tensor }, { size: 2 }),
      TypeError,
      'Cannot make batches of an instance of Uint8Array at "labels": data must be a tree of tensors; wrap numbers with constant(…)',
    ],
    [() => batches(ones([2]), { size: 1, key: 3 as never }), TypeError, "randomness comes from a key"],
    ...[0, -1, 1.5, NaN, Infinity].map((size) =>
      [() => batches(ones([2]), { size }), RangeError, `Cannot build batches with size ${size}`] as const
    ),
  ];
  for (const [f, error, message] of refused) assertThrows(f, error, message);
});
