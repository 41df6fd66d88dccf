import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { compile } from "../../../autograd/mod.ts";
import { argmax, argmin, max, min } from "../../../autograd/ops/extremum.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { engines, setEngine } from "../../../blas/engines.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("max() and min() reduce chosen axes, all if none is chosen", () => {
  const t = tensor64([[1, 9, 2], [7, 3, 5]]);
  assertEquals([toNumber(max(t)), toNumber(min(t))], [9, 1]);
  assertEquals([toArray(max(t, { axes: 0 })), toArray(min(t, { axes: -1 }))], [[7, 9, 5], [1, 3]]);
  assertEquals(max(t, { axes: [0, 1], keepDims: true }).shape, [1, 1]);
  assertEquals(toNumber(max(tensor64([1, NaN, 2]))), NaN);
  assertEquals(toNumber(min(tensor64(5))), 5);
});

Deno.test("elements that attain the extremum share the gradient equally", () => {
  const t = tensor64([[3, 3, 1], [2, 5, 5]]);
  assertEquals(toArray(backward(max(t, { axes: 1 })).get(t)!), [[0.5, 0.5, 0], [0, 0.5, 0.5]]);
  assertEquals(toArray(backward(min(t)).get(t)!), [[0, 0, 1], [0, 0, 0]]);
});

Deno.test("max() of no elements is -Infinity and min() Infinity, the identities, as in ONNX", () => {
  // NumPy: np.max(np.zeros((2, 0)), axis=1, initial=-np.inf) is array([-inf, -inf]).
  for (const engine of Object.values(engines)) {
    const previous = setEngine(engine);
    try {
      assertEquals([toNumber(max(zeros([0]))), toNumber(min(zeros([0])))], [-Infinity, Infinity]);
      assertEquals(toList(min(zeros([2, 0]), { axes: 1 })), [Infinity, Infinity]);
      assertEquals(toList(max(tensor64([], [0, 3]), { axes: 0 })), [-Infinity, -Infinity, -Infinity]);
      const x = tensor64([], [2, 0]);
      assertEquals(backward(max(x, { axes: 1 })).get(x)!.shape, [2, 0]);
    } finally {
      setEngine(previous);
    }
  }
  assertEquals(toList(compile((x: Tensor<"float64">) => max(x, { axes: 0 }))(tensor64([], [0, 2]))), [
    -Infinity,
    -Infinity,
  ]);
});

Deno.test("an empty result has no extremum, and an axis that does not exist is refused", () => {
  assertEquals(max(zeros([0, 3]), { axes: 1 }).shape, [0]);
  assertThrows(() => max(zeros([2]), { axes: 1 }), ShapeError, "axis must be a whole number from -1 to 0");
});

Deno.test("argmax() and argmin() find the first extremum along an axis, a NaN before all", () => {
  const t = tensor64([[1, 9, 9], [7, 3, 3]]);
  assertEquals([toList(argmax(t, 1)), toList(argmin(t, 1)), toList(argmax(t, 0))], [[1, 0], [0, 1], [1, 0, 0]]);
  assertEquals([toNumber(argmax(t)), toNumber(argmin(t)), toNumber(argmax(transpose(t)))], [1, 0, 2]);
  assertEquals(toList(argmax(tensor64([[1, NaN, NaN], [NaN, 5, 6]]), -1)), [1, 0]);
  assertEquals([argmax(tensor32([1, 2])).dtype, argmax(tensor64([1, 2])).tag], ["float32", "constant"]);
  assertEquals(argmax(zeros([0, 3]), 1).shape, [0]);
  assertThrows(
    () => argmax(zeros([3, 0]), 1),
    ShapeError,
    "Cannot apply argmax to t [3, 0]: there must be an element to point at, and axis 1 has length 0",
  );
  assertThrows(() => argmin(zeros([3]), 1), ShapeError, "Cannot apply argmin");
});

Deno.test("argmax() points at max(), on any axis", () => {
  const cases = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 4 }), { minLength: 1 });
  fc.assert(fc.property(cases, (rows) => {
    const t = tensor64(rows);
    assertEquals(toList(argmax(t, 1)), rows.map((row) => row.indexOf(Math.max(...row))));
    assertEquals(toList(argmin(t, 1)), rows.map((row) => row.indexOf(Math.min(...row))));
    assertEquals(toList(max(t, { axes: 1 })), rows.map((row) => Math.max(...row)));
  }));
});

Deno.test("argmax() and argmin() take the options of reductions: one axis, several, all, kept or not", () => {
  // python3 -c "import numpy as np; t = np.array([[1, 9, 2], [7, 3, 5]]); print(t.argmax(1, keepdims=True).tolist(),
  //   t.argmin(0).tolist(), t.argmax(keepdims=True))"  ->  [[1], [0]] [0, 1, 0] [[1]]
  const t = tensor64([[1, 9, 2], [7, 3, 5]]);
  assertEquals(toArray(argmax(t, { axis: 1, keepDims: true })), [[1], [0]]);
  assertEquals([toList(argmin(t, { axes: 0 })), toList(argmin(t, { axis: -2 })), toList(argmin(t, 0))], [[0, 1, 0], [
    0,
    1,
    0,
  ], [0, 1, 0]]);
  assertEquals([toArray(argmax(t, { keepDims: true })), toNumber(argmax(t, {}))], [[[1]], 1]);
  const cube = tensor64([[[1, 2], [3, 4]], [[9, 0], [0, 0]]]);
  assertEquals(toList(argmax(cube, { axes: [1, 2] })), [3, 0]);
  assertEquals(toArray(argmax(cube, { axes: [0, 2], keepDims: true })), [[[2], [1]]]);
  assertEquals(toArray(argmax(tensor64([3, 4]), { axes: [] })), [0, 0]);
  assertThrows(() => argmax(t, { axis: 0, axes: 1 }), TypeError, "Cannot apply argmax with axis 0 and axes 1: both");
  assertThrows(() => argmax(t, { axes: [0, 0] }), ShapeError, "Cannot apply argmax");
});

Deno.test("argmax() and argmin() refuse axes whose positions float32 cannot hold, before they look", () => {
  const long = zeros([2, 2 ** 24 + 1]);
  for (const [name, f] of Object.entries({ argmax, argmin })) {
    assertThrows(
      () => f(long, { axis: 1 }),
      RangeError,
      `Cannot apply ${name} to an axis of 16777217: float32 holds every whole number up to 2^24 only; use float64`,
    );
    assertThrows(() => f(long), RangeError, "an axis of 33554434");
  }
  assertEquals(argmax(zeros([2 ** 24 + 1, 2], { dtype: "float64" }), { axis: 1 }).shape, [2 ** 24 + 1]);
});
