import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { backward, pad, ShapeError, sum, tensor64, tile, toArray, toList, zeros } from "../../../autograd/mod.ts";

const matrix = tensor64([[0, 1, 2], [3, 4, 5]]);

// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.pad(a,((1,0),(0,2)),mode='reflect').tolist())"
//   ->  [[3, 4, 5, 4, 3], [0, 1, 2, 1, 0], [3, 4, 5, 4, 3]]
// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.pad(a,((0,0),(1,1)),mode='wrap').tolist())"
//   ->  [[2, 0, 1, 2, 0], [5, 3, 4, 5, 3]]
Deno.test("pad() adds what NumPy adds in every mode", () => {
  assertEquals(toArray(pad(matrix, [[1, 0], [0, 2]], { mode: "reflect" })), [
    [3, 4, 5, 4, 3],
    [0, 1, 2, 1, 0],
    [3, 4, 5, 4, 3],
  ]);
  assertEquals(toArray(pad(matrix, [[0, 0], [1, 1]], { mode: "circular" })), [[2, 0, 1, 2, 0], [5, 3, 4, 5, 3]]);
  assertEquals(toArray(pad(matrix, [[0, 1], [0, 1]], { mode: "replicate" })), [[0, 1, 2, 2], [3, 4, 5, 5], [
    3,
    4,
    5,
    5,
  ]]);
  assertEquals(toArray(pad(matrix, [[1, 0], [1, 0]], { value: -Infinity })), [
    [-Infinity, -Infinity, -Infinity, -Infinity],
    [-Infinity, 0, 1, 2],
    [-Infinity, 3, 4, 5],
  ]);
});

Deno.test("every mode agrees with a walk along the axis, whatever the widths", () => {
  const walks = {
    constant: (i: number, n: number) => i >= 0 && i < n ? i : -1,
    reflect: (i: number, n: number) => i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i,
    replicate: (i: number, n: number) => Math.min(Math.max(i, 0), n - 1),
    circular: (i: number, n: number) => (i + n) % n,
  } as const;
  const widths = fc.integer({ min: 2, max: 6 }).chain((n) => fc.tuple(fc.constant(n), fc.nat(n - 1), fc.nat(n - 1)));
  fc.assert(fc.property(fc.constantFrom(...Object.keys(walks) as (keyof typeof walks)[]), widths, (mode, [n, a, b]) => {
    const x = Array.from({ length: n }, (_, i) => i + 10);
    const expected = Array.from({ length: a + n + b }, (_, i) => x[walks[mode](i - a, n)] ?? 7);
    assertEquals(toList(pad(tensor64(x), [[a, b]], { mode, value: 7 })), expected);
  }));
});

Deno.test("elements that padding repeats gather the gradients of their copies", () => {
  const x = tensor64([1, 2, 3]);
  const slopeOf = (mode: "constant" | "reflect" | "replicate" | "circular") =>
    toList(backward(sum(pad(x, [[2, 1]], { mode }))).get(x)!);
  assertEquals(slopeOf("constant"), [1, 1, 1]);
  assertEquals(slopeOf("reflect"), [1, 3, 2]);
  assertEquals(slopeOf("replicate"), [3, 1, 2]);
  assertEquals(slopeOf("circular"), [2, 2, 2]);
});

Deno.test("pad() by 0 returns the same tensor, also 0-d", () => {
  assertEquals(toArray(pad(tensor64(5), [])), 5);
  assertEquals(toArray(pad(matrix, [[0, 0], [0, 0]], { mode: "reflect" })), toArray(matrix));
  assertEquals(pad(zeros([0, 2]), [[0, 0], [1, 1]], { mode: "circular" }).shape, [0, 4]);
});

Deno.test("pad() says which axis is too short for a mode, and what widths must be", () => {
  assertThrows(
    () => pad(matrix, [[2, 0], [0, 0]], { mode: "reflect" }),
    ShapeError,
    'Cannot apply pad to t [2, 3] and widths [[2,0],[0,0]]: mode "reflect" needs axis 0 to have 3 elements at least, ' +
      'and it has 2; pad less, or with mode "constant"',
  );
  assertThrows(() => pad(matrix, [[0, 0], [4, 0]], { mode: "circular" }), ShapeError, "to have 4 elements at least");
  assertThrows(() => pad(zeros([0]), [[1, 0]], { mode: "replicate" }), ShapeError, "to have 1 elements at least");
  for (const widths of [[], [[1, 1]], [[1, 1], [1, -1]], [[1, 1], [0.5, 1]], [[1, 1], [1]], 3]) {
    assertThrows(() => pad(matrix, widths as [number, number][]), ShapeError, "one pair [before, after]");
  }
  assertThrows(
    () => pad(matrix, [[0, 0], [0, 0]], { mode: "mirror" as "reflect" }),
    RangeError,
    'Cannot apply pad with mode "mirror": it must be "constant", "reflect", "replicate", "circular"; pass one of them',
  );
});

// python3 -c "import numpy as np; a=np.arange(6).reshape(2,3); print(np.tile(a,2).tolist(), np.tile(a,(2,1)).tolist())"
//   ->  [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]] [[0, 1, 2], [3, 4, 5], [0, 1, 2], [3, 4, 5]]
Deno.test("tile() repeats as NumPy does, with fewer or more repeats than axes", () => {
  assertEquals(toArray(tile(matrix, 2)), [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]);
  assertEquals(toArray(tile(matrix, [2, 1])), [[0, 1, 2], [3, 4, 5], [0, 1, 2], [3, 4, 5]]);
  assertEquals(toArray(tile(tensor64(7), [2, 2])), [[7, 7], [7, 7]]);
  assertEquals(tile(matrix, [3, 0, 1]).shape, [3, 0, 3]);
  assertEquals(toArray(tile(matrix, [])), toArray(matrix));
});

Deno.test("the gradient of tile() is the sum over the copies", () => {
  assertEquals(toArray(backward(tile(matrix, [2, 3])).get(matrix)!), [[6, 6, 6], [6, 6, 6]]);
});

Deno.test("tile() refuses repeats that are not counts", () => {
  for (const repeats of [-1, 0.5, NaN, [1, -2]]) {
    assertThrows(() => tile(matrix, repeats), ShapeError, "Cannot apply tile");
  }
});
