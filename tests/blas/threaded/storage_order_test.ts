/**
 * Views as parameters of programs.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { inStorageOrder } from "../../../blas/threaded/storage_order.ts";
import {
  broadcastView,
  isContiguous,
  sliceView,
  transposeView,
  unsafeView,
  type View,
  view,
} from "../../../blas/view.ts";

const matrix = view(Float64Array.from({ length: 24 }, (_, k) => k), [2, 3, 4]);

/** The numbers of a view in row-major order. */
function numbersOf(v: View): readonly number[] {
  return Array.from({ length: v.size }, (_, k) => {
    let rest = k, at = v.offset;
    for (let axis = v.shape.length - 1; axis >= 0; axis--) {
      at += rest % v.shape[axis]! * v.stride[axis]!;
      rest = Math.floor(rest / v.shape[axis]!);
    }
    return v.data[at]!;
  });
}

Deno.test("a parameter in the order of storage, read through its operand, is the view", () => {
  const views: readonly (readonly [string, View, boolean])[] = [
    ["row-major", matrix, true],
    ["transposed", transposeView(matrix), true],
    ["permuted", transposeView(matrix, [1, 0, 2]), true],
    ["repeated", broadcastView(view(new Float64Array([1, 2, 3]), [3, 1]), [2, 3, 4]), true],
    [
      "with gaps",
      sliceView(matrix, [{ start: 0, step: 1, count: 2 }, { start: 0, step: 2, count: 2 }, {
        start: 1,
        step: 2,
        count: 2,
      }]) as View,
      false,
    ],
    [
      "backwards",
      sliceView(matrix, [{ start: 1, step: -1, count: 2 }, { start: 0, step: 1, count: 3 }, {
        start: 0,
        step: 1,
        count: 4,
      }]) as View,
      false,
    ],
    ["one number", view(new Float64Array([7]), []), true],
  ];
  for (const [name, given, inOnePiece] of views) {
    const { type, view: stored, operand } = inStorageOrder(given), { shape, stride, offset } = operand(0);
    assertEquals(stored.shape, type.shape, name);
    assertEquals(isContiguous(stored), inOnePiece, name);
    const parameter = Float64Array.from(numbersOf(stored));
    assertEquals(numbersOf(unsafeView(parameter, shape, stride, offset) as View), numbersOf(given), name);
  }
});
