import { assertEquals, assertThrows } from "@std/assert";
import { conv2d, conv3d, key, randomNormal, reshape, ShapeError, toList, zeros } from "../../../autograd/mod.ts";
import { testOperation } from "../differentiable_twice.ts";

testOperation({
  name: "conv3d",
  call: (x, w, b) =>
    conv3d(x!, w!, b!, { stride: [2, 1, 2], padding: [1, 0, 1, 0, 1, 0], dilation: [1, 2, 1], groups: 2 }),
  inputs: (dtype) => [[2, 4, 3, 4, 3], [2, 2, 2, 2, 2], [2]].map((shape, k) => randomNormal(key(k), shape, { dtype })),
});

Deno.test("conv3d of volumes one plane deep is conv2d", () => {
  const x = randomNormal(key(0), [2, 3, 1, 5, 4]), w = randomNormal(key(1), [4, 3, 1, 2, 3]);
  const flat = conv2d(reshape(x, [2, 3, 5, 4]), reshape(w, [4, 3, 2, 3]), null, { padding: 1 });
  assertEquals(toList(conv3d(x, w, null, { padding: [0, 1, 1] })), toList(flat));
});

Deno.test("conv3d takes a volume without a batch axis, and none", () => {
  assertEquals(conv3d(zeros([2, 3, 3, 3]), zeros([5, 2, 2, 2, 2]), zeros([5])).shape, [5, 2, 2, 2]);
  assertEquals(conv3d(zeros([0, 2, 3, 3, 3]), zeros([5, 2, 2, 2, 2]), null).shape, [0, 5, 2, 2, 2]);
});

Deno.test("conv3d says what does not fit", () => {
  const f = (x: readonly number[], w: readonly number[], options = {}) => () =>
    conv3d(zeros(x), zeros(w), null, options);
  assertThrows(
    f([2, 3, 3], [5, 2, 2, 2, 2]),
    ShapeError,
    "input must be [channels, depth, height, width], or with a batch",
  );
  assertThrows(
    f([2, 3, 3, 3], [5, 2, 2, 2]),
    ShapeError,
    "weight must have 5 axes, [filters, channels / groups, kernel depth",
  );
  assertThrows(f([2, 3, 3, 3], [5, 2, 4, 2, 2]), ShapeError, "the kernel spans 4 x 2 x 2, more than the padded input");
  assertThrows(
    f([2, 3, 3, 3], [5, 2, 2, 2, 2], { stride: [1, 2] }),
    ShapeError,
    "stride must be a whole number of 1 or more, or [depth, height, width]",
  );
});
