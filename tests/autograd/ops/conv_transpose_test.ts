import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  checkGradient,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  key,
  mul,
  randomNormal,
  ShapeError,
  sliceAxes,
  sum,
  tensor64,
  toArray,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { transposeConvolution } from "../../../autograd/ops/transposed_convolution.ts";
import { testOperation } from "../differentiable_twice.ts";
import { convolutionArbitrary, SMALL } from "../../blas/convolutions.ts";

Deno.test("convTranspose2d() is the adjoint of conv2d() with the same weight and settings", () => {
  const some = convolutionArbitrary("float64", { ...SMALL, batch: { min: 1, max: 2 }, channels: { min: 1, max: 3 } });
  fc.assert(fc.property(some, ({ geometry, x, w, y }) => {
    // Rows and columns of x that no window reaches are what outputPadding is for.
    const { stride, padding, dilation } = geometry;
    const extra = (axis: 0 | 1): number =>
      (x.shape[axis + 2]! + padding[axis] + padding[axis + 2]! - dilation[axis] * (w.shape[axis + 2]! - 1) - 1) %
      stride[axis];
    const outputPadding = [extra(0), extra(1)] as const;
    const back = convTranspose2d(constantOf(y), constantOf(w), null, { ...geometry, outputPadding });
    assertEquals(back.shape, x.shape);
    const forth = conv2d(constantOf(x), constantOf(w), null, geometry);
    assertAlmostEquals(toNumber(sum(mul(back, constantOf(x)))), toNumber(sum(mul(forth, constantOf(y)))), 1e-8);
  }));
});

Deno.test("convTranspose2d() adds a bias, takes single images, and has the gradients of central differences", () => {
  const x = randomNormal(key(1), [4, 3, 2], { dtype: "float64" });
  const w = randomNormal(key(2), [4, 1, 2, 3], { dtype: "float64" });
  const options = { stride: [2, 3], padding: [0, 1, 1, 0], groups: 2, outputPadding: [1, 2] } as const;
  const b = tensor64([1, -2]);
  assertEquals(convTranspose2d(x, w, b, options).shape, [2, 6, 7]);
  assertEquals(toArray(convTranspose2d(zeros([1, 1, 1]), zeros([1, 1, 1, 2]), null)), [[[0, 0]]]);
  checkGradient((...[x, w, b]) => convTranspose2d(x!, w!, b!, options), x, w, b);
});

Deno.test("convTranspose2d() says what it cannot do", () => {
  const x = zeros([2, 4, 5, 5]), w = zeros([4, 3, 3, 3]);
  const refuses = (call: () => unknown, message: string) => assertThrows(call, ShapeError, message);
  refuses(
    () => convTranspose2d(x, zeros([3, 4, 3, 3]), null),
    "channels of input (4) must equal the first axis of weight (3)",
  );
  refuses(
    () => convTranspose2d(x, w, null, { groups: 3 }),
    "groups must be a whole number that divides the 4 channels",
  );
  refuses(
    () => convTranspose2d(x, w, null, { stride: 2, outputPadding: [1, 2] }),
    "and stride 2 and outputPadding [1,2]: outputPadding (2) must be less than the stride (2) or the dilation (1); ",
  );
  refuses(
    () => convTranspose2d(x, w, null, { outputPadding: -1 }),
    "outputPadding must be a whole number of 0 or more",
  );
  refuses(
    () => convTranspose2d(x, w, null, { padding: 4 }),
    "the result would be -1 x -1, and must be at least 1 x 1; pad less",
  );
  refuses(() => convTranspose2d(zeros([4, 0, 5]), w, null), "pass an input with rows and columns");
  refuses(() => convTranspose2d(x, w, zeros([4])), "bias must be [3]");
  refuses(() => convTranspose2d(x, zeros([4, 3, 3]), null), "weight must be [channels, filters / groups,");
  refuses(() => convTranspose2d(zeros([5, 5]), w, null), "input must be [channels, height, width]");
  refuses(() => convTranspose2d(x, w, null, { stride: 0 }), "stride must be a whole number of 1 or more");
});

/** Transposed convolution of one channel along the width, as PyTorch documents its length, element by element. */
function spread(
  x: readonly number[],
  w: readonly number[],
  { stride, padding, dilation, outputPadding }: {
    stride: number;
    padding: number;
    dilation: number;
    outputPadding: number;
  },
): number[] {
  const length = (x.length - 1) * stride - 2 * padding + dilation * (w.length - 1) + outputPadding + 1;
  const y = new Array<number>(length).fill(0);
  x.forEach((value, i) =>
    w.forEach((weight, k) => {
      const at = i * stride + k * dilation - padding;
      if (at >= 0 && at < length) y[at]! += value * weight;
    })
  );
  return y;
}

Deno.test("outputPadding may be up to the stride or the dilation less 1, whichever is larger, as in PyTorch", () => {
  const x = [1, 2, 3], w = [10, 1, 100], input = tensor64([[x]]), weight = tensor64([[[w]]]);
  for (const stride of [1, 2, 3]) {
    for (const dilation of [1, 2, 4]) {
      for (const padding of [0, 1, 2]) {
        const most = Math.max(stride, dilation) - 1;
        for (let outputPadding = 0; outputPadding <= most; outputPadding++) {
          const settings = { stride, padding, dilation, outputPadding };
          const ours = convTranspose2d(input, weight, tensor64([0.5]), {
            stride: [1, stride],
            padding: [0, padding],
            dilation: [1, dilation],
            outputPadding: [0, outputPadding],
          });
          assertEquals(toArray(ours), [[spread(x, w, settings).map((y) => y + 0.5)]], JSON.stringify(settings));
        }
        const tooMuch = { stride, dilation, padding, outputPadding: [0, most + 1] as const };
        assertThrows(
          () => convTranspose2d(zeros([1, 9, 9]), zeros([1, 1, 3, 3]), null, tooMuch),
          ShapeError,
          "or the dilation",
        );
      }
    }
  }
  const options = { dilation: 4, padding: 1, outputPadding: 3 } as const;
  checkGradient(
    (...[x, w]) => convTranspose2d(x!, w!, null, options),
    tensor64([[[1, 2], [3, 4]]]),
    tensor64([[[[1, 2]]]]),
  );
});

testOperation({
  name: "convTranspose1d",
  call: (x, w, b) => convTranspose1d(x!, w!, b!, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
  inputs: (dtype) => [[2, 4, 3], [4, 2, 3], [4]].map((shape, k) => randomNormal(key(k), shape, { dtype })),
});

Deno.test("convTranspose1d is the adjoint of conv1d", () => {
  const settings = { stride: 2, padding: [1, 2], dilation: 2 } as const;
  const make = (seed: number, shape: readonly number[]) => randomNormal(key(seed), shape, { dtype: "float64" });
  const x = make(0, [2, 3, 11]), w = make(1, [4, 3, 3]), y = conv1d(x, w, null, settings), c = make(2, y.shape);
  const back = convTranspose1d(c, w, null, settings);
  assertEquals(back.shape, [2, 3, 10]); // the last element of x is in no window
  assertAlmostEquals(toNumber(sum(mul(y, c))), toNumber(sum(mul(sliceAxes(x, [[], [], [0, 10]]), back))), 1e-12);
});

Deno.test("convTranspose1d speaks of lengths and of conv1d when something does not fit", () => {
  const f = (x: readonly number[], w: readonly number[], options = {}) => () =>
    convTranspose1d(zeros(x), zeros(w), null, options);
  assertThrows(
    f([2, 3, 4, 5], [3, 1, 2]),
    ShapeError,
    "input must be [channels, length], or with a batch axis before, and has 4 axes",
  );
  assertThrows(
    f([3, 4], [3, 1, 2, 2]),
    ShapeError,
    "weight must be [channels, filters / groups, kernel length], the last one",
  );
  assertThrows(f([3, 4], [2, 1, 2]), ShapeError, "pass the weight of the conv1d that is transposed");
  assertThrows(
    f([3, 4], [3, 1, 2], { outputPadding: 1 }),
    ShapeError,
    "outputPadding (1) must be less than the stride (1)",
  );
  assertThrows(f([3, 1], [3, 1, 2], { padding: 1 }), ShapeError, "the result would be 0, and must be at least 1 long");
  assertThrows(f([3, 4], [3, 1, 2], { stride: [2, 2] }), ShapeError, "stride must be a whole number of 1 or more");
  assertThrows(
    () =>
      transposeConvolution("mine", 2, [zeros([1]), zeros([1]), null], {
        stride: 1,
        padding: 0,
        dilation: 1,
        groups: 1,
        outputPadding: 0,
      }),
    ShapeError,
    "Cannot apply mine",
  );
});

testOperation({
  name: "convTranspose3d",
  call: (x, w, b) =>
    convTranspose3d(x!, w!, b!, { stride: [2, 1, 2], padding: [1, 0, 1], outputPadding: [1, 0, 0], groups: 2 }),
  inputs: (dtype) => [[4, 2, 1, 2], [4, 1, 2, 1, 2], [2]].map((shape, k) => randomNormal(key(k), shape, { dtype })),
});

Deno.test("convTranspose3d speaks of planes and of conv3d when something does not fit", () => {
  const x = zeros([1, 2, 2, 2]), w = zeros([1, 1, 2, 2, 2]);
  const refuses = (f: () => unknown, message: string) => assertThrows(f, ShapeError, message);
  refuses(
    () => convTranspose3d(zeros([2, 2, 2]), w, null),
    "input must be [channels, depth, height, width], or with a batch axis before, and has 3 axes",
  );
  refuses(
    () => convTranspose3d(x, zeros([1, 1, 2, 2]), null),
    "kernel depth, kernel height, kernel width], the last three",
  );
  refuses(() => convTranspose3d(x, zeros([2, 1, 2, 2, 2]), null), "pass the weight of the conv3d that is transposed");
  refuses(
    () => convTranspose3d(x, w, null, { outputPadding: 1 }),
    "outputPadding (1) must be less than the stride (1)",
  );
  refuses(
    () => convTranspose3d(x, w, null, { padding: [2, 0, 0] }),
    "the result would be -1 x 3 x 3, and must be at least 1 x 1 x 1; pad less",
  );
  refuses(() => convTranspose3d(zeros([1, 0, 2, 2]), w, null), "pass an input with planes, rows and columns");
});
