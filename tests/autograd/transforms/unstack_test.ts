import { assertEquals } from "@std/assert";
import {
  constant,
  gradient,
  mul,
  scale,
  sum,
  type Tensor,
  tensor64,
  toArray,
  transpose,
} from "../../../autograd/mod.ts";
import { unstack } from "../../../autograd/transforms/unstack.ts";

const MATRIX = [[1, 2, 3], [4, 5, 6]];

Deno.test("unstack() lists the slices along either axis, of plain, tracked and transposed tensors", () => {
  const [plain, turned] = [MATRIX, [[1, 4], [2, 5], [3, 6]]].map((m) => constant(m, { dtype: "float64" }));
  for (const t of [plain!, tensor64(MATRIX), transpose(turned!), transpose(tensor64([[1, 4], [2, 5], [3, 6]]))]) {
    assertEquals(unstack(t, 0).map((slice) => toArray(slice)), MATRIX);
    assertEquals(unstack(t, 1).map((slice) => toArray(slice)), [[1, 4], [2, 5], [3, 6]]);
  }
});

Deno.test("the derivative of unstack() stacks those of the slices, zeros for slices that are not used", () => {
  const loss = (x: Tensor<"float64">) => {
    const [first, , third] = unstack(x, 1);
    return sum(mul(first!, scale(third!, 2))) as Tensor<"float64">;
  };
  assertEquals(toArray(gradient(loss)(tensor64(MATRIX))), [[6, 0, 2], [12, 0, 8]]);
});
