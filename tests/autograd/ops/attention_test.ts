import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  constant,
  gradient,
  key,
  matmul,
  ones,
  randomNormal,
  scale,
  scaledDotProductAttention as attention,
  ShapeError,
  slice,
  softmax,
  square,
  sum,
  type Tensor,
  toArray,
  toList,
  transpose,
  zeros,
} from "../../../autograd/mod.ts";

const make = (seed: number, shape: readonly number[]) => randomNormal(key(seed), shape, { dtype: "float64" });
const q = make(0, [2, 3, 4]), k = make(1, [2, 5, 4]), v = make(2, [2, 5, 2]);

function assertClose(a: Tensor, b: Tensor): void {
  assertEquals(a.shape, b.shape);
  toList(a).forEach((value, i) => assertAlmostEquals(value, toList(b)[i]!, 1e-13));
}

Deno.test("attention is softmax(q k^T / sqrt(features)) v", () => {
  const scores = scale(matmul(q, transpose(k, [0, 2, 1])), 1 / 2);
  assertClose(attention(q, k, v), matmul(softmax(scores), v));
});

Deno.test("one query attends like many: heads and batches broadcast", () => {
  const one = attention(slice(q, 0, 1), k, v);
  assertEquals(one.shape, [2, 3, 2]);
  assertClose(slice(one, 0, 1), attention(slice(q, 0, 1), slice(k, 0, 1), slice(v, 0, 1)));
});

Deno.test("causal attention agrees with a triangular mask, also if queries and keys differ in number", () => {
  for (const [queries, keys] of [[3, 5], [5, 3], [4, 4]] as const) {
    const [a, b, c] = [make(3, [queries, 4]), make(4, [keys, 4]), make(5, [keys, 2])];
    const mask = constant(
      Array.from({ length: queries }, (_, i) => Array.from({ length: keys }, (_, j) => j <= i ? 1 : 0)),
      { dtype: "float64" },
    );
    assertClose(attention(a, b, c, { causal: true }), attention(a, b, c, { mask }));
  }
});

Deno.test("masked elements influence neither values nor gradients", () => {
  const mask = constant([[1, 1, 0, 0, 1]], { dtype: "float64" }),
    loss = (b: Tensor<"float64">) => sum(square(attention(q, b, v, { mask })));
  const slopes = toArray(gradient(loss)(k)) as number[][][];
  assertEquals(slopes.map((rows) => rows.map((row) => row.every((slope) => slope === 0))), [
    [false, false, true, true, false],
    [false, false, true, true, false],
  ]);
});

Deno.test("a query that sees no key gets zeros and no gradient, not NaN", () => {
  const mask = constant([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]], { dtype: "float64" });
  const loss = (a: Tensor<"float64">) => sum(square(attention(a, k, v, { mask })));
  assertEquals((toArray(attention(q, k, v, { mask })) as number[][][]).map((rows) => rows[1]), [[0, 0], [0, 0]]);
  const slopes = toArray(gradient(loss)(q)) as number[][][];
  assertEquals(slopes.map((rows) => rows[1]!.map(Math.abs)), [[0, 0, 0, 0], [0, 0, 0, 0]]);
  assertEquals(toList(gradient(loss)(q)).some(Number.isNaN), false);
});

Deno.test("causal and mask together hide what either hides", () => {
  const mask = constant([[0, 1, 1], [0, 1, 1], [1, 1, 1]], { dtype: "float64" });
  const [a, b, c] = [make(6, [3, 4]), make(7, [3, 4]), make(8, [3, 1])];
  const both = toArray(attention(a, b, c, { causal: true, mask })) as number[][];
  assertEquals(both[0], [0], "query 0 sees key 0 alone, and the mask hides it");
  assertEquals(both[1], [c.view.get(1, 0)], "query 1 sees key 1 alone");
});

Deno.test("large scores do not overflow", () => {
  const big = constant([[1e200, 0], [0, 1e200]], { dtype: "float64" }),
    values = constant([[1], [2]], { dtype: "float64" });
  assertEquals(toArray(attention(big, constant([[1, 0], [0, 1]], { dtype: "float64" }), values)), [[1], [2]]);
});

Deno.test("attention takes no queries and no keys", () => {
  assertEquals(attention(zeros([0, 4]), zeros([5, 4]), zeros([5, 2])).shape, [0, 2]);
  assertEquals(toArray(attention(zeros([2, 4]), zeros([0, 4]), zeros([0, 1]))), [[0], [0]]);
});

Deno.test("attention says what does not fit", () => {
  const f = (a: readonly number[], b: readonly number[], c: readonly number[], mask?: readonly number[]) => () =>
    attention(zeros(a), zeros(b), zeros(c), mask && { mask: ones(mask) });
  assertThrows(
    f([3, 4], [5, 3], [5, 2]),
    ShapeError,
    "Cannot apply scaledDotProductAttention to q [3, 4] and k [5, 3] and v [5, 2]: q has 4 features (the last axis) and " +
      "k 3; project both to one number of features",
  );
  assertThrows(f([3, 4], [5, 4], [3, 2]), ShapeError, "k has 5 keys (the second to last axis) and v 3");
  assertThrows(f([4], [5, 4], [5, 2]), ShapeError, "each must have at least two axes");
  assertThrows(f([2, 3, 4], [3, 5, 4], [5, 2]), ShapeError, "the leading axes must be equal or 1 from the right");
  assertThrows(f([3, 4], [5, 4], [5, 2], [5, 3]), ShapeError, "the mask must broadcast to [3, 5]");
  assertThrows(f([3, 4], [5, 4], [5, 2], [2, 3, 5]), ShapeError, "the mask must broadcast to [3, 5]");
});
