/**
 * Axes joined to levels.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { levelsAround, levelsFromAxis0, levelsOf } from "../../../../blas/simd/program/levels.ts";
import { indicesOf } from "../../layouts.ts";

const axes = fc.array(
  fc.record({
    length: fc.integer({ min: 1, max: 4 }),
    steps: fc.tuple(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0, 1, 4)),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Where the elements are that an operand shows, in row-major order. */
const positions = (lengths: readonly number[], stride: readonly number[]) =>
  indicesOf(lengths).map((index) => index.reduce((sum, i, axis) => sum + i * stride[axis]!, 0));

Deno.test("levels show the same elements in the same order as the axes", () => {
  fc.assert(fc.property(axes, (list) => {
    const shape = list.map(({ length }) => length), strides = [0, 1].map((k) => list.map(({ steps }) => steps[k]!));
    for (const levels of [levelsOf, levelsFromAxis0].map((make) => make(shape, strides))) {
      strides.forEach((stride, k) =>
        assertEquals(positions(levels.lengths, levels.strides[k]!), positions(shape, stride))
      );
    }
  }));
});

Deno.test("level 0 can be cut at every index of axis 0", () => {
  fc.assert(fc.property(axes, (list) => {
    const shape = list.map(({ length }) => length), strides = [0, 1].map((k) => list.map(({ steps }) => steps[k]!));
    const { lengths, scale } = levelsFromAxis0(shape, strides);
    assertEquals(lengths[0], shape[0]! * scale);
  }));
});

Deno.test("dense arrays are one level", () => {
  assertEquals(levelsOf([3, 1, 4], [[4, 4, 1]]), { lengths: [12], strides: [[1]], scale: 1 });
  assertEquals(levelsFromAxis0([3, 1, 4], [[4, 4, 1]]), { lengths: [12], strides: [[1]], scale: 4 });
  assertEquals(levelsOf([], [[]]), { lengths: [1], strides: [[0]], scale: 1 });
});

Deno.test("levels around an axis show the elements before it and behind it, and are none where one element is all", () => {
  fc.assert(fc.property(axes, fc.nat(3), (list, at) => {
    const shape = list.map(({ length }) => length), strides = [0, 1].map((k) => list.map(({ steps }) => steps[k]!));
    const axis = at % shape.length, { before, after } = levelsAround(axis, shape, strides);
    for (const [levels, from, to] of [[before, 0, axis], [after, axis + 1, shape.length]] as const) {
      const lengths = levels.map(({ length }) => length);
      assertEquals(levels.length === 0, shape.slice(from, to).every((length) => length === 1));
      strides.forEach((stride, k) =>
        assertEquals(
          positions(lengths, levels.map(({ strides }) => strides[k]!)),
          positions(shape.slice(from, to), stride.slice(from, to)),
        )
      );
    }
    assertEquals(levelsAround(0, [0, 3], [[3, 1]]), { before: [], after: [] });
  }));
});
