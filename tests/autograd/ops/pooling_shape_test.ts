import { assertEquals, assertThrows } from "@std/assert";
import {
  avgPool2d,
  checkGradient,
  globalAvgPool2d,
  globalMaxPool2d,
  gradient,
  maxPool2d,
  ShapeError,
  sum,
  type Tensor,
  tensor64,
  toArray,
  zeros,
} from "../../../autograd/mod.ts";
import { planPooling } from "../../../autograd/ops/pooling_shape.ts";

Deno.test("windows touch unless a stride is given", () => {
  const plan = planPooling("maxPool2d", [1, 6, 9], { size: [2, 3] });
  assertEquals(plan.counts, [3, 3]);
  assertEquals(plan.geometry, { size: [2, 3], stride: [2, 3], padding: [0, 0, 0, 0] });
});

Deno.test("ceilMode adds windows that begin inside the image or the padding before it, as padding after it", () => {
  const plan = (length: number, size: number, stride: number, padding: number) =>
    planPooling("maxPool2d", [1, length, length], { size, stride, padding, ceilMode: true });
  assertEquals(plan(5, 2, 2, 0).counts, [3, 3]);
  assertEquals(plan(5, 2, 2, 0).geometry.padding, [0, 0, 1, 1]);
  assertEquals(plan(6, 2, 2, 0).counts, [3, 3]);
  // A third window would begin at 5, in the padding after the image.
  assertEquals(plan(4, 2, 3, 1).counts, [2, 2]);
});

for (const [name, pool] of Object.entries({ maxPool2d, avgPool2d })) {
  Deno.test(`${name}() says what it cannot do`, () => {
    const x = zeros([2, 3, 6, 6]),
      refuses = (call: () => unknown, message: string) => assertThrows(call, ShapeError, message);
    refuses(
      () => pool(x, { size: 0 }),
      `Cannot apply ${name} to x [2, 3, 6, 6] and size 0: size must be a whole number of 1`,
    );
    refuses(
      () => pool(x, { size: 2, stride: [1, 0] }),
      "and size 2 and stride [1,0]: stride must be a whole number of 1",
    );
    refuses(
      () => pool(x, { size: 7 }),
      "windows are 7 x 7, more than the padded image, which is 6 x 6; make them smaller",
    );
    refuses(() => pool(x, { size: [3, 2], padding: [1, 2] }), "padding must be less than the size of the windows");
    refuses(() => pool(x, { size: 2, padding: -1 }), "padding must be a whole number of 0 or more");
    refuses(() => pool(zeros([6, 6]), { size: 2 }), "x must be [channels, height, width], or with a batch axis before");
    refuses(() => pool(zeros([1, 0, 6]), { size: 1 }), "the image must have at least one row and one column");
    // @ts-expect-error there is no usual size
    refuses(() => pool(x, {}), "size must be given");
  });
}

Deno.test("the global poolings want images too", () => {
  assertThrows(() => globalAvgPool2d(zeros([6, 6])), ShapeError, "Cannot apply globalAvgPool2d to x [6, 6]");
  assertThrows(() => globalMaxPool2d(zeros([6, 6])), ShapeError, "Cannot apply globalMaxPool2d to x [6, 6]");
  assertThrows(() => globalMaxPool2d(zeros([2, 0, 6])), ShapeError, "at least one row and one column");
});

/** PyTorch's `pooling_output_shape`, from the source of its pooling operations (`ATen/native/Pool.h`), dilation 1. */
function torchCount(
  length: number,
  size: number,
  stride: number,
  before: number,
  after: number,
  ceil: boolean,
): number {
  const count = Math.floor((length + before + after - (size - 1) - 1 + (ceil ? stride - 1 : 0)) / stride) + 1;
  return ceil && (count - 1) * stride >= length + before ? count - 1 : count;
}

Deno.test("poolings have PyTorch's shapes, on a grid of lengths, sizes, strides and paddings", () => {
  const upTo = (low: number, high: number) => Array.from({ length: high - low + 1 }, (_, i) => low + i);
  for (const ceilMode of [false, true]) {
    for (const length of upTo(1, 8)) {
      for (const size of upTo(1, 5)) {
        for (const stride of upTo(1, 5)) {
          for (const before of upTo(0, size - 1)) {
            for (const after of upTo(0, size - 1)) {
              const wanted = torchCount(length, size, stride, before, after, ceilMode);
              const options = {
                size: [1, size],
                stride: [1, stride],
                padding: [0, before, 0, after],
                ceilMode,
              } as const;
              const plan = () => planPooling("maxPool2d", [1, 1, length], options).counts;
              if (wanted < 1) assertThrows(plan, ShapeError, "more than the padded image");
              else assertEquals(plan(), [1, wanted], JSON.stringify({ length, ...options }));
            }
          }
        }
      }
    }
  }
});

Deno.test("in ceilMode a window may be larger than the padded image, and covers the elements inside it", () => {
  // PyTorch: F.max_pool2d and F.avg_pool2d of [[[1., 2.], [3., 6.]]] with kernel_size=3, stride=2, ceil_mode=True give
  // [[[6.]]] and [[[3.]]]: what lies beyond the padded image does not count.
  const x = tensor64([[[1, 2], [3, 6]]]), options = { size: 3, stride: 2, ceilMode: true } as const;
  assertEquals([toArray(maxPool2d(x, options)), toArray(avgPool2d(x, options))], [[[[6]]], [[[3]]]]);
  checkGradient((t) => avgPool2d(t, options), x);
  assertEquals(toArray(gradient((t: Tensor) => sum(maxPool2d(t, options)))(x)), [[[0, 0], [0, 1]]]);
  assertThrows(() => maxPool2d(x, { size: 3, stride: 1, ceilMode: true }), ShapeError, "windows are 3 x 3, more than");
});
