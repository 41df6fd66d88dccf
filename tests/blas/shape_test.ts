import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ShapeError } from "../../blas/errors.ts";
import {
  broadcastShapes,
  checkShape,
  normalizeAxis,
  resolveAxes,
  rowMajorStrides,
  sameShape,
  type Shape,
  sizeOf,
  unwrap,
} from "../../blas/shape.ts";
import { indicesOf, shapeArbitrary, subsetsOf } from "./layouts.ts";

Deno.test("sizeOf() counts the indices of a shape", () => {
  fc.assert(fc.property(shapeArbitrary(), (shape) => assertEquals(sizeOf(shape), indicesOf(shape).length)));
});

Deno.test("rowMajorStrides() number the elements in row-major order", () => {
  fc.assert(fc.property(shapeArbitrary(), (shape) => {
    const strides = rowMajorStrides(shape);
    indicesOf(shape).forEach((index, k) =>
      assertEquals(index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0), k)
    );
  }));
});

Deno.test("sameShape() compares length by length", () => {
  fc.assert(fc.property(shapeArbitrary(), shapeArbitrary(), (a, b) => {
    assert(sameShape(a, [...a]));
    assertEquals(sameShape(a, b), JSON.stringify(a) === JSON.stringify(b));
  }));
});

Deno.test("checkShape() rejects values that are not shapes, and names them", () => {
  for (const shape of [[], [0], [2, 3], [2 ** 16, 2 ** 15 - 1], [2 ** 31 - 1], Array(64).fill(1)]) {
    checkShape("zeros", shape);
  }
  for (const [shape, length] of [[[2, -1], "-1"], [[1.5], "1.5"], [[NaN], "NaN"], [[Infinity], "Infinity"]] as const) {
    assertThrows(() => checkShape("zeros", shape), ShapeError, `Cannot apply zeros to shape [${shape.join(", ")}]`);
    assertThrows(() => checkShape("zeros", shape), ShapeError, `but one is ${length}`);
  }
  assertThrows(() => checkShape("zeros", [2 ** 16, 2 ** 15]), ShapeError, "2147483648 elements are more than an array");
  assertThrows(
    () => checkShape("zeros", [2 ** 31, 0]),
    ShapeError,
    "an axis of 2147483648 is longer than an array can be",
  );
  assertThrows(() => checkShape("zeros", [1e308, 1e308, 0]), ShapeError, "longer than an array can be");
  assertThrows(
    () => checkShape("zeros", 3 as unknown as Shape),
    ShapeError,
    "a shape must be an array of axis lengths",
  );
  assertThrows(() => checkShape("zeros", ["2"] as unknown as Shape), ShapeError, "but one is 2");
});

Deno.test("shapes of more than 64 axes are rejected at once, however long they are", () => {
  for (const rank of [65, 1000, 1e7]) {
    const error = assertThrows(() => checkShape("zeros", new Array(rank).fill(1)), ShapeError);
    assertEquals(
      error.message,
      `Cannot apply zeros to shape of ${rank} axes: an array can have at most 64 axes; join some of them into one`,
    );
  }
});

Deno.test("broadcastShapes() broadcasts shapes as NumPy documents it", () => {
  // The examples of https://numpy.org/doc/stable/user/basics.broadcasting.html
  const examples: readonly (readonly [Shape, Shape, Shape])[] = [
    [[256, 256, 3], [3], [256, 256, 3]],
    [[8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]],
    [[5, 4], [1], [5, 4]],
    [[15, 3, 5], [15, 1, 5], [15, 3, 5]],
    [[15, 3, 5], [3, 1], [15, 3, 5]],
    [[], [2, 0], [2, 0]],
    [[1], [0], [0]],
  ];
  for (const [a, b, joined] of examples) {
    assertEquals(unwrap(broadcastShapes("add", [a, b])), joined);
    assertEquals(unwrap(broadcastShapes("add", [b, a])), joined);
  }
  const wide = [2, 3];
  assertStrictEquals(unwrap(broadcastShapes("where", [wide, [], [1], [3], [2, 3], [1, 1]])), wide);
  assertEquals(unwrap(broadcastShapes("where", [[3, 1, 1], [2, 1], [4]])), [3, 2, 4]);
  assertEquals(unwrap(broadcastShapes("add", [])), []);
});

Deno.test("broadcastShapes() returns an error that names the operands and the axis", () => {
  for (const [a, b] of [[[3], [4]], [[2, 1], [8, 4, 3]], [[0], [2]]] as [Shape, Shape][]) {
    const answer = broadcastShapes("add", [a, b]);
    assert(answer._tag === "Left");
    assertEquals(answer.left.given, { a, b });
  }
  const answer = broadcastShapes("mul", [[2, 1], [8, 4, 3]]);
  assert(answer._tag === "Left");
  assertEquals(
    answer.left.message,
    "Cannot apply mul to a [2, 1] and b [8, 4, 3]: axis -2 is 2 in one and 4 in another, but lengths must be equal " +
      "or 1 to broadcast; reshape or transpose one so that the axes line up from the right",
  );
});

Deno.test("broadcastShapes() is associative and commutative, with the identity []", () => {
  const shapes = fc.array(fc.constantFrom(0, 1, 1, 3), { maxLength: 3 });
  const join = (...all: Shape[]): Shape | undefined => {
    const answer = broadcastShapes("add", all);
    return answer._tag === "Right" ? answer.right : undefined;
  };
  fc.assert(fc.property(shapes, shapes, shapes, (a, b, c) => {
    assertEquals(join(a, b), join(b, a));
    assertEquals(join(a, []), a);
    const [ab, bc, all] = [join(a, b), join(b, c), join(a, b, c)];
    if (ab !== undefined) assertEquals(join(ab, c), all);
    if (bc !== undefined) assertEquals(join(a, bc), all);
  }));
});

Deno.test("normalizeAxis() counts negative axes from the end", () => {
  for (const axis of [0, 1, 2]) {
    assertEquals(unwrap(normalizeAxis("sum", [4, 5, 6], axis)), axis);
    assertEquals(unwrap(normalizeAxis("sum", [4, 5, 6], axis - 3)), axis);
  }
  for (const axis of [3, -4, 0.5, NaN]) {
    assertThrows(
      () => unwrap(normalizeAxis("sum", [4, 5, 6], axis)),
      ShapeError,
      `Cannot apply sum to x [4, 5, 6] and axis ${axis}: axis must be a whole number from -3 to 2 for [4, 5, 6]`,
    );
  }
  assertThrows(() => unwrap(normalizeAxis("sum", [], 0)), ShapeError, "a 0-d tensor has no axes; -1 is the last axis");
});

Deno.test("resolveAxes() sorts the chosen axes, and returns all axes if none is chosen", () => {
  const shape = [2, 3, 4, 5];
  assertEquals(resolveAxes("sum", shape), [0, 1, 2, 3]);
  assertEquals(resolveAxes("sum", shape, -1), [3]);
  assertEquals(resolveAxes("sum", []), []);
  for (const axes of subsetsOf([0, 1, 2, 3])) {
    assertEquals(resolveAxes("sum", shape, axes.toReversed()), axes);
    assertEquals(resolveAxes("sum", shape, axes.map((axis) => axis - 4)), axes);
  }
});

Deno.test("resolveAxes() rejects an axis named twice, and does not change its argument", () => {
  const axes = Object.freeze([2, 0]);
  assertEquals(resolveAxes("sum", [2, 3, 4], axes), [0, 2]);
  assertThrows(() => resolveAxes("sum", [2, 3, 4], [2, -1]), ShapeError, "axes [2, -1]: an axis is named twice");
  assertThrows(() => resolveAxes("sum", [2], [0, 1]), ShapeError, "axis must be a whole number from -1 to 0");
});

Deno.test("unwrap() returns the value of a Right and throws the error of a Left", () => {
  assertEquals(unwrap({ _tag: "Right", right: 3 }), 3);
  assertThrows(() => unwrap({ _tag: "Left", left: new RangeError("no") }), RangeError, "no");
});
