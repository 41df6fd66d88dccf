import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { iris, twoSpirals, xor } from "../../examples/small_data.ts";
import { mean, standardDeviation, toArray, toList } from "../../mod.ts";

Deno.test("xor() is the truth table of exclusive or", () => {
  const { x, labels } = xor();
  assertEquals(toList(labels), (toArray(x) as readonly (readonly number[])[]).map(([a, b]) => a! ^ b!));
});

Deno.test("twoSpirals() are one spiral and the same turned by half a circle", () => {
  const { x, labels } = twoSpirals(50, 2), points = toArray(x) as readonly (readonly number[])[];
  assertEquals(toList(labels), [...new Array(50).fill(0), ...new Array(50).fill(1)]);
  points.slice(0, 50).forEach(([a = NaN, b = NaN], i) => {
    assertAlmostEquals(points[50 + i]![0]!, -a, 1e-6);
    assertAlmostEquals(points[50 + i]![1]!, -b, 1e-6);
    assertAlmostEquals(Math.hypot(a, b), 0.1 + 0.9 * i / 49, 1e-6);
  });
});

// Fisher, 1936, table 1: flower 35 has 4.9 3.1 1.5 0.2, flower 38 has 4.9 3.6 1.4 0.1. In the UCI repository's copy, which
// is known for it, the two are equal.
Deno.test("iris() has 50 flowers of each species, standardised, in Fisher's own numbers", () => {
  const { x, labels } = iris(), rows = toArray(x) as readonly (readonly number[])[];
  assertEquals([x.shape, labels.shape], [[150, 4], [150]]);
  assertEquals([0, 1, 2].map((species) => toList(labels).filter((label) => label === species).length), [50, 50, 50]);
  toList(mean(x, { axes: 0 })).forEach((value) => assertAlmostEquals(value, 0, 1e-5));
  toList(standardDeviation(x, { axes: 0 })).forEach((value) => assertAlmostEquals(value, 1, 1e-5));
  const [sepalLength, sepalWidth] = rows[37]!.map((value, k) => value - rows[34]![k]!);
  assertAlmostEquals(sepalLength!, 0, 1e-6);
  assert(sepalWidth! > 1);
});
