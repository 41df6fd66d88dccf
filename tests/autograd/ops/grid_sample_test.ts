import { assertEquals, assertThrows } from "@std/assert";
import {
  gridSample,
  key,
  randomNormal,
  randomUniform,
  ShapeError,
  tensor64,
  toList,
  zeros,
} from "../../../autograd/mod.ts";
import { testOperation } from "../differentiable_twice.ts";

for (const padding of ["zeros", "border"] as const) {
  testOperation({
    name: `gridSample, ${padding}`,
    call: (x, grid) => gridSample(x!, grid!, { padding }),
    inputs: (dtype) => [
      randomNormal(key(1), [2, 2, 3, 4], { dtype }),
      randomUniform(key(2), [2, 2, 3, 2], { dtype, min: -1.3, max: 1.3 }),
    ],
  });
}

Deno.test("gridSample at the centers of elements gives the image", () => {
  const image = tensor64([[[[1, 2], [3, 4]]]]),
    centers = tensor64([[[[-0.5, -0.5], [0.5, -0.5]], [[-0.5, 0.5], [0.5, 0.5]]]]);
  for (const mode of ["linear", "nearest"] as const) {
    assertEquals(toList(gridSample(image, centers, { mode })), [1, 2, 3, 4]);
  }
  const corners = tensor64([[[[-1, -1], [1, -1]], [[-1, 1], [1, 1]]]]);
  assertEquals(toList(gridSample(image, corners, { alignCorners: true })), [1, 2, 3, 4]);
});

Deno.test("gridSample far beyond the image gives zeros, or its border", () => {
  const image = tensor64([[[[1, 2], [3, 4]]]]), far = tensor64([[[[-9, -9], [9, 9], [0, 9]]]]);
  assertEquals(toList(gridSample(image, far)), [0, 0, 0]);
  assertEquals(toList(gridSample(image, far, { padding: "border" })), [1, 4, 3.5]);
});

Deno.test("gridSample says what does not fit", () => {
  const image = zeros([1, 1, 2, 2]), grid = zeros([1, 1, 1, 2]);
  assertThrows(() => gridSample(zeros([2, 2]), grid), ShapeError, "x must be [batch, channels, height, width]");
  assertThrows(() => gridSample(image, zeros([1, 1, 1, 3])), ShapeError, "grid must be [batch, output height");
  assertThrows(() => gridSample(zeros([2, 1, 2, 2]), grid), ShapeError, "the same batch axis");
  assertThrows(() => gridSample(zeros([1, 1, 0, 2]), grid), ShapeError, "at least one row and one column");
  assertThrows(
    () => gridSample(image, grid, { mode: "bilinear" as "linear" }),
    RangeError,
    'Cannot apply gridSample with "bilinear" for mode: it must be "linear" or "nearest"; correct the name',
  );
});

// python3 -c "import torch; x = torch.tensor([[[[1., 2], [3, 4]]]]); g = torch.tensor([[[[float('nan'), 1], [float('inf'), -float('inf')]]]]);
//   print(torch.nn.functional.grid_sample(x, g, padding_mode='border', align_corners=False))"
Deno.test("gridSample with a border takes NaN for the first row and column, as PyTorch, and infinities for the border", () => {
  const image = tensor64([[[[1, 2], [3, 4]]]]), grid = tensor64([[[[NaN, 1], [Infinity, -Infinity]]]]);
  for (const mode of ["linear", "nearest"] as const) {
    assertEquals(toList(gridSample(image, grid, { padding: "border", mode })), [3, 2]);
  }
});
