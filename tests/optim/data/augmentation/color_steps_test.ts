/** Changes of colour by given factors, which `optim/data/augmentation/color_jitter.ts` draws. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { brightened, contrasted, saturated, turned } from "../../../../optim/data/augmentation/color_steps.ts";
import { clamp, constant, flatten, full, reshape, roll, sum, type Tensor, toList, transpose } from "../../../../mod.ts";
import pictures from "../../../fixtures/pictures.json" with { type: "json" };

const { shape, pixels, ...enhanced } = pictures.enhanced;
const image = transpose(reshape(constant(pixels.map((value) => value / 255), { dtype: "float64" }), shape), [2, 0, 1]);
const STEPS = { brightness: brightened, contrast: contrasted, saturation: saturated } as const;

for (const name of ["brightness", "contrast", "saturation"] as const) {
  Deno.test(`${name} is Pillow's, up to its rounding to bytes`, () => {
    const { factor, pixels: wanted } = enhanced[name];
    const ours: Tensor = flatten(transpose(clamp(STEPS[name](image, factor), 0, 1), [1, 2, 0]));
    toList(ours).forEach((value, k) => assertAlmostEquals(255 * value, wanted[k]!, 1.5));
  });
}

Deno.test("turned() by a third of a circle makes red green, green blue and blue red", () => {
  const angle = constant(2 * Math.PI / 3, { dtype: "float64" }), wanted = toList(roll(image, 1, 0));
  toList(turned(image, angle)).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 1e-12));
  assertEquals(turned(image, angle).shape, image.shape);
});

Deno.test("turned() keeps greys and the sum of the channels", () => {
  const angle = constant(1.1, { dtype: "float64" }), grey = full([3, 2, 2], 0.3, { dtype: "float64" });
  toList(turned(grey, angle)).forEach((value) => assertAlmostEquals(value, 0.3, 1e-12));
  const sums = [turned(image, angle), image].map((own) => toList(sum(own, { axes: 0 })));
  sums[0]!.forEach((value, k) => assertAlmostEquals(value, sums[1]![k]!, 1e-12));
});
