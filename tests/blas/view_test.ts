import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../blas/dtype.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { rowMajorStrides, sizeOf } from "../../blas/shape.ts";
import {
  allocate,
  broadcastView,
  extent,
  isContiguous,
  type Range,
  reshapeView,
  sliceView,
  transposeView,
  type View,
  view,
} from "../../blas/view.ts";
import {
  elementsOf,
  indicesOf,
  layOut,
  layoutArbitrary,
  positionOf,
  shapeArbitrary,
  viewArbitrary,
} from "./layouts.ts";

const anyView = shapeArbitrary().chain((shape) => viewArbitrary("float64", shape)) as fc.Arbitrary<View<"float64">>;

Deno.test("view() shows a typed array in row-major order, as a vector if no shape is given", () => {
  const matrix = view(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
  assertEquals([matrix.dtype, matrix.shape, matrix.stride, matrix.offset, matrix.size], [
    "float32",
    [2, 3],
    [3, 1],
    0,
    6,
  ]);
  assertEquals(matrix.get(1, 2), 6);
  assertEquals(view(new Float64Array(4)).shape, [4]);
  assertEquals(view(new Float64Array([7]), []).get(), 7);
});

Deno.test("view() accepts exactly the shapes, strides and offsets whose elements are all inside the data", () => {
  const parts = fc.record({
    length: fc.nat(12),
    axes: fc.array(fc.tuple(fc.nat(3), fc.integer({ min: -4, max: 4 })), { maxLength: 3 }),
    offset: fc.integer({ min: -2, max: 12 }),
  });
  let accepted = 0;
  fc.assert(
    fc.property(parts, ({ length, axes, offset }) => {
      const shape = axes.map(([n]) => n), stride = axes.map(([, step]) => step), data = new Float64Array(length);
      const positions = indicesOf(shape).map((index) => index.reduce((sum, i, k) => sum + i * stride[k]!, offset));
      if (positions.every((p) => p >= 0 && p < length)) {
        accepted++;
        assertEquals(elementsOf(view(data, shape, stride, offset)).length, positions.length);
        if (positions.length > 0) {
          assertEquals(extent(shape, stride, offset), [Math.min(...positions), Math.max(...positions)]);
        }
      } else assertThrows(() => view(data, shape, stride, offset), ShapeError, `data of ${length} elements`);
    }),
    { numRuns: 500 },
  );
  assert(accepted > 50);
});

Deno.test("view() names what does not fit", () => {
  const data = new Float64Array(4);
  assertThrows(() => view(data, [5]), ShapeError, "the view needs elements 0 to 4, and the data has 0 to 3");
  assertThrows(() => view(data, [2], [-1], 0), ShapeError, "the view needs elements -1 to 0");
  assertThrows(() => view(data, [2, 2], [1]), ShapeError, "one stride for each axis");
  assertThrows(() => view(data, [2], [0.5]), ShapeError, "must be whole numbers");
  assertThrows(() => view(data, [2], [1], 0.5), ShapeError, "must be whole numbers");
  assertThrows(() => view(data, [-1]), ShapeError, "but one is -1");
  const integers = new Int32Array(4) as unknown as Float64Array;
  assertThrows(() => view(integers), DTypeError, "Cannot apply view to Int32Array: elements must be in a Float32Array");
  assertThrows(() => view([1, 2] as unknown as Float64Array), DTypeError, "Cannot apply view to Array");
});

Deno.test("no view shows more than 2^31 - 1 elements, or has more than 64 axes, however it is made", () => {
  const one = view(new Float32Array([1])), ranks: number[] = new Array(65).fill(1), side = 2 ** 16;
  const large = broadcastView(one, [side, side / 2 - 1]);
  assertEquals(large.get(side - 1, side / 2 - 2), 1);
  for (
    const make of [
      () => view(new Float32Array(1), [side, side], [0, 0]),
      () => allocate("float32", [side, side]),
      () => allocate("float32", ranks),
      () => broadcastView(one, [side, side]),
      () => broadcastView(one, ranks),
      () => reshapeView(one, ranks),
      () => transposeView(broadcastView(one, [side, side])),
    ]
  ) assertThrows(make, ShapeError, "an array");
});

Deno.test("allocate() returns zeros that no other view shows", () => {
  fc.assert(fc.property(fc.constantFrom<DType>("float32", "float64"), fc.array(fc.nat(140)), (dtype, lengths) => {
    const views = lengths.map((length) => allocate(dtype, [length]));
    for (const v of views) {
      assertEquals([v.dtype, v.shape, v.stride], [dtype, [v.size], [1]]);
      assert(elementsOf(v as View).every((x) => x === 0));
    }
    views.forEach((v, k) => v.data.fill(k + 1, v.offset, v.offset + v.size));
    views.forEach((v, k) => assert(elementsOf(v as View).every((x) => x === k + 1)));
  }));
  assertEquals(elementsOf(allocate("float64", []) as View), [0]);
});

Deno.test("arrays of few numbers share storage with no larger ones, which would stay in memory with them", () => {
  const storage = (...sizes: readonly number[]) =>
    new Set(Array.from({ length: 40 }, (_, k) => allocate("float32", [sizes[k % sizes.length]!]).data));
  const few = storage(1, 64), more = storage(65, 128);
  assert(few.size < 40 && more.size < 40 && storage(129).size === 40);
  assertEquals(few.intersection(more).size, 0);
});

Deno.test("isContiguous() holds exactly if row-major positions increase by 1", () => {
  fc.assert(fc.property(anyView, (v) => {
    const positions = indicesOf(v.shape).map((index) => positionOf(v, index));
    assertEquals(isContiguous(v), positions.every((p, k) => p === positions[0]! + k));
  }));
});

Deno.test("isContiguous() holds for a view without elements, whatever its strides", () => {
  // Reading [0, 5] with strides [5, 2] was once tried axis by axis, and failed at the second.
  assert(isContiguous(layOut("float64", [0, 5], [], { order: [0, 1], steps: [1, 2], offset: 0 }) as View));
});

Deno.test("transposeView() permutes the indices", () => {
  const cases = anyView.chain((v) =>
    fc.tuple(fc.constant(v), fc.shuffledSubarray(v.shape.map((_, axis) => axis), { minLength: v.shape.length }))
  );
  fc.assert(fc.property(cases, ([v, axes]) => {
    const result = transposeView(v, axes);
    assertStrictEquals(result.data, v.data);
    assertEquals(result.shape, axes.map((axis) => v.shape[axis]!));
    for (const index of indicesOf(v.shape)) {
      assertEquals(result.get(...axes.map((axis) => index[axis]!)), v.get(...index));
    }
    assertEquals(elementsOf(transposeView(v)), elementsOf(transposeView(v, v.shape.map((_, k) => k).reverse())));
    assertEquals(elementsOf(transposeView(transposeView(v))), elementsOf(v));
  }));
});

/** Ranges that lie inside an axis of this length. */
const rangeArbitrary = (length: number): fc.Arbitrary<Range> =>
  fc.record({ start: fc.nat(Math.max(0, length - 1)), step: fc.constantFrom(1, 2, -1, -2), wanted: fc.nat(length) })
    .map(
      ({ start, step, wanted }) => {
        const room = length === 0 ? 0 : Math.floor((step > 0 ? length - 1 - start : start) / Math.abs(step)) + 1;
        return { start, step, count: Math.min(wanted, room) };
      },
    );

Deno.test("sliceView() takes the elements that the ranges name", () => {
  const cases = anyView.chain((v) => fc.tuple(fc.constant(v), fc.tuple(...v.shape.map(rangeArbitrary))));
  fc.assert(fc.property(cases, ([v, ranges]) => {
    const result = sliceView(v, ranges) as View<"float64">;
    assertStrictEquals(result.data, v.data);
    assertEquals(result.shape, ranges.map(({ count }) => count));
    for (const index of indicesOf(result.shape)) {
      assertEquals(
        result.get(...index),
        v.get(...index.map((i, axis) => ranges[axis]!.start + i * ranges[axis]!.step)),
      );
    }
  }));
});

Deno.test("broadcastView() repeats along new axes and along axes of length 1", () => {
  const cases = fc.array(fc.tuple(fc.constantFrom(1, 2, 3, 0), fc.boolean()), { maxLength: 3 }).chain((axes) =>
    fc.tuple(
      viewArbitrary("float64", axes.map(([length, one]) => one ? 1 : length)) as fc.Arbitrary<View<"float64">>,
      fc.array(fc.nat(2), { maxLength: 2 }).map((lead) => [...lead, ...axes.map(([length]) => length)]),
    )
  );
  fc.assert(fc.property(cases, ([v, shape]) => {
    const result = broadcastView(v, shape), lead = shape.length - v.shape.length;
    assertStrictEquals(result.data, v.data);
    assertEquals(result.shape, shape);
    for (const index of indicesOf(shape)) {
      assertEquals(result.get(...index), v.get(...index.slice(lead).map((i, axis) => v.shape[axis] === 1 ? 0 : i)));
    }
  }));
});

/** Shapes of the same size: axes merged and split at random. */
const shapesOfSize = (size: number): fc.Arbitrary<number[]> =>
  size === 0 ? fc.constantFrom([0], [0, 3], [2, 0], [3, 0, 5], [0, 0]) : fc.shuffledSubarray(primeFactors(size), {
    minLength: primeFactors(size).length,
  }).chain((factors) =>
    fc.array(fc.boolean(), { minLength: factors.length, maxLength: factors.length }).map((merge) =>
      factors.reduce<number[]>(
        (shape, factor, k) =>
          merge[k] && shape.length > 0 ? [...shape.slice(0, -1), shape.at(-1)! * factor] : [...shape, factor],
        [],
      )
    )
  ).chain((shape) => fc.nat(shape.length).map((at) => [...shape.slice(0, at), 1, ...shape.slice(at)]));

function primeFactors(n: number): number[] {
  for (let p = 2; p <= n; p++) if (n % p === 0) return [p, ...primeFactors(n / p)];
  return [];
}

Deno.test("reshapeView() keeps the order of elements, and returns undefined exactly if no strides can", () => {
  const cases = anyView.chain((v) => fc.tuple(fc.constant(v), shapesOfSize(v.size)));
  let moved = 0, made = 0;
  fc.assert(
    fc.property(cases, ([v, shape]) => {
      const result = reshapeView(v, shape), positions = indicesOf(v.shape).map((index) => positionOf(v, index));
      // Strides follow from the neighbours of the first element; they are right if all other elements fit them too.
      const strides = shape.map((length, axis) =>
        length > 1 ? positions[rowMajorStrides(shape)[axis]!]! - positions[0]! : 0
      );
      const possible = indicesOf(shape).every((index, k) =>
        index.reduce((sum, i, axis) => sum + i * strides[axis]!, positions[0]!) === positions[k]
      );
      assertEquals(result !== undefined, possible);
      if (result === undefined) return void moved++;
      made++;
      assertStrictEquals(result.data, v.data);
      assertEquals(result.shape, shape);
      assertEquals(elementsOf(result), elementsOf(v));
    }),
    { numRuns: 1000 },
  );
  assert(moved > 20 && made > 20);
});

Deno.test("reshapeView() works without elements, whatever the strides", () => {
  const layouts = fc.constantFrom([0, 5], [5, 0], [2, 0, 3]).chain((shape) =>
    fc.tuple(fc.constant(shape), layoutArbitrary(shape), shapesOfSize(0))
  );
  fc.assert(fc.property(layouts, ([shape, layout, wanted]) => {
    const result = reshapeView(layOut("float32", shape, [], layout) as View, wanted);
    assertEquals([result?.shape, sizeOf(wanted)], [wanted, 0]);
  }));
});
