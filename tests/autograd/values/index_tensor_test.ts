import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  broadcastTo,
  compile,
  constant,
  oneHot,
  ShapeError,
  type Tensor,
  tensor64,
  toArray,
  toList,
} from "../../../autograd/mod.ts";
import { indexTensor } from "../../../autograd/values/indices.ts";

Deno.test("indexTensor() counts negative indices from the end", () => {
  const indices = indexTensor("take", [[0, -1], [2, -3]], 3, "float32");
  assertEquals([toArray(indices), indices.dtype, indices.tag], [[[0, 2], [2, 0]], "float32", "constant"]);
});

Deno.test("indexTensor() uses a constant that fits as it is, and converts any other", () => {
  const fits = constant([0, 1]);
  assertStrictEquals(indexTensor("take", fits, 2, "float32"), fits);
  assertEquals(indexTensor("take", fits, 2, "float64").dtype, "float64");
  const tracked = tensor64([1, 0]), stopped = indexTensor("take", tracked, 2, "float64");
  assertEquals([stopped.tag, stopped.view === tracked.view], ["constant", true]);
  const repeated = broadcastTo(constant([-1]), [3]);
  assertEquals(toList(indexTensor("take", repeated, 5, "float32")), [4, 4, 4]);
});

Deno.test("indexTensor() names the operation, the index, its place and the range", () => {
  assertThrows(
    () => indexTensor("takeAlong", [0, 3], 3, "float64"),
    RangeError,
    "Cannot apply takeAlong to index 3 at position 1: indices must be whole numbers from -3 to 2, negative ones counted " +
      "from the end; correct the data, or the axis",
  );
  assertThrows(() => indexTensor("take", [-1], 0, "float64"), RangeError, "index -1 at position 0");
  assertThrows(() => indexTensor("take", [[0], [0, 1]], 2, "float64"), ShapeError, "Cannot apply take");
});

Deno.test("traced indices that float32 cannot hold are refused like others", () => {
  const wide = compile((x: Tensor<"float64">) => oneHot(x, 2 ** 24 + 1));
  assertThrows(() => wide(tensor64([1])), RangeError, "Cannot apply oneHot to an axis of 16777217: float32 holds");
  assertThrows(() => indexTensor("take", [0], 2 ** 24 + 1, "float32"), RangeError, "Cannot apply take to an axis of");
});
