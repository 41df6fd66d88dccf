import { assert, assertEquals, assertThrows } from "@std/assert";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import {
  gradientHealth,
  hasExplodingGradients,
  hasVanishingGradients,
} from "../../../optim/diagnostics/gradient_health.ts";

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
