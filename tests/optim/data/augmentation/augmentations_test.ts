/**
 * What holds for every augmentation, and what each does: in `optim/data/augmentation/augmentation.ts`,
 * `optim/data/augmentation/random_flip.ts`, `optim/data/augmentation/random_crop.ts`,
 * `optim/data/augmentation/random_affine.ts`, `optim/data/augmentation/random_noise.ts` and
 * `optim/data/augmentation/cutout.ts`.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  augment,
  type Augmentation,
  colorJitter,
  cutout,
  mixup,
  perExample,
  randomCrop,
  randomFlip,
  randomNoise,
  randomRotate,
  randomScale,
} from "../../../../optim/data/mod.ts";
import {
  arange,
  checkGradient,
  compile,
  flip,
  gradient,
  type Key,
  key,
  max,
  min,
  randomUniform,
  reshape,
  ShapeError,
  slice,
  split,
  square,
  stack,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
  toNumber,
  zeros,
} from "../../../../mod.ts";

const ALL: Readonly<Record<string, Augmentation>> = {
  randomFlip: randomFlip({ horizontal: 0.5, vertical: 0.5 }),
  randomCrop: randomCrop({ padding: 2, mode: "reflect" }),
  "randomCrop with a size": randomCrop({ padding: 1, size: [3, 5] }),
  randomRotate: randomRotate({ degrees: 40 }),
  randomScale: randomScale({ padding: "border" }),
  colorJitter: colorJitter({ brightness: 0.2, contrast: 0.3, saturation: 0.4, hue: 0.1 }),
  randomNoise: randomNoise({ std: 0.1 }),
  cutout: cutout({ size: [2, 3], count: 2, fill: 0.5 }),
  augment: augment(randomFlip(), randomCrop({ padding: 1 }), randomNoise()),
};

const images = randomUniform(key(5), [4, 3, 5, 4], { dtype: "float64", min: 0.2, max: 0.8 });
const example = (k: number): Tensor<"float64"> => reshape(slice(images, k, 1), [3, 5, 4]);

function assertClose(actual: Tensor, expected: Tensor, tolerance = 1e-12): void {
  assertEquals(actual.shape, expected.shape);
  const other = toList(expected);
  toList(actual).forEach((value, k) => assertAlmostEquals(value, other[k]!, tolerance));
}

for (const [name, augmentation] of Object.entries(ALL)) {
  Deno.test(`${name}: the key decides, compiled and per example alike`, () => {
    const change = perExample(augmentation), keys = split(key(3), 4);
    const batch = change(key(3), images), again = change(key(3), images);
    assertEquals(toList(again), toList(batch));
    assertNotEquals(toList(change(key(4), images)), toList(batch));
    assertClose(batch, stack(keys.map((own, k) => augmentation(own, example(k))), 0));
    assertClose(compile((k: Key, x: typeof images) => change(k, x))(key(3), images), batch);
    assertEquals([batch.dtype, augmentation(key(0), randomUniform(key(1), [3, 5, 4])).dtype], ["float64", "float32"]);
  });

  Deno.test(`${name}: gradients flow, compiled alike`, () => {
    checkGradient((x: Tensor<"float64">) => augmentation(key(2), x), example(0));
    const slope = gradient((x: typeof images, k: Key) => sum(square(perExample(augmentation)(k, x))));
    assertClose(compile((x: typeof images, k: Key) => slope(x, k))(images, key(2)), slope(images, key(2)));
  });

  Deno.test(`${name}: refuses what is no image`, () => {
    assertThrows(() => augmentation(key(0), tensor64([1, 2])), ShapeError, "an image must have at least");
    // @ts-expect-error: a string is not a tensor
    assertThrows(() => augmentation(key(0), "image"), TypeError);
  });
}

Deno.test("perExample() and augment() refuse what is no augmentation or key", () => {
  // @ts-expect-error: a record of options is no augmentation
  assertThrows(() => augment({ horizontal: 1 }), TypeError, "step 0");
  // @ts-expect-error: neither is nothing
  assertThrows(() => perExample(), TypeError, "it must be a function");
  // @ts-expect-error: a number is not a key
  assertThrows(() => perExample(randomFlip())(1, images), TypeError, "key");
  assertClose(augment()(key(0), images), images);
});

Deno.test("randomFlip() mirrors about as often as it is told", () => {
  const change = perExample(randomFlip({ horizontal: 0.3 })), row = reshape(arange(2), [1, 1, 2]);
  const rows = toList(slice(reshape(change(key(0), stack(new Array(400).fill(row), 0)), [400, 2]), 0, 400));
  const flipped = rows.filter((value, k) => k % 2 === 0 && value === 1).length;
  assertAlmostEquals(flipped / 400, 0.3, 0.07);
  assertClose(randomFlip({ horizontal: 1, vertical: 1 })(key(1), example(0)), flip(example(0), [-1, -2]));
  assertThrows(() => randomFlip({ horizontal: 1.5 }), RangeError, "a probability in [0, 1]");
});

Deno.test("randomCrop() shows every place, and only places of the image", () => {
  const image = reshape(arange(12), [3, 4]), seen = new Set<string>();
  for (const own of split(key(0), 60)) seen.add(JSON.stringify(toArray(randomCrop({ size: [2, 2] })(own, image))));
  const wanted = [0, 1].flatMap((y) => [0, 1, 2].map((x) => 4 * y + x)).map((at) => [[at, at + 1], [at + 4, at + 5]]);
  assertEquals([...seen].sort(), wanted.map((part) => JSON.stringify(part)).sort());
  assertThrows(() => randomCrop({ size: [4, 2] })(key(0), image), ShapeError, "it must be at least [4, 2]");
  assertThrows(() => randomCrop({ padding: 1.5 }), RangeError, "whole");
  for (const size of [[0, 2], [-1, 2], [2.5, 2], [2], [1, 2, 3]] as unknown as readonly (readonly [number, number])[]) { // wrong ones
    assertThrows(() => randomCrop({ size }), RangeError, "[height, width], whole numbers above 0");
    assertThrows(() => cutout({ size }), RangeError, "[height, width], whole numbers above 0");
  }
  // @ts-expect-error: there is no such mode
  assertThrows(() => randomCrop({ mode: "wrap" }), RangeError, '"constant" or "reflect"');
});

Deno.test("randomRotate() turns around the centre, randomScale() keeps the centre", () => {
  // A point off the centre comes to lie as far from it, and what is even stays so.
  const line = tensor64([[0, 0, 0], [0, 1, 0], [0, 0, 0]]);
  assertAlmostEquals((toArray(randomRotate({ degrees: 90 })(key(1), line)) as number[][])[1]![1]!, 1, 1e-12);
  assertAlmostEquals((toArray(randomScale({ min: 2, max: 2 })(key(1), line)) as number[][])[1]![1]!, 1, 1e-12);
  const larger = randomScale({ min: 2, max: 2, padding: "border" })(key(1), tensor64([[0, 1, 2, 3]]));
  assertClose(larger, tensor64([[0.75, 1.25, 1.75, 2.25]])); // half as far from the centre, 1.5
  // 180 degrees either way: no image is further from itself.
  const angle = randomRotate({ degrees: 1e-9 })(key(1), example(0));
  assertClose(angle, example(0), 1e-8);
  assertThrows(() => randomRotate({ degrees: -1 }), RangeError, "degrees");
  assertThrows(() => randomScale({ min: 2, max: 1 }), RangeError, "at least min");
  // @ts-expect-error: there is no such padding
  assertThrows(() => randomScale({ padding: "reflect" }), RangeError, '"zeros" or "border"');
});

Deno.test("colorJitter() keeps values in [0, 1], and images of one channel under every hue", () => {
  const wild = colorJitter({ brightness: 1, contrast: 1, saturation: 1, hue: 0.5 })(key(0), example(0));
  assert(toNumber(min(wild)) >= 0 && toNumber(max(wild)) <= 1);
  assertClose(colorJitter({ hue: 0.5, saturation: 1 })(key(0), slice(example(0), 0, 1)), slice(example(0), 0, 1));
  assertThrows(() => colorJitter()(key(0), slice(example(0), 0, 2)), ShapeError, "it must have 1 or 3 channels");
  assertThrows(() => colorJitter({ hue: 0.6 }), RangeError, "[0, 0.5]");
});

Deno.test("cutout() makes holes of its size, everywhere", () => {
  const ones = tensor64(new Array(6).fill(new Array(6).fill(1)));
  const holes = split(key(0), 40).map((own) => toList(cutout({ size: 2 })(own, ones)).filter((v) => v === 0).length);
  assertEquals([...new Set(holes)].sort(), [1, 2, 4]); // at corners, at edges, inside
  assertThrows(() => cutout({ size: 0 }), RangeError, "size");
  assertThrows(() => cutout({ fill: NaN }), RangeError, "fill");
});

Deno.test("randomNoise() refuses a negative deviation", () => {
  assertThrows(() => randomNoise({ std: -1 }), RangeError, "std");
});

Deno.test("sizes that are no pair of whole numbers above 0 are refused, and so are other types", () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  for (const size of [5, [2], [2, 3, 4], [-1, 2], [0, 2], [1.5, 2], "", null, new Map()]) {
    assertThrows(() => randomCrop({ size: wrong(size) }), RangeError, "size");
    if (typeof size !== "number") assertThrows(() => cutout({ size: wrong(size) }), RangeError, "size");
  }
  assertThrows(
    () => randomCrop({ size: wrong([-1, 2]) }),
    RangeError,
    "Cannot build randomCrop with size [-1,2]: it must be",
  );
  assertThrows(() => randomRotate({ padding: wrong(1n) }), RangeError, 'padding 1n: it must be "zeros" or "border"');
  assertThrows(() => mixup(key(0), wrong({ x: 3 })), TypeError, "Cannot apply mixup to 3: it must be a tensor");
});

Deno.test("a batch of no images stays one, with the shape that images would have", () => {
  const none = zeros([0, 3, 5, 4], { dtype: "float64" });
  assertEquals(perExample(randomFlip())(key(0), none).shape, [0, 3, 5, 4]);
  const cropped = perExample(augment(randomCrop({ size: [2, 3] }), randomRotate()))(key(0), none);
  assertEquals([cropped.shape, cropped.dtype], [[0, 3, 2, 3], "float64"]);
});
