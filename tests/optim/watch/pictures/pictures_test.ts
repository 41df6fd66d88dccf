// The files that are tested here: optim/watch/pictures/draw.ts, optim/watch/pictures/check_picture.ts, optim/watch/pictures/options.ts.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { decode } from "npm:fast-png@8.0.0";
import { key, matmul, ones, randomNormal, tensor32, tensor64, toArray, zeros } from "../../../../autograd/mod.ts";
import { confusionPicture } from "../../../../optim/watch/pictures/confusion_picture.ts";
import { embeddingMap, principalPlane } from "../../../../optim/watch/pictures/embedding_map.ts";
import { histogram } from "../../../../optim/watch/pictures/histogram.ts";
import { imageGrid } from "../../../../optim/watch/pictures/image_grid.ts";
import { lossCurve } from "../../../../optim/watch/pictures/loss_curve.ts";
import { pngOf } from "../../../../optim/watch/png.ts";

/** The texts that a picture shows. */
const texts = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

/** The numbers of marks of a kind, such as `mark-line`. */
const marks = (svg: string, kind: string): number => {
  const groups = [...svg.matchAll(new RegExp(`<g class="${kind} role-mark[^>]*>(.*?)</g>`, "g"))];
  return groups.reduce((sum, [, inside]) => sum + (inside!.match(/<(path|text|image)/g) ?? []).length, 0);
};

Deno.test(
  "lossCurve() draws a line for each series, on a logarithmic axis if all losses are above 0",
  async () => {
    const svg = await lossCurve({ training: [1, 0.1, 0.01], test: [{ step: 2, value: 0.1 }] }, { title: "A < B" });
    assertEquals(marks(svg, "mark-line"), 2);
    for (const text of ["loss (logarithmic)", "A &lt; B", "training", "test", "step"]) {
      assert(
        texts(svg).includes(text),
        text,
      );
    }
    const linear = await lossCurve({ accuracy: [0, 0.5, NaN, 1] }, { label: "accuracy", smoothing: 0.5 });
    assertEquals(marks(linear, "mark-line"), 2);
    assert(texts(linear).includes("accuracy") && !linear.includes("NaN"));
  },
);

Deno.test(
  "confusionPicture() shows every count and names each class twice, even if two have one name",
  async () => {
    const svg = await confusionPicture([[12, 3], [0, 1234]], { labels: ["a", "a"] }), shown = texts(svg);
    assertEquals(shown.filter((text) => text === "a").length, 4);
    for (const count of ["12", "3", "1,234"]) assert(shown.includes(count), count);
  },
);

Deno.test("histogram() has as many bars as asked for, and tells of what is not finite", async () => {
  const svg = await histogram(tensor64([1, 2, 3, NaN]), { bars: 7 });
  assertEquals(marks(svg, "mark-rect"), 7);
  assertStringIncludes(svg, "value (1 NaN or infinite)");
  assertEquals(marks(await histogram([]), "mark-rect"), 1);
});

Deno.test("imageGrid() has a picture for each image, with its very pixels", async () => {
  const svg = await imageGrid(tensor32([[[0, 2]], [[1, 2]], [[4, 0]]]), { labels: ["x", "y", "z"], columns: 2 });
  const files = [...svg.matchAll(/base64,([^"]+)"/g)].map(([, text]) =>
    Uint8Array.from(atob(text!), (c) => c.charCodeAt(0))
  );
  assertEquals(files.map((file) => [...decode(file).data]), [[0, 128], [64, 128], [255, 0]]);
  assertEquals(["x", "y", "z"].every((label) => texts(svg).includes(label)), true);
  assertStringIncludes(await imageGrid(zeros([0, 3, 2, 2])), "<svg");
});

Deno.test("pngOf() puts channels of a colour image side by side, and makes NaN black", () => {
  const { png, channels } = pngOf("test", tensor64([[[0, 1]], [[0.5, NaN]], [[1, 0]]])),
    { data, width, height } = decode(png);
  assertEquals([channels, width, height, [...data]], [3, 2, 1, [0, 128, 255, 255, 0, 0]]);
  assertThrows(() => pngOf("test", ones([2, 2, 2])), TypeError, "with 1, 3 or 4 channels");
});

Deno.test("principalPlane() keeps distances on the plane, and orders its axes by variance", () => {
  // Points of a plane in 5 dimensions: nothing is lost.
  const flat = randomNormal(key(0), [6, 2], { dtype: "float64" }),
    spread = tensor64([[3, 0, 0, 0, 4], [0, 1, 0, 0, 0]]);
  const product = matmul(flat, spread), { points, shares } = principalPlane(product);
  const vectors = toArray(product) as readonly (readonly number[])[];
  const distance = (a: readonly number[], b: readonly number[]): number => Math.hypot(...a.map((x, k) => x - b[k]!));
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < i; j++) {
      assertAlmostEquals(distance(points[i]!, points[j]!), distance(vectors[i]!, vectors[j]!), 1e-12);
    }
  }
  assert(shares[0] > shares[1]);
  assertAlmostEquals(shares[0] + shares[1], 1, 1e-12);
  for (const size of [1e200, 1e-200]) {
    const { shares } = principalPlane(tensor64([[size, 0], [-size, 0], [0, size / 2], [0, -size / 2]]));
    shares.forEach((share, k) => assertAlmostEquals(share, [0.8, 0.2][k]!, 1e-12)); // squares overflow, or vanish
  }
  assertEquals(principalPlane(ones([3, 1])), { points: [[0, 0], [0, 0], [0, 0]], shares: [0, 0] });
});

Deno.test("embeddingMap() has a dot for each vector, and a colour for each class", async () => {
  const svg = await embeddingMap(randomNormal(key(1), [5, 3]), { classes: [10, 9, 10, 9, 9], labels: [..."abcde"] });
  assertEquals([marks(svg, "mark-symbol"), marks(svg, "mark-text")], [5, 5]);
  assert(texts(svg).indexOf("9") < texts(svg).indexOf("10"));
});

Deno.test("pictures refuse what they cannot draw", async () => {
  const refused: readonly (readonly [() => Promise<string>, string])[] = [
    [() => lossCurve({}), "Cannot draw a loss curve of no series"],
    [() => lossCurve({ a: 1 as never }), "Cannot draw a loss curve of a, 1: it must be a list of numbers"],
    [() => lossCurve({ a: [1] }, { smoothing: 1 }), "with smoothing 1: it must be in [0, 1); 0.9 is usual"],
    [
      () => lossCurve({ a: [1] }, { width: 0 }),
      "with width 0: it must be a number of pixels from 1 to 20000; 400 is usual",
    ],
    [() => lossCurve({ a: [1] }, { title: 1 as never }), "with title 1: it must be a string; pass one"],
    [() => lossCurve({ a: [1] }, { smoothing: null as never }), "with smoothing null: it must be in [0, 1)"],
    [() => histogram([1], { label: 3 as never }), "with label 3: it must be a string; pass one"],
    [() => lossCurve({ a: [1] }, { colour: 1 } as never), 'with the option "colour": the options are title,'],
    [() => confusionPicture([[NaN]]), "it must have a row of counts for each class"],
    [() => confusionPicture([[1, 2]]), "it must have a row of counts for each class"],
    [() => confusionPicture([[1]], { labels: [] }), "with 0 labels: there must be one for each of the 1 classes"],
    [() => histogram(1 as never), "Cannot draw a histogram of 1: it must be a tensor or an array; pass the values"],
    [() => histogram([1], { bars: 0 }), "with 0 bars: there must be a whole number from 1 to 1000; 40 is usual"],
    [
      () => imageGrid(ones([2, 2])),
      "it must be [batch, height, width] or [batch, channels, height, width]; reshape it",
    ],
    [() => imageGrid(ones([2, 2, 2]), { columns: 0 }), "in 0 columns: it must be a whole number above 0; 8 is usual"],
    [() => embeddingMap(ones([2])), "from a tensor of shape [2]: it must be [points, features]; reshape it"],
  ];
  for (const [draw, message] of refused) await assertRejects(draw, Error, message);
});
