import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { changeOperand, composeOperands, readsOwnIndex, reshapeOperand } from "../../../blas/program/compose.ts";
import { plainOperand } from "../../../blas/program/operand.ts";
import type { ViewChange } from "../../../blas/program/operations/view.ts";
import type { Operand } from "../../../blas/program/program.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { reshapeView, unsafeView, type View } from "../../../blas/view.ts";
import { elementsOf } from "./random_programs.ts";

/** The elements that an operand shows of an array whose elements are their own places. */
const shown = ({ shape, stride, offset }: Operand): number[] =>
  elementsOf(unsafeView(Float64Array.from({ length: 4096 }, (_, k) => k), shape, stride, offset) as View);

const shapeArbitrary = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** Ways to change a view of this shape, picked by numbers. */
function changeOf(shape: Shape, [which, detail]: readonly [number, number]): ViewChange {
  switch (which % 4) {
    case 0:
      return { kind: "transpose", axes: shape.map((_, axis) => (axis + detail) % shape.length).reverse() };
    case 1: {
      const size = sizeOf(shape),
        first = size === 0 ? 0 : [1, 2, 3, 4].filter((length) => size % length === 0)[detail % 2] ?? 1;
      return { kind: "reshape", shape: first === 0 ? [0, detail] : [first, size / first] };
    }
    case 2:
      return { kind: "broadcast", shape: [2, ...shape.map((length) => length === 1 ? detail % 4 : length)] };
    default:
      return {
        kind: "slice",
        ranges: shape.map((length) =>
          length < 2
            ? { start: 0, step: 1, count: length }
            : detail % 2 === 0
            ? { start: length - 1, step: -1, count: length }
            : {
              start: 1,
              step: detail % 3 === 0 ? 2 : 1,
              count: detail % 3 === 0 ? Math.floor(length / 2) : length - 1,
            }
        ),
      };
  }
}

const changesArbitrary = fc.array(fc.tuple(fc.nat(100), fc.nat(5)), { maxLength: 3 });

/** An operand over a row-major array of a shape, after some changes that strides can express. */
function changed(start: Operand, changes: readonly (readonly [number, number])[]): Operand {
  return changes.reduce(
    (operand, numbers) => changeOperand(operand, changeOf(operand.shape, numbers)) ?? operand,
    start,
  );
}

Deno.test("composeOperands() shows what one operand shows of another", () => {
  let composed = 0;
  fc.assert(
    fc.property(shapeArbitrary, changesArbitrary, changesArbitrary, (shape, before, epilogue) => {
      const inner = changed(plainOperand(7, shape), before), outer = changed(plainOperand(8, inner.shape), epilogue);
      const found = composeOperands(outer, inner);
      if (found === undefined) return;
      composed++;
      assertEquals(found.value, 7);
      assertEquals(found.shape, outer.shape);
      const places = shown(inner);
      assertEquals(shown(found), shown(outer).map((place) => places[place]));
    }),
    { numRuns: 2000 },
  );
  assertEquals(composed > 1000, true);
});

Deno.test("composeOperands() finds strides whenever reshaping a view does", () => {
  let found = 0;
  fc.assert(
    fc.property(shapeArbitrary, changesArbitrary, fc.tuple(fc.constant(1), fc.nat(5)), (shape, before, reshaping) => {
      const inner = changed(plainOperand(7, shape), before), change = changeOf(inner.shape, reshaping);
      if (change.kind !== "reshape") return;
      const { stride, offset } = inner, data = new Float64Array(4096);
      const reshaped = reshapeView(unsafeView(data, inner.shape, stride, offset) as View, change.shape);
      if (reshaped !== undefined) found++;
      assertEquals(changeOperand(inner, change) === undefined, reshaped === undefined);
    }),
    { numRuns: 1000 },
  );
  assertEquals(found > 300, true);
});

Deno.test("composeOperands() returns undefined if steps along an axis would differ", () => {
  const transposed: Operand = { value: 0, shape: [3, 2], stride: [1, 3], offset: 0 };
  assertEquals(composeOperands(plainOperand(1, [6]), transposed), undefined);
  assertEquals(composeOperands({ value: 1, shape: [3], stride: [2], offset: 1 }, transposed), {
    value: 0,
    shape: [3],
    stride: [1],
    offset: 3,
  });
});

Deno.test("composeOperands() walks backwards where the outer operand does", () => {
  const transposed: Operand = { value: 0, shape: [3, 2], stride: [1, 3], offset: 0 };
  assertEquals(composeOperands({ value: 1, shape: [3, 2], stride: [-2, 1], offset: 4 }, transposed), {
    value: 0,
    shape: [3, 2],
    stride: [-1, 3],
    offset: 2,
  });
});

Deno.test("reshapeOperand() reads the same elements in the same order", () => {
  const bias: Operand = { value: 0, shape: [2, 12], stride: [0, 1], offset: 0 };
  assertEquals(reshapeOperand(bias, [2, 3, 4])?.stride, [0, 4, 1]);
  assertEquals(reshapeOperand(bias, [24]), undefined);
});

Deno.test("readsOwnIndex() is about order, not about shape", () => {
  assertEquals(readsOwnIndex(plainOperand(0, [2, 3]), [6]), true);
  assertEquals(readsOwnIndex(plainOperand(0, [2, 3]), [12]), false);
  assertEquals(readsOwnIndex({ value: 0, shape: [2, 3], stride: [1, 2], offset: 0 }, [2, 3]), false);
});

Deno.test("composeOperands() never walks from one axis into the next where that is another step", () => {
  let composed = 0;
  for (const stride of [[5, 1], [-5, 1], [1, 4], [0, 1]]) {
    const inner: Operand = { value: 7, shape: [3, 2], stride, offset: 20 }, places = shown(inner);
    for (let offset = 0; offset < 6; offset++) {
      for (const step of [-3, -2, -1, 1, 2, 3]) {
        for (let length = 1; offset + step * (length - 1) >= 0 && offset + step * (length - 1) < 6; length++) {
          const outer: Operand = { value: 8, shape: [length], stride: [step], offset };
          const found = composeOperands(outer, inner);
          if (found === undefined) continue;
          composed++;
          assertEquals(shown(found), shown(outer).map((place) => places[place]));
        }
      }
    }
  }
  assertEquals(composed > 100, true);
});
