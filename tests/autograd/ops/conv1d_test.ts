import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { conv1d, conv2d, key, randomNormal, reshape, ShapeError, toList, zeros } from "../../../autograd/mod.ts";

Deno.test("conv1d() is conv2d() of images one row high", () => {
  const settings = fc.record({
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.tuple(fc.nat(3), fc.nat(3)),
    dilation: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 2 }),
  });
  fc.assert(fc.property(settings, fc.integer({ min: 1, max: 4 }), (options, size) => {
    const { stride, padding: [left, right], dilation, groups } = options, dtype = "float64";
    const x = randomNormal(key(1), [2, 4, 10], { dtype }), w = randomNormal(key(2), [6, 4 / groups, size], { dtype });
    const b = randomNormal(key(3), [6], { dtype }), line = conv1d(x, w, b, options);
    const image = conv2d(reshape(x, [2, 4, 1, 10]), reshape(w, [6, 4 / groups, 1, size]), b, {
      stride: [1, stride],
      padding: [0, left, 0, right],
      dilation: [1, dilation],
      groups,
    });
    assertEquals(line.shape, [2, 6, image.shape[3]!]);
    const expected = toList(image);
    toList(line).forEach((value, k) => assertAlmostEquals(value, expected[k]!, 1e-12));
  }));
});

Deno.test("conv1d() takes an input without a batch axis", () => {
  assertEquals(conv1d(zeros([2, 9]), zeros([3, 2, 4]), null, { padding: 1 }).shape, [3, 8]);
});

Deno.test("conv1d() speaks of lines, not of images, when it refuses", () => {
  const w = zeros([4, 2, 3]);
  assertThrows(
    () => conv1d(zeros([2, 9, 9, 9]), w, null),
    ShapeError,
    "input must be [channels, length], or with a batch",
  );
  assertThrows(
    () => conv1d(zeros([2, 2]), w, null),
    ShapeError,
    "Cannot apply conv1d to input [2, 2] and weight [4, 2, 3]: the kernel spans 3, more than the padded input, which is 2",
  );
  assertThrows(() => conv1d(zeros([2, 9]), w, null, { padding: -1 }), ShapeError, "0 or more, or [left, right]");
  assertThrows(
    () => conv1d(zeros([2, 9]), w, null, { stride: 0 }),
    ShapeError,
    "stride must be a whole number of 1 or more;",
  );
  assertThrows(
    () => conv1d(zeros([2, 9]), zeros([4, 2]), null),
    ShapeError,
    "[filters, channels / groups, kernel length]",
  );
});
