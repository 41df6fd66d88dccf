import { assertEquals } from "@std/assert";
import { clipByGlobalNorm, clipByValue, gradientNorm } from "../../mod.ts";
import { assertAgrees, assertNumbersAgree, constantFrom, fixtures } from "./fixtures.ts";

const TOLERANCE = 1e-12;

const byNorm = fixtures.clip_grad.filter(({ norm_type }) => norm_type === 2);
const byValue = fixtures.clip_grad.filter(({ clip_value }) => clip_value !== undefined);

for (const { max_norm, total_norm, grads, clipped } of byNorm) {
  Deno.test(`clipByGlobalNorm() to ${max_norm} gives PyTorch's norm and gradients, in trees and maps alike`, () => {
    const gradients = grads.map((g) => constantFrom(g, "float64"));
    assertNumbersAgree([gradientNorm(gradients)], [total_norm!], TOLERANCE, "the norm");
    clipByGlobalNorm(gradients, max_norm!).forEach((g, k) => assertAgrees(g, clipped[k]!, TOLERANCE, `gradient ${k}`));
    const map = clipByGlobalNorm(new Map(gradients.map((g) => [g, g])), max_norm!);
    gradients.forEach((g, k) => assertAgrees(map.get(g)!, clipped[k]!, TOLERANCE, `gradient ${k}`));
  });
}

for (const { clip_value, grads, clipped } of byValue) {
  Deno.test(`clipByValue() to ${clip_value} gives PyTorch's gradients`, () => {
    const gradients = grads.map((g) => constantFrom(g, "float64"));
    clipByValue(gradients, clip_value!).forEach((g, k) => assertAgrees(g, clipped[k]!, TOLERANCE, `gradient ${k}`));
  });
}

Deno.test("of PyTorch's clipping only that by norms other than the Euclidean one is left out", () => {
  const left = fixtures.clip_grad.filter((recorded) => !byNorm.includes(recorded) && !byValue.includes(recorded));
  assertEquals([byNorm.length, byValue.length, left.map(({ norm_type }) => norm_type)], [2, 1, [1, "Infinity"]]);
});
