import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward } from "../../../autograd/backward.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { argmax, argmin, max, min } from "../../../autograd/ops/extremum.ts";
import { transpose } from "../../../autograd/ops/transpose.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
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

Deno.test("nothing has no extremum, but an empty result is one", () => {
  assertThrows(
    () => max(zeros([0])),
    ShapeError,
    "Cannot apply max to x [0]: nothing has no maximum, and a reduced axis",
  );
  assertThrows(() => min(zeros([2, 0]), { axes: 1 }), ShapeError, "nothing has no minimum");
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
  assertThrows(() => argmax(zeros([3, 0]), 1), ShapeError, "Cannot apply argmax to t [3, 0]: nothing has no extremum");
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
