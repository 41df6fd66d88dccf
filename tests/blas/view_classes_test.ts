import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { newView } from "../../blas/view_classes.ts";
import { frozenView, type View, view } from "../../blas/view.ts";
import { ndarray } from "../../deps.ts";

Deno.test("newView() makes what ndarray makes, of every rank", () => {
  for (const data of [new Float32Array(64), new Float64Array(64)]) {
    for (let rank = 0; rank <= 6; rank++) {
      const shape = new Array<number>(rank).fill(2), stride = shape.map((_, axis) => 2 ** axis);
      const made = newView(data, shape, stride, 1), wanted = ndarray(data as unknown as number[], shape, stride, 1);
      assertEquals(made as View, wanted as unknown as View);
      assertStrictEquals(Object.getPrototypeOf(made), Object.getPrototypeOf(wanted));
    }
  }
});

Deno.test("newView() copies the shape and the strides", () => {
  const shape = [2, 3], stride = [3, 1], made = newView(new Float32Array(6), shape, stride, 0) as View;
  shape[0] = 1;
  stride[0] = 1;
  assertEquals([made.shape, made.stride], [[2, 3], [3, 1]]);
});

Deno.test("frozenView() copies few elements and shares many, strides as they are", () => {
  const few = view(new Float64Array([0, 1, 2, 3, 4, 5, 6, 7]), [2, 2], [-4, 2], 5), many = view(new Float32Array(65));
  const copy = frozenView(few), shared = frozenView(many);
  assertEquals([copy.get(0, 0), copy.get(0, 1), copy.get(1, 0), copy.get(1, 1)], [5, 7, 1, 3]);
  assertEquals([copy.stride, copy.offset, copy.data], [[-4, 2], 4, new Float64Array([1, 2, 3, 4, 5, 6, 7])]);
  assertNotStrictEquals(copy.data, few.data);
  assertStrictEquals(shared.data, many.data);
  for (const made of [copy, shared]) {
    assertEquals([made, made.shape, made.stride].map(Object.isFrozen), [true, true, true]);
  }
  assertEquals(frozenView(view(new Float32Array(3), [0, 3])).data.length, 0);
});
