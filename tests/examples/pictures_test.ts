import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { type PictureEpoch, trainOnPictures } from "../../examples/pictures.ts";
import { key, randomUniform, tensorData } from "../../mod.ts";
import { encodePng } from "../optim/data/images/encode_png.ts";
import { files, inFolder, programs, runProgram } from "../programs.ts";

/** Writes pictures of two classes: stripes across and stripes down, in random colours, with noise. */
async function writePictures(folder: string, each: number): Promise<void> {
  for (const [k, name] of ["across", "down"].entries()) {
    await Deno.mkdir(`${folder}/${name}`);
    for (let n = 0; n < each; n++) {
      const noise = tensorData(randomUniform(key(100 * k + n), [20 * 16 * 3 + 4]));
      const [width, phase, ...rest] = noise, period = 2 + Math.floor(3 * width!);
      const pixels = rest.slice(0, 20 * 16 * 3).map((value, at) => {
        const place = Math.floor(at / 3), x = place % 20, y = Math.floor(place / 20);
        const isLight = Math.floor((k === 0 ? y : x) / period + 2 * phase!) % 2 === 0;
        return (isLight ? 150 + 50 * (rest[at % 3]!) : 30) + 40 * value;
      });
      await Deno.writeFile(`${folder}/${name}/${n}.png`, encodePng(20, 16, 3, pixels));
    }
  }
}

Deno.test(
  "the example learns from a folder of pictures what it is shown, and tells it again by the same seed",
  files,
  () =>
    inFolder(async (folder) => {
      await writePictures(folder, 30);
      const run = async (epochs: number): Promise<readonly PictureEpoch[]> =>
        await Array.fromAsync(trainOnPictures(folder, { epochs, side: 12, seed: 0 }));
      const all = await run(8), [first] = await run(1);
      assertEquals(all.map(({ epoch }) => epoch), [0, 1, 2, 3, 4, 5, 6, 7]);
      assertGreater(all.at(-1)!.accuracy, 0.9);
      assertEquals(first, all[0]);
    }),
);

Deno.test("the example says what is wrong with a folder", programs, async () => {
  const { code, errors } = await runProgram("examples/pictures.ts", "no such folder");
  assertEquals(code, 1);
  assertStringIncludes(errors, "Cannot list pictures: no such folder");
  assert(!errors.includes("    at "));
});
