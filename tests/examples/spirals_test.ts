import { assert, assertEquals, assertLess } from "@std/assert";
import { drawSpirals, GRID, learnSpirals } from "../../examples/spirals.ts";
import type { GroupMark } from "vega";
import { spiralsSpec } from "../../examples/spirals_spec.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

Deno.test("the network of the picture learns the spirals", () => {
  const { losses, moments } = learnSpirals([0, 800]);
  assertEquals([losses.length, moments.map(({ step }) => step)], [800, [0, 800]]);
  assertLess(mean(losses.slice(-50)), 0.1);
  assert(moments.every(({ probabilities }) => probabilities.length === GRID ** 2));
});

Deno.test("drawSpirals() draws a square for each moment and names its step", async () => {
  const svg = await drawSpirals(learnSpirals([0, 1, 5]));
  assert(svg.startsWith("<svg ") && svg.endsWith("</svg>"));
  for (const text of [">0 steps<", ">1 step<", ">5 steps<", ">loss<"]) assert(svg.includes(text), text);
  assert(!/ d="[^"]*\d\.\d\d/.test(svg)); // rounded, so that it is light
});

Deno.test("spiralsSpec() makes a square wide enough for each moment", () => {
  const moments = [0, 1, 2].map((step) => ({ step, probabilities: [0, 1, 1, 0] }));
  const { marks, width } = spiralsSpec({ points: [], extent: 1, grid: 2, losses: [1], moments });
  const lefts = (marks as readonly GroupMark[]).slice(0, 3).map(({ encode }) => encode?.update?.x);
  assertEquals(lefts, [{ value: 0 }, { value: 186 }, { value: 372 }]);
  assertEquals(width, 3 * 170 + 2 * 16);
});

Deno.test({
  name: "the picture in the README is light",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => assertLess(Deno.statSync(new URL("../../docs/pictures/spirals.svg", import.meta.url)).size, 150_000),
});
