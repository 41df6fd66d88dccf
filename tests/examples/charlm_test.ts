import { assert, assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { type Corpus, corpusOf, loadAndWrite, trainAndWrite, type WritingSettings } from "../../examples/charlm.ts";
import { progressReporter } from "../../examples/progress.ts";
import { denseLayer, key, saveModel } from "../../mod.ts";
import { files, inFolder, programs, runProgram } from "../programs.ts";

function corpus(text: string): Corpus {
  const result = corpusOf(text);
  assert(result._tag === "Right", result._tag === "Left" ? result.left : "");
  return result.right;
}

/** No character twice: what comes next is certain, and learned in a few steps. */
const HOWL = "Wolf-packs hunt.\n";

const howls = corpus(HOWL.repeat(160));

const settings = (folder: string): WritingSettings => ({
  model: "transformer",
  steps: 40,
  batch: 4,
  learningRate: 0.01,
  seed: 1,
  engine: "simd",
  threads: 1,
  length: 60,
  temperature: 0.5,
  prompt: "Wolf",
  out: `${folder}/a.safetensors`,
  evaluate: undefined,
  text: undefined,
});

Deno.test("corpusOf() keeps the last twentieth to test with", () => {
  assertEquals([howls.train.length, howls.test.length], [HOWL.length * 152, HOWL.length * 8]);
  assertEquals(howls.alphabet.join(""), "\n -.Wacfhklnopstu");
  assertEquals(corpusOf("abc"), {
    _tag: "Left",
    left: "Cannot learn from 3 characters: the last twentieth must be longer than 32; pass a longer text",
  });
});

Deno.test(
  "the transformer learns a line, and writes the same after it was saved and loaded",
  files,
  () =>
    inFolder(async (folder) => {
      const lines: string[] = [], told = settings(folder);
      const written = await trainAndWrite(howls, told, progressReporter(false, (line) => lines.push(line)));
      assert(written._tag === "Right", written._tag === "Left" ? written.left : "");
      const { text, report } = written.right;
      assertEquals(text.length, "Wolf".length + 60);
      assertStringIncludes(text, "Wolf-packs hunt.\nWolf-packs hunt.\nWolf-packs hunt.\n");
      // Guessing at random has log 17 = 2.83 nats.
      const loss = Number(/held-out loss ([\d.]+) nats/.exec(report)?.[1]);
      assert(loss < 0.5, `loss ${loss}`);
      const ends = lines.filter((line) => line.startsWith("step "));
      assertEquals([ends.length, lines[0]!.slice(0, 15)], [10, "part 1/10  25 %"]);
      assertMatch(
        ends[9]!,
        /^step 40\/40 {2}loss \d\.\d{4} {2}held-out loss \d\.\d{4} {2}\d+\.\d % predicted {2}\d:\d\d$/,
      );
      assertStringIncludes(ends[9]!, `held-out loss ${loss.toFixed(4)}`);

      assertEquals(await loadAndWrite(told.out, howls, told), written);
      const other = await loadAndWrite(told.out, howls, { ...told, seed: 2, temperature: 3 });
      assert(other._tag === "Right");
      assertNotEquals(other.right.text, text);
      const again = await trainAndWrite(howls, told, progressReporter(false, () => {}));
      assertEquals(again, written);
    }),
);

Deno.test("the recurrent network learns a line too, and is saved and loaded", files, () =>
  inFolder(async (folder) => {
    const told = { ...settings(folder), model: "lstm", steps: 60 };
    const written = await trainAndWrite(howls, told, progressReporter(false, () => {}));
    assert(written._tag === "Right", written._tag === "Left" ? written.left : "");
    assertStringIncludes(written.right.text, "Wolf-packs hunt.\nWolf-packs hunt.\n");
    assertEquals(await loadAndWrite(told.out, howls, told), written);
  }));

Deno.test(
  "a text or network that cannot be used says why, before training if possible",
  files,
  () =>
    inFolder(async (folder) => {
      const told = { ...settings(folder), steps: 1 }, quiet = progressReporter(false, () => {});
      const dense = denseLayer(32, 3), path = `${folder}/dense.safetensors`;
      await saveModel(path, dense, dense.init(key(0)))();
      const cases = [
        [await trainAndWrite(howls, { ...told, prompt: "Zeus" }, quiet), 'Cannot read "Ze": the network knows'],
        [await trainAndWrite(howls, { ...told, out: `${folder}/no/a` }, quiet), "Cannot write a checkpoint"],
        [await loadAndWrite(`${folder}/none`, howls, told), "Cannot read a checkpoint"],
        [
          await loadAndWrite(path, howls, told),
          "Dense returns [1, 3] for [1, 32]: it must return [1, 32, 17]; choose another file",
        ],
      ] as const;
      for (const [result, reason] of cases) {
        assert(result._tag === "Left");
        assertStringIncludes(result.left, reason);
      }
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["dense.safetensors"]);
    }),
);

Deno.test("the program trains on a text, writes, and explains its flags", programs, () =>
  inFolder(async (folder) => {
    const out = `${folder}/a.safetensors`,
      text = `${folder}/text.txt`,
      run = runProgram.bind(null, "examples/charlm.ts");
    await Deno.writeTextFile(text, "The whale. ".repeat(200));
    const told = ["--text", text, "--length", "40"];
    const trained = await run(...told, "--steps", "1", "--batch", "2", "--out", out);
    assertEquals([trained.code, trained.errors], [0, ""]);
    for (const text of ["Character model, input [32]", "step 1/1  loss", `Saved as ${out}, loaded again: `]) {
      assertStringIncludes(trained.output, text);
    }
    const loaded = await run(...told, "--evaluate", out);
    // The same report and the same text as after the training.
    const rest = loaded.output.replace(`Loaded ${out}`, "");
    assert(trained.output.endsWith(rest), `${rest} is not the end of ${trained.output}`);
    assertStringIncludes(rest, "\n\nThe whale ");
    const foreign = await run(...told, "--prompt", "Zeus", "--evaluate", out);
    assertEquals([foreign.code, foreign.output], [1, ""]);
    const missing = await run("--text", `${folder}/none.txt`);
    assertStringIncludes(missing.errors, "it must be a text that may be read; choose another with --text");
    assertStringIncludes((await run("--help")).output, "--temperature T");
    const refused = await run("--steps", "0", "--temperature", "0", "--model", "elman");
    assertEquals([refused.code, refused.errors.trimEnd().split("\n").length], [1, 3]);
    assertStringIncludes(refused.errors, "--model elman: it takes transformer or lstm");
  }));
