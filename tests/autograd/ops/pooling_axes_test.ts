import { assertEquals, assertThrows } from "@std/assert";
import {
  gradient,
  key,
  maxPool2d,
  permutation,
  randomNormal,
  reshape,
  ShapeError,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
  zeros,
} from "../../../autograd/mod.ts";
import { avgPool1d, avgPool3d, maxPool1d, maxPool3d } from "../../../autograd/ops/pooling_axes.ts";
import { imagePlan, planPooling, planWindows, untouched } from "../../../autograd/ops/pooling_shape.ts";
import { testOperation } from "../differentiable_twice.ts";

/** Numbers far apart, so that no difference is small compared with the steps of the checks. */
const apart = <D extends "float32" | "float64">(shape: readonly number[], dtype: D): Tensor<D> =>
  reshape(permutation(key(4), shape.reduce((a, b) => a * b), { dtype }), shape);

testOperation({
  name: "maxPool1d, dilated",
  call: (x) => maxPool1d(x!, { size: 3, stride: 2, padding: [1, 0], dilation: 2 }),
  inputs: (dtype) => [apart([2, 2, 9], dtype)],
});
testOperation({
  name: "maxPool2d, dilated",
  call: (x) => maxPool2d(x!, { size: 2, stride: [1, 2], padding: 1, dilation: [2, 3] }),
  inputs: (dtype) => [apart([2, 2, 4, 5], dtype)],
});
testOperation({
  name: "maxPool3d",
  call: (x) => maxPool3d(x!, { size: [2, 3, 2], stride: [1, 2, 1], padding: [1, 1, 0], dilation: [1, 1, 2] }),
  inputs: (dtype) => [apart([2, 2, 3, 4, 4], dtype)],
});
testOperation({
  name: "avgPool1d",
  call: (x) => avgPool1d(x!, { size: 3, stride: 2, padding: [1, 0], countIncludePad: false }),
  inputs: (dtype) => [randomNormal(key(5), [2, 2, 7], { dtype })],
});
testOperation({
  name: "avgPool3d",
  call: (x) => avgPool3d(x!, { size: [2, 3, 2], stride: 1, padding: [1, 1, 0, 0, 1, 1] }),
  inputs: (dtype) => [randomNormal(key(6), [2, 3, 3, 3], { dtype })],
});

Deno.test("the gradient of a volume's largest element goes to the first of several", () => {
  const ones = zeros([1, 2, 2, 2], { dtype: "float64" });
  const slopes = toList(gradient((x: Tensor<"float64">) => sum(maxPool3d(x, { size: 2 })))(ones));
  assertEquals(slopes, [1, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("dilated windows take every other element", () => {
  const image = tensor64([[[1, 9, 2], [9, 9, 9], [3, 9, 4]]]);
  assertEquals(toArray(maxPool2d(image, { size: 2, dilation: 2 })), [[[4]]]);
  assertEquals(planPooling("maxPool2d", [1, 3, 3], { size: 2, dilation: 2 }).geometry.dilation, [2, 2]);
});

Deno.test("plans of axes make plans of images", () => {
  const [windows] = planWindows("f", [1, 5], { size: 2, ceilMode: true }, 1);
  assertEquals(windows, { size: 2, stride: 2, dilation: 1, before: 0, after: 0, grown: 1, count: 3 });
  assertEquals(imagePlan(untouched(1), windows!), {
    geometry: { size: [1, 2], stride: [1, 2], padding: [0, 0, 0, 1] },
    padding: [0, 0, 0, 0],
    counts: [1, 3],
  });
});

Deno.test("poolings of one and three axes say what they cannot do", () => {
  const refuses = (call: () => unknown, message: string) => assertThrows(call, ShapeError, message);
  refuses(
    () => maxPool1d(zeros([4]), { size: 2 }),
    "x must be [channels, length], or with a batch axis before, and has 1",
  );
  refuses(
    () => avgPool1d(zeros([1, 4]), { size: 5 }),
    "windows are 5, more than the padded axis, which is 4; make them smaller",
  );
  refuses(() => maxPool1d(zeros([1, 0]), { size: 1 }), "the axis must have at least one element");
  refuses(() => maxPool3d(zeros([2, 2, 2]), { size: 2 }), "x must be [channels, depth, height, width]");
  refuses(() => avgPool3d(zeros([1, 2, 2, 0]), { size: 1 }), "the volume must have at least one plane, row and column");
  refuses(
    () => maxPool3d(zeros([1, 2, 2, 2]), { size: [1, 2] as unknown as number }),
    "size must be a whole number of 1 or more, or [depth, height, width]",
  );
  refuses(
    () => maxPool1d(zeros([1, 1]), { size: 2, padding: 1, dilation: 2 }),
    "a window must see the image, and one steps over its 1 elements; dilate less, or pad less",
  );
});
