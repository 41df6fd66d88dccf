import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isPointwise, sizesOf, windowCount } from "../../blas/convolution.ts";
import { shapesArbitrary } from "./convolutions.ts";

Deno.test("windowCount() counts the positions where a window fits", () => {
  const setting = (min: number, max: number) => fc.integer({ min, max });
  fc.assert(
    fc.property(setting(0, 9), setting(1, 4), setting(1, 4), setting(1, 3), setting(0, 5), (
      length,
      kernel,
      stride,
      dilation,
      padding,
    ) => {
      let count = 0;
      while (count * stride + dilation * (kernel - 1) < length + padding) count++;
      assertEquals(Math.max(0, windowCount(length, kernel, { stride, dilation, padding })), count);
    }),
  );
});

Deno.test("sizesOf() reads sizes from shapes, channels and filters per group", () => {
  const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 3 } as const;
  const shapes = { x: { shape: [2, 6, 7, 8] }, w: { shape: [12, 2, 3, 4] }, y: { shape: [2, 12, 5, 5] } };
  assertEquals(sizesOf({ geometry, ...shapes }), {
    batch: 2,
    channels: 2,
    filters: 4,
    groups: 3,
    height: 7,
    width: 8,
    kernelHeight: 3,
    kernelWidth: 4,
    outputHeight: 5,
    outputWidth: 5,
  });
});

Deno.test("isPointwise() holds where every element is a window of its own", () => {
  fc.assert(fc.property(shapesArbitrary(), ({ geometry, x, w, y }) => {
    const { stride, padding } = geometry;
    const expected = w[2] === 1 && w[3] === 1 && stride[0] === 1 && stride[1] === 1 && padding.join() === "0,0,0,0";
    const sizes = sizesOf({ geometry, x: { shape: x }, w: { shape: w }, y: { shape: y } });
    assertEquals(isPointwise(sizes, geometry), expected);
  }));
});
