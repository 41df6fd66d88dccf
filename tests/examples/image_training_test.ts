import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Either } from "../../deps.ts";
import { pixelScale } from "../../examples/batches.ts";
import { CNN } from "../../examples/cnn.ts";
import {
  type ImageData,
  type ImageProgram,
  runImageProgram,
  testSaved,
  trainAndSave,
} from "../../examples/image_training.ts";
import { accuracy, meanLoss, type Metrics, sampleCount } from "../../examples/metrics.ts";
import { first, loadMnist } from "../../examples/mnist_data.ts";
import { progressReporter } from "../../examples/progress.ts";
import { RESNET } from "../../examples/resnet.ts";
import { denseLayer, flattenLayer, initializers, key, saveModel, sequential } from "../../mod.ts";
import { files, inFolder, programs, runProgram } from "../programs.ts";

/** Runs a test on a part of MNIST, in a folder of its own. */
const withImages = (
  train: number,
  test: number,
  f: (data: ImageData, folder: string) => Promise<void>,
): Promise<void> =>
  inFolder((folder) => {
    const mnist = loadMnist();
    assert(mnist._tag === "Right");
    const part = { train: first(mnist.right.train, train), test: first(mnist.right.test, test) };
    return f({ ...part, scale: pixelScale(mnist.right.train) }, folder);
  });

for (const program of [CNN, RESNET]) {
  Deno.test(
    `${program.name}.ts learns, and reads as well after it was saved and loaded`,
    files,
    () =>
      withImages(2560, 500, async (data, folder) => {
        const lines: string[] = [], reporter = progressReporter(false, (line) => lines.push(line));
        const settings = {
          epochs: 1,
          batch: 64,
          learningRate: program.learningRate,
          seed: 0,
          out: `${folder}/a.safetensors`,
        };
        const result = await trainAndSave(program, data, settings, reporter);
        assert(result._tag === "Right");
        // A guess is right one time in ten.
        assert(accuracy(result.right) > 0.5 && meanLoss(result.right) < 2, `accuracy ${accuracy(result.right)}`);
        assertEquals(lines.map((line) => line.slice(0, 14)), [
          "epoch 1/1  25 ",
          "epoch 1/1  50 ",
          "epoch 1/1  75 ",
          "epoch 1/1  los",
        ]);
        assertStringIncludes(lines.at(-1)!, `test accuracy ${(100 * accuracy(result.right)).toFixed(2)} %`);
        assertEquals(sampleCount(result.right), 500);
        assertEquals(await testSaved(settings.out, data), result);
      }),
  );
}

Deno.test(
  "a network that cannot be saved, loaded or used says why",
  files,
  () =>
    withImages(64, 1, async (data, folder) => {
      const settings = { epochs: 1, batch: 64, learningRate: 0.01, seed: 0, out: `${folder}/no/a.safetensors` };
      const path = `${folder}/other.safetensors`;
      const problem = async (outputs: number, inputs: number): Promise<Either<string, Metrics>> => {
        const other = sequential([flattenLayer(), denseLayer(inputs, outputs)]);
        await saveModel(path, other, other.init(key(0)))();
        return await testSaved(path, data);
      };
      const cases = [
        [await trainAndSave(CNN, data, settings, progressReporter(false, () => {})), "Cannot write a checkpoint"],
        [await testSaved(`${folder}/none`, data), "Cannot read a checkpoint"],
        [await problem(10, 3), 'Cannot apply Dense at "1" to x [1, 784]'],
        [
          await problem(3, 784),
          "Sequential returns [1, 3] for [1, 1, 28, 28]: it must return [1, 10]; choose another file",
        ],
      ] as const;
      for (const [result, reason] of cases) {
        assert(result._tag === "Left");
        assertStringIncludes(result.left, reason);
      }
    }),
);

/** A network that takes no time, as a program. */
const DENSE: ImageProgram = {
  name: "dense",
  about: "Does little.",
  reader: () => sequential([flattenLayer(), denseLayer(784, 10, { initializer: initializers.zeros })]),
  epochs: 2,
  learningRate: 0.01,
};

/** Runs a program, and tells how it ended and what it wrote. */
async function run(program: ImageProgram, ...args: readonly string[]) {
  const lines: string[] = [], errors: string[] = [];
  const code = await runImageProgram(program, args, {
    log: (line: string) => lines.push(line),
    error: (line: string) => errors.push(line),
  });
  return { code, output: lines.join("\n"), errors: errors.join("\n") };
}

Deno.test("a program trains, saves, and evaluates any saved network", files, () =>
  inFolder(async (folder) => {
    const path = `${folder}/a.safetensors`;
    const trained = await run(DENSE, "--epochs", "1", "--limit", "640", "--out", path);
    assertEquals([trained.code, trained.errors], [0, ""]);
    assertMatch(trained.output, /^Sequential, input \[1, 28, 28\]\n/);
    const report = /\nSaved as .*a\.safetensors, loaded again: (test accuracy \d+\.\d\d %, loss \d.*)$/.exec(
      trained.output,
    );
    const loaded = await run(RESNET, "--evaluate", path);
    assertEquals(loaded.output, `Loaded ${path}: ${report?.[1]}`);
    assertEquals((await run(DENSE, "--evaluate", `${folder}/none.safetensors`)).code, 1);
  }));

Deno.test("the programs explain their flags and refuse others, before any work", programs, async () => {
  for (const { name, about } of [CNN, RESNET]) {
    const { code, output } = await runProgram(`examples/${name}.ts`, "--help");
    assertEquals(code, 0);
    for (const text of [about, "--evaluate FILE", `(default: ${name}.safetensors)`]) assertStringIncludes(output, text);
    const refused = await runProgram(`examples/${name}.ts`, "--epoch", "1", "--out", "a.txt");
    assertEquals([refused.code, refused.output], [1, ""]);
    assertStringIncludes(refused.errors, "did you mean --epochs?");
    assertStringIncludes(refused.errors, "the path of a file that ends in .safetensors");
  }
});
