import { assert, assertEquals } from "@std/assert";
import type { ConvolutionGeometry } from "../../../../blas/convolution.ts";
import { type DType, newData, type ReadonlyDataOf } from "../../../../blas/dtype.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { type Shape, sizeOf } from "../../../../blas/shape.ts";
import { createContext } from "../../../../blas/simd/context.ts";
import { convolutionOn } from "../../../../blas/simd/convolution/mod.ts";
import { type View, view } from "../../../../blas/view.ts";
import { computed, type Convolution, convolutionArbitrary } from "../../convolutions.ts";
import { elementsOf } from "../../layouts.ts";
import { testConvolutions } from "./variants.ts";

testConvolutions(
  "conv2d and its adjoints are what seven loops give, for any geometry and strides",
  convolutionArbitrary,
);

/** Whole numbers from -3 to 3: sums of products of them are exact in float32. */
function wholeNumbers<D extends DType>(dtype: D, shape: Shape, seed: number): View<D> {
  const data = newData(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919 + seed) % 7 - 3;
  return view<D>(data as ReadonlyDataOf<D>, shape);
}

const plain: ConvolutionGeometry = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };

/** Convolutions whose images or kernels are more than 1 MiB. */
const LARGE: { readonly [name: string]: Record<"x" | "w" | "y", Shape> & { readonly geometry: ConvolutionGeometry } } =
  {
    "a large image": { geometry: plain, x: [1, 3, 400, 300], w: [4, 3, 3, 3], y: [1, 4, 400, 300] },
    "windows far apart": {
      geometry: { stride: [3, 2], padding: [2, 1, 0, 3], dilation: [2, 1], groups: 1 },
      x: [2, 3, 301, 200],
      w: [4, 3, 3, 4],
      y: [2, 4, 100, 101],
    },
    "single channels": { geometry: { ...plain, groups: 2 }, x: [1, 2, 500, 400], w: [2, 1, 3, 3], y: [1, 2, 500, 400] },
    "single channels, far apart": {
      geometry: { ...plain, groups: 2, stride: [2, 2] },
      x: [1, 2, 600, 500],
      w: [4, 1, 3, 3],
      y: [1, 4, 300, 250],
    },
    "kernels of which not one fits": {
      geometry: plain,
      x: [1, 200, 3, 4],
      w: [200, 200, 3, 3],
      y: [1, 200, 3, 4],
    },
  };

for (const [name, { geometry, ...shapes }] of Object.entries(LARGE)) {
  Deno.test(`a scratch memory of 1 MiB is enough for ${name}`, () => {
    const context = createContext({ maximumBytes: 1 << 20 }), small = convolutionOn(context);
    const operands: Convolution<"float32"> = {
      geometry,
      x: wholeNumbers("float32", shapes.x, 1),
      w: wholeNumbers("float32", shapes.w, 2),
      y: wholeNumbers("float32", shapes.y, 3),
    };
    const actual = computed(small, operands), expected = computed(reference, operands);
    for (const result of ["x", "w", "y"] as const) {
      // Not assertEquals: it would print all elements of both.
      const wanted = elementsOf(expected[result]);
      assert(elementsOf(actual[result]).every((value, k) => value === wanted[k]), result);
    }
    assert(context.scratch.memory.buffer.byteLength <= 1 << 20);
  });
}

Deno.test("nothing is left reserved", () => {
  const context = createContext(), { conv2d } = convolutionOn(context), before = context.scratch.mark();
  const x = wholeNumbers("float32", [1, 2, 5, 5], 1), w = wholeNumbers("float32", [2, 2, 3, 3], 2);
  const y = wholeNumbers("float32", [1, 2, 5, 5], 3);
  conv2d({ geometry: plain, x, w, y: y as Parameters<typeof conv2d>[0]["y"] });
  assertEquals(context.scratch.mark(), before);
});

Deno.test("images have no influence on one another, not even as NaN", () => {
  const { conv2d, conv2dInput } = convolutionOn(createContext());
  for (const groups of [1, 4]) {
    const x = wholeNumbers("float64", [2, 4, 9, 10], 1), w = wholeNumbers("float64", [4, 4 / groups, 3, 3], 2);
    const nan = newData("float64", 720);
    nan.set(x.data as Float64Array);
    nan.fill(NaN, 360);
    const geometry = { ...plain, groups }, spoilt = view<"float64">(nan, x.shape);
    const [clean, half] = [x, spoilt].map((images) => {
      const forth = new Float64Array(720), back = new Float64Array(720), shape = [2, 4, 9, 10];
      const result = (data: Float64Array) => view<"float64">(data, shape) as Parameters<typeof conv2d>[0]["y"];
      conv2d<DType>({ geometry, x: images, w, y: result(forth) });
      conv2dInput<DType>({ geometry, x: result(back), w, y: images });
      return [forth, back];
    });
    for (const k of [0, 1]) {
      assertEquals(half![k]!.subarray(0, 360), clean![k]!.subarray(0, 360));
      assert(half![k]!.subarray(360).every(Number.isNaN));
    }
  }
});

Deno.test("elements do not depend on the position of an image in the batch", () => {
  const { conv2d } = convolutionOn(createContext());
  const w = wholeNumbers("float32", [5, 3, 3, 3], 2), one = wholeNumbers("float32", [1, 3, 11, 6], 1);
  const three = newData("float32", 3 * one.size);
  for (const k of [0, 1, 2]) three.set((one.data as Float32Array).map((v) => v / 3), k * one.size);
  const y = newData("float32", 3 * 5 * 66);
  const operands = { geometry: plain, x: view<"float32">(three, [3, 3, 11, 6]), w };
  conv2d({ ...operands, y: view<"float32">(y, [3, 5, 11, 6]) as Parameters<typeof conv2d<"float32">>[0]["y"] });
  assertEquals(y.subarray(330, 660), y.subarray(0, 330));
  assertEquals(y.subarray(660), y.subarray(0, 330));
});
