/**
 * What the data of a step cost: pictures changed at random, plain and compiled; a picture decoded and made as large as the
 * others; a table.
 *
 * @module
 */
import { compile, type Key, key, randomUniform, type Tensor } from "@nanograd/nanograd";
import {
  augment,
  colorJitter,
  cutout,
  decodeCsv,
  decodeImage,
  imageTensor,
  perExample,
  randomCrop,
  randomFlip,
  randomRotate,
} from "@nanograd/nanograd/data";
import pictures from "../tests/fixtures/pictures.json" with { type: "json" };

const images = randomUniform(key(0), [64, 3, 32, 32]);
const change = perExample(
  augment(
    randomFlip(),
    randomCrop({ padding: 4 }),
    randomRotate(),
    colorJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1 }),
    cutout(),
  ),
);
const compiled = compile((k: Key, x: Tensor<"float32">) => change(k, x)), own = key(1);
compiled(own, images);

const group = "five augmentations of 64 pictures of 32 x 32";
Deno.bench({ name: "plain", group, baseline: true, fn: () => void change(own, images) });
Deno.bench({ name: "compiled", group, fn: () => void compiled(own, images) });

for (const wanted of ["PNG with all filters", "JPEG colour, subsampled"]) {
  const bytes = Uint8Array.fromBase64(pictures.cases.find(({ name }) => name === wanted)!.file);
  Deno.bench(`${wanted}, decoded and made 16 x 16`, () => {
    const decoded = decodeImage(bytes);
    if (decoded._tag === "Right") imageTensor(decoded.right, { size: [16, 16] });
  });
}

const table = `a,b,c\n${Array.from({ length: 2000 }, (_, k) => `${k},${k / 7},x${k % 5}`).join("\n")}`;
Deno.bench("a table of 2000 rows of two numbers and a category", () => {
  decodeCsv(table, { columns: { a: "number", b: "number", c: "category" } });
});
