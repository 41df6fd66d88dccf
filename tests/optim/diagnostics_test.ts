import { assert, assertEquals, assertThrows } from "@std/assert";
import { tensor32, tensor64 } from "../../autograd/constructors.ts";
import {
  gradientHealth,
  gradientStats,
  hasExplodingGradients,
  hasVanishingGradients,
} from "../../optim/diagnostics.ts";

Deno.test("gradientStats() counts and measures by path and together", () => {
  const { l2, inf, byPath } = gradientStats({ a: [tensor64([[3, -4]])], b: tensor32([0, -12]) });
  assertEquals(Object.keys(byPath), ["a.0", "b"]);
  assert(Math.abs(l2 - 13) < 1e-14);
  assertEquals([inf, byPath["a.0"]?.l2, byPath.b?.meanAbsolute, byPath.b?.size], [12, 5, 6, 2]);
  const bad = gradientStats(tensor64([NaN, Infinity, -Infinity, 1])).byPath[""];
  assertEquals([bad?.nan, bad?.infinite, bad?.size], [1, 2, 4]);
});

Deno.test("gradientHealth() names what is wrong and the paths at fault", () => {
  const good = tensor64([0.1]);
  assertEquals(gradientHealth({ good }), { tag: "Healthy" });
  assertEquals(gradientHealth([]), { tag: "Healthy" });
  assertEquals(gradientHealth({ good, w: [tensor64([1e9]), tensor64([NaN])], v: tensor64([Infinity]) }), {
    tag: "NotFinite",
    paths: ["w.1", "v"],
  });
  assertEquals(gradientHealth({ good, w: tensor64([11]) }), { tag: "Exploding", paths: ["w"] });
  assertEquals(gradientHealth({ good, w: tensor64([1e-9]) }), { tag: "Vanishing", paths: ["w"] });
});

Deno.test("exploding and vanishing are told by thresholds", () => {
  const g = { a: tensor64([3]), b: tensor64([4]) };
  assertEquals([4.9, 5.1].map((threshold) => hasExplodingGradients(g, { threshold })), [true, false]);
  assertEquals([4.9, 5.1].map((threshold) => hasVanishingGradients(g, { threshold })), [false, true]);
  assert(hasExplodingGradients(tensor64(NaN)) && !hasVanishingGradients(tensor64(NaN)));
  for (const threshold of [NaN, Infinity, 0, -1]) {
    assertThrows(() => hasExplodingGradients(g, { threshold }), RangeError, `threshold ${threshold}`);
    assertThrows(() => hasVanishingGradients(g, { threshold }), RangeError, `threshold ${threshold}`);
  }
});
