import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkedIndices } from "../../../autograd/values/indices.ts";
import {
  add,
  arange,
  backward,
  compile,
  constant,
  formatProgram,
  gradient,
  mul,
  scanAlong,
  ShapeError,
  square,
  sum,
  take,
  takeAlong,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  zeros,
} from "../../../autograd/mod.ts";

const matrix = tensor64([[0, 1, 2], [3, 4, 5]]);

// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.take(a,[[2,0],[-1,1]],axis=1).tolist())"
//   ->  [[[2, 0], [2, 1]], [[5, 3], [5, 4]]]
// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.take_along_axis(a,np.array([[2,-3],[0,1]]),axis=1).tolist())"
//   ->  [[2, 0], [3, 4]]
Deno.test("take() and takeAlong() pick what NumPy picks, negative indices from the end", () => {
  assertEquals(toArray(take(matrix, [[2, 0], [-1, 1]], 1)), [[[2, 0], [2, 1]], [[5, 3], [5, 4]]]);
  assertEquals(toArray(takeAlong(matrix, [[2, -3], [0, 1]], 1)), [[2, 0], [3, 4]]);
});

// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.take_along_axis(a,np.array([[2,0]]),axis=1).tolist(),
//   np.take_along_axis(a,np.array([[1],[0]]),axis=0).tolist())"  ->  [[2, 0], [5, 3]] [[3, 4, 5], [0, 1, 2]]
Deno.test("indices of takeAlong() that are 1 long along another axis serve all of it", () => {
  assertEquals(toArray(takeAlong(matrix, [[2, 0]], 1)), [[2, 0], [5, 3]]);
  assertEquals(toArray(takeAlong(matrix, [[1], [0]], 0)), [[3, 4, 5], [0, 1, 2]]);
  assertEquals(toArray(backward(sum(takeAlong(matrix, [[2, 2]], 1))).get(matrix)!), [[0, 0, 2], [0, 0, 2]]);
});

Deno.test("indices may be numbers, nested arrays, typed arrays, or tensors of either dtype", () => {
  assertEquals(toArray(take(matrix, 1)), [3, 4, 5]);
  assertEquals(toArray(take(matrix, -1)), [3, 4, 5]);
  const rows = [[3, 4, 5], [0, 1, 2]];
  for (
    const indices of [
      [1, 0],
      Int32Array.of(1, 0),
      constant([1, 0]),
      constant([-1, -2], { dtype: "float64" }),
      tensor64([1, 0]),
    ]
  ) {
    assertEquals(toArray(take(matrix, indices)), rows);
  }
  assertEquals(take(matrix, constant([[1, 0]])).shape, [1, 2, 3]);
});

Deno.test("elements taken several times gather their gradients; those not taken get 0", () => {
  const loss = (t: Tensor) => sum(mul(take(t, [1, 0, 1, 1]), tensor64([[1], [10], [100], [1000]])));
  const table = tensor64([[1, 2], [3, 4], [5, 6]]);
  assertEquals(toArray(gradient(loss)(table)), [[10, 10], [1101, 1101], [0, 0]]);
  assertEquals(toArray(backward(takeAlong(matrix, [[2, 2], [0, -1]], 1)).get(matrix)!), [[0, 0, 2], [1, 0, 1]]);
});

Deno.test("the gradient of what was taken can be differentiated again", () => {
  const along = gradient((t: Tensor) => sum(square(take(t, [0, 0, 2]))));
  const second = gradient((t: Tensor) => sum(mul(along(t), tensor64([1, 10, 100]))));
  assertEquals(toArray(second(tensor64([5, 6, 7]))), [4, 0, 200]);
});

Deno.test("no gradient flows to indices", () => {
  const indices = tensor64([1, 0]), gradients = backward(sum(take(matrix, indices)));
  assertEquals([gradients.has(indices), gradients.has(matrix)], [false, true]);
});

Deno.test("taking no elements, or from an empty tensor, gives an empty tensor", () => {
  assertEquals(take(matrix, [], 1).shape, [2, 0]);
  assertEquals(take(zeros([0, 3]), [2, 2], 1).shape, [0, 2]);
  assertEquals(takeAlong(matrix, [[], []], 1).shape, [2, 0]);
});

Deno.test("take() and takeAlong() name the invalid index and its position", () => {
  assertThrows(
    () => take(matrix, [0, 2]),
    RangeError,
    "Cannot apply take to index 2 at position 1: indices must be whole numbers from -2 to 1, negative ones counted " +
      "from the end; correct the data, or the axis",
  );
  for (const bad of [-3, 0.5, NaN, Infinity]) {
    assertThrows(() => take(matrix, [bad]), RangeError, `index ${bad} at position 0`);
    assertThrows(() => takeAlong(matrix, [[bad], [0]]), RangeError, "Cannot apply takeAlong");
  }
  assertThrows(() => take(zeros([0, 3]), [0]), RangeError, "index 0 at position 0");
});

Deno.test("take() and takeAlong() refuse axes and shapes that do not fit", () => {
  assertThrows(() => take(matrix, [0], 2), ShapeError, "Cannot apply take");
  assertThrows(() => take(tensor64(1), [0]), ShapeError, "a 0-d tensor has no axes");
  assertThrows(
    () => takeAlong(matrix, [0, 1], 1),
    ShapeError,
    "Cannot apply takeAlong to t [2, 3] and indices [2] and axis 1: indices must have 2 axes, all but axis 1 as long " +
      "as those of t, or 1; add the axis with expandDims, or pick whole slices with take",
  );
  assertThrows(() => takeAlong(matrix, [[0], [0], [0]], 1), ShapeError, "all but axis 1");
});

Deno.test("indices beyond what float32 counts exactly are refused, not rounded", () => {
  const long = zeros([2 ** 24 + 1]); // one number seen everywhere
  assertThrows(() => take(long, [0]), RangeError, "Cannot apply take to an axis of 16777217: float32 holds");
  assertEquals(toArray(take(zeros([2 ** 24 + 1], { dtype: "float64" }), [2 ** 24])), [0]);
});

Deno.test("arange() as indices takes everything", () => {
  assertEquals(toArray(take(matrix, arange(3), 1)), toArray(matrix));
});

Deno.test("a compiled take() names the first index that is none and its position, every time, and runs again", () => {
  const f = compile((x: Tensor<"float64">, at: Tensor<"float64">) => take(x, at));
  const x = tensor64([[1, 2], [3, 4], [5, 6]]),
    message = (at: readonly number[]) => {
      const plain = assertThrows(() => take(x, tensor64(at)), RangeError).message;
      assertEquals(assertThrows(() => f(x, tensor64(at)), RangeError).message, plain);
      return plain;
    };
  for (const bad of [3, -4, 0.5, NaN, Infinity, -Infinity]) {
    assertStringIncludes(message([0, -1, 1, 2, bad, 7, 0]), `Cannot apply take to index ${bad} at position 4: `);
    assertStringIncludes(message([0, 1, 2, 0, 1, 2, bad]), `Cannot apply take to index ${bad} at position 6: `);
    assertEquals(toArray(f(x, tensor64([0, -1, 1, 2, -3, 0, 0]))), [[1, 2], [5, 6], [3, 4], [5, 6], [1, 2], [1, 2], [
      1,
      2,
    ]]);
  }
});

Deno.test("indices that were checked before are not checked again in a compiled function", () => {
  const inner = (x: Tensor<"float32">, at: Tensor<"float32">) => take(x, checkedIndices("lookup", at, 3));
  const listing = formatProgram(compile(inner), tensor32([1, 2, 3]), tensor32([2, 0]));
  assertEquals(listing.slice(listing.indexOf("As it runs")).match(/check/g)?.length, 1);
});

Deno.test("a take() in a loop of a compiled function names what is not an index", () => {
  const f = compile((rows: Tensor<"float64">, at: Tensor<"float64">) =>
    scanAlong(
      (sum: Tensor<"float64">, index: Tensor<"float64">) => {
        const next = add(sum, take(rows, index));
        return [next, next] as const;
      },
      zeros([2], { dtype: "float64" }),
      at,
    )[0]
  );
  const rows = tensor64([[1, 2], [3, 4]]);
  assertEquals(toArray(f(rows, tensor64([0, 1, -1]))), [7, 10]);
  assertThrows(() => f(rows, tensor64([0, 2, 1])), RangeError, "Cannot apply take to index 2 at position 0");
  assertEquals(toArray(f(rows, tensor64([1, 1]))), [6, 8]);
});
