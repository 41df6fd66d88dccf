import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  conv1d,
  convTranspose1d,
  key,
  mul,
  randomNormal,
  ShapeError,
  sliceAxes,
  sum,
  toNumber,
  zeros,
} from "../../../autograd/mod.ts";
import { transposeConvolution } from "../../../autograd/ops/transposed_convolution.ts";
import { testOperation } from "../differentiable_twice.ts";

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
