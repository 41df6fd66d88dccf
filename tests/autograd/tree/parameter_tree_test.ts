import { assertEquals, assertThrows } from "@std/assert";
import { ones, tensor64 } from "../../../autograd/values/constructors.ts";
import { add } from "../../../autograd/ops/mod.ts";
import { mapTensors, type ParameterTree, zerosLike, zipTensors } from "../../../autograd/tree/parameter_tree.ts";
import { toList } from "../../../autograd/values/read.ts";

Deno.test("zerosLike() keeps structure, shapes and dtypes", () => {
  const params = { layers: [{ weight: ones([2, 3]), bias: tensor64([1, 2]) }], scale: ones([]) };
  const zeros = zerosLike(params);
  assertEquals([zeros.layers[0]!.weight.shape, zeros.layers[0]!.weight.dtype], [[2, 3], "float32"]);
  assertEquals([toList(zeros.layers[0]!.bias), zeros.layers[0]!.bias.dtype, zeros.layers[0]!.bias.tag], [
    [0, 0],
    "float64",
    "constant",
  ]);
  assertEquals(toList(zeros.scale), [0]);
});

Deno.test("mapTensors() and zipTensors() keep the type of the tree", () => {
  const params = { a: tensor64([1, 2]), b: [tensor64(3)] as const };
  const doubled: typeof params = mapTensors((t) => add(t, t), params);
  assertEquals(toList(doubled.b[0]), [6]);
  const summed: typeof params = zipTensors((x, y) => add(x, y), params, doubled);
  assertEquals(toList(summed.a), [3, 6]);
  const other: ParameterTree = { a: tensor64(1) };
  assertThrows(() => zipTensors((x, y) => add(x, y), params, other), TypeError, '"b"');
});
