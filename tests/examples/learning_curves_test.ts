import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Curves, drawLearningCurves } from "../../examples/learning_curves.ts";

const point = (epoch: number, lossSum: number, correct: number) => ({
  epoch,
  metrics: { loss: { total: lossSum, weight: 100 }, accuracy: { correct, samples: 100 } },
});

const CURVES: Curves = {
  title: "Losses & <accuracies>",
  training: [point(0.5, 200, 40), point(1, 100, 70), point(1.5, 50, 80), point(2, 20, 95)],
  test: [point(1, 90, 75), point(2, 30, 90)],
};

const texts = (svg: string): readonly string[] =>
  Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, t]) => t!);

Deno.test("drawLearningCurves() draws two charts with titles, axes and a legend", async () => {
  const svg = await drawLearningCurves(CURVES);
  assert(svg.startsWith("<svg ") && svg.endsWith("</svg>"));
  assertStringIncludes(svg, 'xmlns="http://www.w3.org/2000/svg"');
  const shown = texts(svg);
  for (
    const text of ["Losses &amp; &lt;accuracies&gt;", "Accuracy", "Epoch", "training", "test", "0", "1", "2", "80%"]
  ) {
    assert(shown.includes(text), `${text} in ${shown}`);
  }
  assert(shown.some((text) => text.startsWith("Loss")));
});

Deno.test("drawLearningCurves() draws a line through every point of both series in both charts, dots for the test", async () => {
  const svg = await drawLearningCurves(CURVES);
  const lines = Array.from(svg.matchAll(/<path d="M([^"]*)" stroke=/g), ([, d]) => d!.split("L").length);
  assertEquals(lines, [4, 2, 4, 2]);
  assertEquals(Array.from(svg.matchAll(/ d="M[^"]*A[^"]*" fill="#f58518"/g)).length, 4);
});

Deno.test("drawLearningCurves() draws the same picture of the same curves", async () => {
  assertEquals(await drawLearningCurves(CURVES), await drawLearningCurves(CURVES));
});

Deno.test("drawLearningCurves() copes with a single point, and with a loss of 0", async () => {
  for (const training of [[point(1, 100, 50)], [point(1, 0, 100)], [point(1, 100, 50), point(2, 0, 100)]]) {
    const svg = await drawLearningCurves({ title: "", training, test: training });
    assert(svg.endsWith("</svg>"));
    assert(!/NaN|Infinity|undefined/.test(svg), svg);
  }
});
