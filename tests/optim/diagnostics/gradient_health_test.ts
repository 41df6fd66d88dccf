import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { tensor64 } from "../../../autograd/values/constructors.ts";
import {
  gradientHealth,
  hasExplodingGradients,
  hasVanishingGradients,
} from "../../../optim/diagnostics/gradient_health.ts";

Deno.test("gradientHealth() names the problem and the paths at fault", () => {
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

Deno.test("gradients that explode together are not healthy, though each by itself would be", () => {
  const g = { a: tensor64([9]), b: tensor64([8, 0]), c: tensor64([1]), empty: tensor64([], [0]) };
  assert(hasExplodingGradients(g));
  assertEquals(gradientHealth(g), { tag: "Exploding", paths: ["a", "b"] });
  const many = Array.from({ length: 1000 }, () => tensor64([0.5]));
  assertEquals([hasExplodingGradients(many), gradientHealth(many).tag], [true, "Exploding"]);
});

Deno.test("gradients that are not finite have exploded: NotFinite says more of the same", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const g = { weight: tensor64([1, value]), bias: tensor64([1e-9]) };
    assertEquals([gradientHealth(g).tag, hasExplodingGradients(g), hasVanishingGradients(g)], [
      "NotFinite",
      true,
      false,
    ]);
    assert(hasExplodingGradients(g, { threshold: 1e300 }));
  }
});

Deno.test("gradientHealth() agrees with the two questions, whatever the gradients", () => {
  const element = fc.oneof(
    fc.double({ min: -12, max: 12, noNaN: true }),
    fc.double({ min: -1e-7, max: 1e-7, noNaN: true }),
    fc.constantFrom(0, NaN, Infinity, 1e300),
  );
  fc.assert(fc.property(fc.array(fc.array(element, { maxLength: 3 }), { maxLength: 4 }), (lists) => {
    const g = lists.map((values) => tensor64(values, [values.length])), health = gradientHealth(g);
    assertEquals(hasExplodingGradients(g), health.tag === "Exploding" || health.tag === "NotFinite");
    if (hasVanishingGradients(g)) assertEquals(health.tag, "Vanishing");
    assertEquals("paths" in health && health.paths.length === 0, false);
  }));
});
