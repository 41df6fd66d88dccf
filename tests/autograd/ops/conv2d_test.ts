import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { currentEngine, setEngine } from "../../../blas/engines.ts";
import { convolutionArbitrary, naive } from "../../blas/convolutions.ts";

const { conv2d, ones, ShapeError, tensor64, toArray, toList, zeros } = ng;

Deno.test("conv2d() agrees with seven loops, for any geometry, strides, and single images", () => {
  fc.assert(fc.property(convolutionArbitrary("float64"), (convolution) => {
    const { geometry, x, w, y } = convolution, expected = naive(convolution).y;
    const output = conv2d(constantOf(x), constantOf(w), null, geometry);
    assertEquals(output.shape, y.shape);
    toList(output).forEach((value, k) => assertAlmostEquals(value, expected[k]!, 1e-9));
    if (x.shape[0] === 0) return;
    const alone = ng.sliceAxes(constantOf(x), [[0, 1]]);
    const single = conv2d(ng.reshape(alone, x.shape.slice(1)), constantOf(w), null, geometry);
    assertEquals(single.shape, y.shape.slice(1));
    assertEquals(toList(single), toList(output).slice(0, single.view.size));
  }));
});

Deno.test("conv2d() adds the bias of each filter, and its gradient counts the places", () => {
  const [x, w, b] = [ones([2, 1, 2, 3]), zeros([2, 1, 2, 2]), ng.tensor32([5, -1])];
  assertEquals(toArray(conv2d(x, w, b)), [[[[5, 5]], [[-1, -1]]], [[[5, 5]], [[-1, -1]]]]);
  assertEquals(toList(ng.gradient((bias: Tensor<"float32">) => ng.sum(conv2d(x, w, bias)))(b)), [4, 4]);
});

Deno.test("padding on one side shifts the image, as sliceAxes shows", () => {
  const x = tensor64([[[1, 2], [3, 4]]]), identity = tensor64([[[[1]]]]);
  assertEquals(toArray(conv2d(x, identity, null, { padding: [1, 0, 0, 2] })), [[[0, 0, 0, 0], [1, 2, 0, 0], [
    3,
    4,
    0,
    0,
  ]]]);
  assertEquals(toArray(conv2d(x, identity, null, { padding: [0, 1] })), [[[0, 1, 2, 0], [0, 3, 4, 0]]]);
});

Deno.test("one number stands for both axes, and a padding of two numbers for both sides of each axis", () => {
  const x = ng.randomNormal(ng.key(1), [2, 7, 8]), w = ng.randomNormal(ng.key(2), [3, 2, 2, 3]);
  const short = conv2d(x, w, null, { stride: 2, padding: [1, 2], dilation: 2 });
  const long = conv2d(x, w, null, { stride: [2, 2], padding: [1, 2, 1, 2], dilation: [2, 2] });
  assertEquals(toArray(short), toArray(long));
});

Deno.test("the third derivative of a convolution cubed agrees with central differences", () => {
  const x = ng.randomNormal(ng.key(3), [1, 2, 4, 4], { dtype: "float64" });
  const w = ng.randomNormal(ng.key(4), [2, 1, 2, 2], { dtype: "float64" });
  const f = (a: Tensor, b: Tensor) => ng.sum(ng.pow(conv2d(a, b, null, { groups: 2, padding: 1, stride: 2 }), 3));
  const inX = (a: Tensor, b: Tensor) => ng.gradient((t: Tensor) => f(t, b))(a);
  const inXW = (a: Tensor, b: Tensor) => ng.gradient((t: Tensor) => ng.sum(ng.square(inX(a, t))))(b);
  ng.checkGradient(inXW, x, w);
});

Deno.test("the gradient of the weight is computed without that of the images", () => {
  const engine = currentEngine(), calls: string[] = [];
  setEngine({
    ...engine,
    conv2dInput: (operands) => (calls.push("conv2dInput"), engine.conv2dInput(operands)),
    conv2dWeight: (operands) => (calls.push("conv2dWeight"), engine.conv2dWeight(operands)),
  });
  try {
    ng.gradient((w: Tensor<"float32">) => ng.sum(conv2d(ones([1, 4, 4]), w, null)))(ones([1, 1, 2, 2]));
  } finally {
    setEngine(engine);
  }
  assertEquals(calls, ["conv2dWeight"]);
});

Deno.test("conv2d() without images, channels or filters returns arrays without them, or only biases", () => {
  assertEquals(conv2d(zeros([0, 2, 4, 4]), zeros([3, 2, 3, 3]), null).shape, [0, 3, 2, 2]);
  assertEquals(conv2d(zeros([2, 4, 4]), zeros([0, 2, 3, 3]), null).shape, [0, 2, 2]);
  assertEquals(toArray(conv2d(zeros([0, 2, 2]), zeros([1, 0, 2, 1]), ng.tensor32([7]))), [[[7, 7]]]);
  assertEquals(toArray(conv2d(zeros([1, 0, 1]), ones([1, 1, 1, 1]), ng.tensor32([7]), { padding: [1, 0] })), [[[7], [
    7,
  ]]]);
});

const refuses = (claim: string, call: () => unknown, message: string) =>
  Deno.test(`conv2d() ${claim}`, () => {
    assertThrows(call, ShapeError, message);
  });

const image = zeros([2, 3, 8, 8]), kernel = zeros([4, 3, 3, 3]);

refuses(
  "names the channels that do not fit, and the fix",
  () => conv2d(image, zeros([4, 1, 3, 3]), null),
  "Cannot apply conv2d to input [2, 3, 8, 8] and weight [4, 1, 3, 3]: filters see 1 channels in each of 1 group, so input " +
    "must have 1 channels, and has 3; pass a weight for 3 channels, or groups 3",
);
refuses(
  "names groups that do not divide the filters",
  () => conv2d(image, zeros([4, 1, 3, 3]), null, { groups: 3 }),
  "groups (3) must divide the number of filters (4)",
);
refuses(
  "refuses groups 0",
  () => conv2d(image, kernel, null, { groups: 0 }),
  "and groups 0: groups must be a whole number of 1 or more",
);
refuses(
  "names a kernel larger than the padded image",
  () => conv2d(image, zeros([4, 3, 3, 5]), null, { dilation: [1, 3], padding: [1, 1] }),
  "padding [1,1] and dilation [1,3]: the kernel spans 3 x 13, more than the padded input, which is 10 x 10; add padding",
);
refuses(
  "refuses stride 0",
  () => conv2d(image, kernel, null, { stride: 0 }),
  "and stride 0: stride must be a whole number of 1 or more, or [height, width]",
);
refuses(
  "refuses a fractional dilation",
  () => conv2d(image, kernel, null, { dilation: 1.5 }),
  "and dilation 1.5: dilation must be a whole number",
);
refuses(
  "refuses negative padding",
  () => conv2d(image, kernel, null, { padding: [0, -1] }),
  "padding must be a whole number of 0 or more, [height, width] or [top, left, bottom, right]",
);
refuses("refuses NaN", () => conv2d(image, kernel, null, { padding: NaN }), "and padding NaN");
// @ts-expect-error three numbers are no padding
refuses("refuses three paddings", () => conv2d(image, kernel, null, { padding: [1, 1, 1] }), "and padding [1,1,1]");
refuses("refuses a weight of three axes", () => conv2d(image, zeros([4, 3, 3]), null), "weight must have 4 axes");
refuses(
  "refuses an image of two axes",
  () => conv2d(zeros([8, 8]), kernel, null),
  "input must be [channels, height, width], or with a batch axis before, and has 2 axes",
);
refuses(
  "refuses an empty kernel",
  () => conv2d(image, zeros([4, 3, 0, 3]), null),
  "the kernel must have at least one element",
);
refuses("refuses a bias of another length", () => conv2d(image, kernel, zeros([3])), "and bias [3]: bias must be [4]");

Deno.test("conv2d() refuses operands of two dtypes, and what is not a tensor", () => {
  // @ts-expect-error the types refuse it too
  assertThrows(() => conv2d(image, zeros([4, 3, 3, 3], { dtype: "float64" }), null), ng.DTypeError, "conv2d");
  // @ts-expect-error an array is not a tensor
  assertThrows(() => conv2d([[[1]]], kernel, null), TypeError, "Cannot apply conv2d to an array");
});
