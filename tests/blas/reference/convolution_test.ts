import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { allocate, type View } from "../../../blas/view.ts";
import { assertConvolves, computed, convolutionArbitrary, SMALL } from "../convolutions.ts";
import { elementsOf, layOut } from "../layouts.ts";

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`conv2d and its adjoints are what seven loops give, for any geometry and strides, in ${dtype}`, () => {
    fc.assert(fc.property(convolutionArbitrary(dtype), (convolution) => assertConvolves(reference, convolution)));
  });
}

Deno.test("kernels of one element multiply in place, for any strides and groups", () => {
  const pointwise = { ...SMALL, kernel: 1, padding: 0, stride: 1 };
  fc.assert(
    fc.property(convolutionArbitrary("float64", pointwise), (convolution) => assertConvolves(reference, convolution)),
  );
});

Deno.test("conv2d, conv2dInput and conv2dWeight are adjoint: <conv(x, w), y> = <x, input(y, w)> = <w, weight(x, y)>", () => {
  const inner = (a: View, b: View): number => {
    const right = elementsOf(b);
    return elementsOf(a).reduce((sum, value, k) => sum + value * right[k]!, 0);
  };
  fc.assert(fc.property(convolutionArbitrary("float64"), (convolution) => {
    const { x, w, y } = computed(reference, convolution), value = inner(y, convolution.y);
    assertAlmostEquals(inner(convolution.x, x), value, 1e-9);
    assertAlmostEquals(inner(convolution.w, w), value, 1e-9);
  }));
});

Deno.test("an image with too many windows to unfold at once is convolved in bands", () => {
  // 2 channels, 3 x 3 and 200 x 300 windows: 1,080,000 elements, more than four times what is written out at a time.
  const [height, width] = [200, 300],
    geometry = {
      stride: [1, 1],
      padding: [1, 1, 1, 1],
      dilation: [1, 1],
      groups: 1,
    } as const;
  const count = 2 * height * width, pixel = (c: number, i: number, j: number) => (7 * c + 3 * i + 5 * j) % 11;
  const values = Array.from(
    { length: count },
    (_, k) => pixel(Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width),
  );
  const x = layOut("float64", [1, 2, height, width], values) as View<"float64">;
  const w = layOut("float64", [1, 2, 3, 3], Array.from({ length: 18 }, (_, k) => k + 1)) as View<"float64">;
  const y = allocate("float64", [1, 1, height, width]);
  reference.conv2d({ geometry, x, w, y });
  for (const [i, j] of [[0, 0], [97, 150], [98, 299], [145, 0], [199, 299]] as const) {
    let expected = 0;
    for (let k = 0; k < 18; k++) {
      const row = i + Math.floor(k / 3) % 3 - 1, column = j + k % 3 - 1;
      if (row >= 0 && row < height && column >= 0 && column < width) {
        expected += (k + 1) * pixel(Math.floor(k / 9), row, column);
      }
    }
    assertEquals(y.get(0, 0, i, j), expected, `at ${i}, ${j}`);
  }
});
