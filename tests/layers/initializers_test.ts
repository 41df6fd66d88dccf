import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ones } from "../../autograd/values/constructors.ts";
import { matmul, reshape, transpose } from "../../autograd/ops/mod.ts";
import { key } from "../../autograd/random/key.ts";
import { toList } from "../../autograd/values/read.ts";
import { glorotUniform, type Initializer, initializers, learned } from "../../layers/initializers.ts";

Deno.test("glorotUniform() fills up to sqrt(6 / (fanIn + fanOut)), of which a kernel's size multiplies both", () => {
  for (const [shape, fans] of [[[40, 60], 100], [[20, 30, 3, 3], 450]] as const) {
    const limit = Math.sqrt(6 / fans),
      largest = Math.max(...toList(glorotUniform(key(0), shape, "float64")).map(Math.abs));
    assert(largest <= limit && largest > 0.99 * limit);
  }
});

Deno.test("learned() makes a variable of the same values", () => {
  const t = learned(ones([2]));
  assertEquals([t.tag, toList(t)], ["variable", [1, 1]]);
});

const VARIANCES: readonly (readonly [Initializer, (fanIn: number, fanOut: number) => number])[] = [
  [initializers.glorotUniform, (fanIn, fanOut) => 2 / (fanIn + fanOut)],
  [initializers.glorotNormal, (fanIn, fanOut) => 2 / (fanIn + fanOut)],
  [initializers.heUniform, (fanIn) => 2 / fanIn],
  [initializers.heNormal, (fanIn) => 2 / fanIn],
  [initializers.lecunUniform, (fanIn) => 1 / fanIn],
  [initializers.lecunNormal, (fanIn) => 1 / fanIn],
  [initializers.fanInUniform, (fanIn) => 1 / (3 * fanIn)],
  [initializers.normal(0.3), () => 0.09],
  [initializers.uniform(0.3), () => 0.03],
  [initializers.orthogonal(2), (fanIn, fanOut) => 4 / Math.max(fanIn, fanOut)],
];

for (const [initializer, variance] of VARIANCES) {
  Deno.test(`${initializer.name} has mean 0 and the variance that it promises`, () => {
    for (const [shape, fanIn, fanOut] of [[[80, 150], 150, 80], [[40, 30, 3, 3], 270, 360]] as const) {
      if (initializer.name === "orthogonal" && shape.length === 4) continue; // a matrix [40, 270], tested below
      const values = toList(initializer.draw(key(5), shape, "float32")), wanted = variance(fanIn, fanOut);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const found = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
      // Five standard errors: of the mean sqrt(v / n), of the variance at most v sqrt(2 / n), for normal numbers.
      assertAlmostEquals(mean, 0, 5 * Math.sqrt(wanted / values.length));
      assertAlmostEquals(found / wanted, 1, 5 * Math.sqrt(2 / values.length));
      assertEquals(toList(initializer.draw(key(5), shape, "float32")), values);
      assert(toList(initializer.draw(key(6), shape, "float32")).some((x, i) => x !== values[i]));
    }
  });
}

Deno.test("orthogonal makes the shorter side of a matrix orthonormal, times the gain", () => {
  for (const [shape, rows] of [[[5, 12], 5], [[12, 5], 5], [[7, 7], 7], [[6, 2, 3, 3], 6]] as const) {
    const t = initializers.orthogonal(3).draw(key(1), shape, "float64");
    const matrix = shape.length === 4 ? reshape(t, [6, 18]) : t;
    const wide = matrix.shape[0]! <= matrix.shape[1]! ? matrix : transpose(matrix);
    const product = toList(matmul(wide, transpose(wide)));
    product.forEach((x, k) => assertAlmostEquals(x, k % (rows + 1) === 0 ? 9 : 0, 1e-12));
  }
  assertThrows(() => initializers.orthogonal().draw(key(0), [3], "float32"), TypeError, "at least two axes");
});

Deno.test("an initializer names itself where it is given no shape", () => {
  for (
    const initializer of [initializers.heNormal, initializers.uniform(), initializers.orthogonal(), initializers.ones]
  ) {
    for (const shape of [undefined, null, 3, "ab", [-1, 2]]) {
      // Untyped code may pass anything.
      const draw = () => initializer.draw(key(0), shape as never, "float32");
      const shown = assertThrows(draw, TypeError).message;
      assert(shown.startsWith(`Cannot apply ${initializer.name} to shape`), shown);
    }
  }
});

Deno.test("zeros, ones and constant fill, and take no key", () => {
  const { zeros, ones, constant } = initializers;
  assertEquals([zeros, ones, constant(2)].map((i) => toList(i.draw(key(0), [2], "float64"))), [[0, 0], [1, 1], [2, 2]]);
  assert([zeros, ones, constant(2)].every(({ random }) => !random));
  assertThrows(() => constant(NaN), RangeError, "Cannot build constant with value NaN");
});
