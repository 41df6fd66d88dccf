import { assert, assertEquals, assertGreater, assertRejects, assertStringIncludes } from "@std/assert";
import { type PictureEpoch, trainOnPictures } from "../../examples/pictures.ts";
import { CheckpointError, key, randomUniform, tensorData } from "../../mod.ts";
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
  "the example learns what it is shown, is stopped, goes on to the same bits, and looks inside",
  files,
  () =>
    inFolder(async (folder) => {
      const pictures = `${folder}/pictures`;
      await Deno.mkdir(pictures);
      await writePictures(pictures, 30);
      const run = async (name: string, stop = Infinity): Promise<readonly PictureEpoch[]> => {
        const epochs: PictureEpoch[] = [], settings = { epochs: 8, side: 12, seed: 0, run: `${folder}/${name}` };
        for await (const epoch of trainOnPictures(pictures, settings)) {
          epochs.push(epoch);
          if (epochs.length === stop) break;
        }
        return epochs;
      };
      const whole = await run("whole"), parts = [...await run("stopped", 3), ...await run("stopped")];
      assertEquals(whole.map(({ epoch }) => epoch), [0, 1, 2, 3, 4, 5, 6, 7]);
      assertGreater(whole.at(-1)!.accuracy, 0.9);
      assertEquals(parts, whole);
      const read = (name: string): Uint8Array => Deno.readFileSync(`${folder}/${name}`);
      assertEquals(read("stopped/checkpoint.safetensors"), read("whole/checkpoint.safetensors"));
      assertEquals(read("stopped/inspection.svg"), read("whole/inspection.svg"));

      const text = (name: string): string => new TextDecoder().decode(read(name));
      const columns = (name: string): readonly string[] =>
        text(name).split("\n").map((row) => row.replace(/,[\d.]+/, ""));
      assertEquals(columns("stopped/steps.csv"), columns("whole/steps.csv"));
      assertEquals(columns("whole/steps.csv")[0], "step,seconds,loss,accuracy");
      const logs = [...Deno.readDirSync(`${folder}/stopped`)].filter(({ name }) => name.includes("tfevents"));
      assertEquals(logs.length, 2);
      assertStringIncludes(text("whole/inspection.txt"), "4 Dense");

      await Deno.remove(`${pictures}/down/7.png`);
      const { message } = await assertRejects(() => run("stopped"), CheckpointError);
      assertStringIncludes(message, "; start another one in another folder");
    }),
);

Deno.test("the example says what is wrong with a folder", programs, async () => {
  const { code, errors } = await runProgram("examples/pictures.ts", "--pictures", "no such folder");
  assertEquals(code, 1);
  assertStringIncludes(errors, "Cannot list pictures: no such folder");
  assert(!errors.includes("    at "));
});
