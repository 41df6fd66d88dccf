import { assertEquals, assertThrows } from "@std/assert";
import { tensor32, zeros } from "../../../autograd/values/constructors.ts";
import { readIndices } from "../../../autograd/values/indices.ts";
import { transpose } from "../../../autograd/ops/mod.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("readIndices() reads arrays, typed arrays and tensors of whole numbers", () => {
  assertEquals(readIndices("take", [[0, 1], [2, 3]], 4), { shape: [2, 2], values: [0, 1, 2, 3] });
  assertEquals(readIndices("take", new Uint8Array([3, 0]), 4), { shape: [2], values: [3, 0] });
  assertEquals(readIndices("take", transpose(tensor32([[0, 1], [2, 3]])), 4), { shape: [2, 2], values: [0, 2, 1, 3] });
  assertEquals(readIndices("take", 2, 3), { shape: [], values: [2] });
  assertEquals(readIndices("take", zeros([0, 2]), 0), { shape: [0, 2], values: [] });
});

Deno.test("readIndices() keeps integers beyond float32's exact ones", () => {
  assertEquals(readIndices("take", new Uint32Array([16777217, 2 ** 31 - 2]), 2 ** 31 - 1).values, [
    16777217,
    2 ** 31 - 2,
  ]);
});

Deno.test("readIndices() allows one exception", () => {
  assertEquals(readIndices("loss", [0, -100], 2, -100).values, [0, -100]);
  assertThrows(() => readIndices("loss", [0, -1], 2, -100), RangeError, "index -1 at position 1");
});

Deno.test("readIndices() names the index, its position and the range", () => {
  for (const bad of [2, -1, 0.5, NaN, Infinity]) {
    assertThrows(
      () => readIndices("take", [0, bad], 2),
      RangeError,
      `Cannot apply take to index ${bad} at position 1: indices must be whole numbers from 0 to 1; correct the data`,
    );
  }
  assertThrows(() => readIndices("take", [[0], [1, 1]], 2), ShapeError, "Cannot apply take");
});
