import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { add, div, mul, neg, safeDiv, scale, sub } from "../../../autograd/ops/arithmetic.ts";
import { sum } from "../../../autograd/ops/sum.ts";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { toArray, toList, toNumber } from "../../../autograd/values/read.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("arithmetic broadcasts as NumPy does", () => {
  const a = tensor64([[1, 2], [3, 4]]), row = tensor64([10, 20]), column = tensor64([[1], [-1]]);
  assertEquals(toArray(add(a, row)), [[11, 22], [13, 24]]);
  assertEquals(toArray(sub(row, a)), [[9, 18], [7, 16]]);
  assertEquals(toArray(mul(column, row)), [[10, 20], [-10, -20]]);
  assertEquals(toArray(div(a, 2)), [[0.5, 1], [1.5, 2]]);
  assertEquals(add(zeros([2, 0]), zeros([1])).shape, [2, 0]);
});

Deno.test("arithmetic names the shapes that do not broadcast, and what to do", () => {
  assertThrows(
    () => add(zeros([2, 3]), zeros([2])),
    ShapeError,
    "Cannot apply add to a [2, 3] and b [2]: axis -1 is 3 in one and 2 in another, and lengths must be equal or 1 to " +
      "broadcast; reshape or transpose one operand",
  );
});

Deno.test("arithmetic on numbers is that of the dtype, rounded once", () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
    const [x, y] = [tensor64(a), tensor64(b)];
    assertEquals([add(x, y), sub(x, y), mul(x, y), div(x, y), neg(x)].map(toNumber), [a + b, a - b, a * b, a / b, -a]);
    const [s, t] = [Math.fround(a), Math.fround(b)];
    assertEquals(toNumber(mul(tensor32(a), tensor32(b))), Math.fround(s * t));
    assertEquals(toNumber(add(tensor32(a), tensor32(b))), Math.fround(s + t));
  }));
});

Deno.test("division by zero is IEEE's, and safeDiv() avoids it", () => {
  assertEquals(toList(div(tensor64([1, -1, 0]), 0)), [Infinity, -Infinity, NaN]);
  assertEquals(toNumber(safeDiv(tensor64(1), tensor64(0))), 1e8);
  assertEquals(toNumber(safeDiv(tensor64(3), 1, { epsilon: 0.5 })), 2);
  assertEquals(toNumber(safeDiv(1, tensor64(0), { epsilon: 0.25 })), 4);
});

Deno.test("scale() multiplies by one number", () => {
  assertEquals(toList(scale(tensor64([1, -2]), -3)), [-3, 6]);
  assertEquals(toList(gradient((x: ReturnType<typeof tensor64>) => sum(scale(x, 4)))(tensor64([1, 2]))), [4, 4]);
});
