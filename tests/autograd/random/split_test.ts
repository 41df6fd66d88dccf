import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { backward } from "../../../autograd/backward.ts";
import { arange, tensor64 } from "../../../autograd/values/constructors.ts";
import { key, splitKey } from "../../../autograd/random/key.ts";
import { concat, mul, reshape, sum } from "../../../autograd/ops/mod.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import { split } from "../../../autograd/random/split.ts";
import { currentEngine, setEngine } from "../../../blas/engine.ts";
import { ShapeError } from "../../../blas/errors.ts";

Deno.test("split() of a key makes keys, two if not told how many", () => {
  assertEquals(split(key(1)), splitKey(key(1)));
  assertEquals(split(key(1), 3), splitKey(key(1), 3));
});

Deno.test("split() of a tensor makes consecutive parts, which concat() joins again", () => {
  const t = reshape(arange(12), [3, 4]);
  for (const [sizes, axis] of [[[1, 2], 0], [[1, 0, 3], 1], [[4], -1]] as const) {
    const parts = split(t, sizes, axis);
    assertEquals(parts.map(({ shape }) => shape.at(axis)), [...sizes]);
    assertEquals(toArray(concat(parts, axis)), toArray(t));
  }
  assertEquals(toArray(split(t, [2, 2], 1)[1]!), [[2, 3], [6, 7], [10, 11]]);
});

Deno.test("split() hands gradients back to the place they belong to", () => {
  const t = tensor64([1, 2, 3]), [a, b] = split(t, [1, 2]);
  assertEquals(toList(backward(sum(mul(b!, 5))).get(t)!), [0, 5, 5]);
  assertEquals(toList(backward(mul(a!, 3)).get(t)!), [3, 0, 0]);
});

Deno.test("split() says what the sizes must add up to", () => {
  const t = arange(4);
  for (const sizes of [[1, 2], [5], [], [-1, 5], [1.5, 2.5]]) {
    assertThrows(
      () => split(t, sizes),
      ShapeError,
      `sizes [${
        sizes.join(", ")
      }]: sizes must be whole numbers that add up to 4, the length of axis 0; correct the sizes`,
    );
  }
  assertThrows(() => split(t, [4], 1), ShapeError, "axis must be a whole number from -1 to 0");
});

Deno.test("the derivative of split() grows with the parts as n log n, not as n times the size of the whole", () => {
  const added = (count: number): number => {
    let elements = 0;
    const engine = currentEngine(), x = tensor64(new Float64Array(count));
    const output = sum(concat(split(x, new Array(count).fill(1)).map((part) => mul(part, 2))));
    setEngine({
      ...engine,
      map: (expression, inputs, y) => {
        elements += y.size;
        return engine.map(expression, inputs, y);
      },
    });
    try {
      assertEquals(toList(backward(output).get(x)!), new Array(count).fill(2));
    } finally {
      setEngine(engine);
    }
    return elements;
  };
  assertLess(added(512) / added(128), 6); // 16 if every part were put among the zeros of the whole
});
