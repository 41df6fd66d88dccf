import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { pixelScale } from "../../examples/batches.ts";
import { CNN } from "../../examples/cnn.ts";
import { testSaved, trainAndSave } from "../../examples/image_training.ts";
import { accuracy, meanLoss } from "../../examples/metrics.ts";
import { first, loadMnist } from "../../examples/mnist_data.ts";
import { progressReporter } from "../../examples/progress.ts";
import { RESNET } from "../../examples/resnet.ts";
import { denseLayer, flattenLayer, initializers, key, saveModel, sequential } from "../../mod.ts";

const granted = (name: "read" | "write" | "run"): boolean => Deno.permissions.querySync({ name }).state === "granted";
const files = { ignore: !(granted("read") && granted("write")) };
const programs = { ignore: !(granted("read") && granted("write") && granted("run")) };

/** A part of MNIST, and a folder that is removed in the end. */
async function withImages(
  train: number,
  test: number,
  f: (data: Parameters<typeof testSaved>[1], folder: string) => Promise<void>,
): Promise<void> {
  const mnist = loadMnist(), folder = await Deno.makeTempDir();
  try {
    assert(mnist._tag === "Right");
    const part = { train: first(mnist.right.train, train), test: first(mnist.right.test, test) };
    await f({ ...part, scale: pixelScale(mnist.right.train) }, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

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
        assertEquals(result.right.samples, 500);
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
      const problem = async (outputs: number, inputs: number): Promise<unknown> => {
        const other = sequential([flattenLayer(), denseLayer(inputs, outputs)]);
        await saveModel(path, other, other.init(key(0)))();
        return await testSaved(path, data);
      };
      const cases = [
        [await trainAndSave(CNN, data, settings, progressReporter(false, () => {})), "Cannot write a checkpoint"],
        [await testSaved(`${folder}/none`, data), "Cannot read a checkpoint"],
        [await problem(10, 3), 'Cannot apply Dense at "1" to x [1, 784]'],
        [await problem(3, 784), "Sequential gives [1, 3]: it must give 10 scores for an image; choose another file"],
      ] as readonly (readonly [Awaited<ReturnType<typeof testSaved>>, string])[];
      for (const [result, reason] of cases) {
        assert(result._tag === "Left");
        assertStringIncludes(result.left, reason);
      }
    }),
);

Deno.test("the programs train, evaluate what was saved, explain their flags and refuse others", programs, async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/a.safetensors`, decoder = new TextDecoder();
  const run = async (name: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-write", `examples/${name}.ts`, ...args],
      cwd: new URL("../../", import.meta.url),
    }).output();
    return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  };
  try {
    const trained = await run("cnn", "--epochs", "1", "--limit", "64", "--out", path);
    assertEquals([trained.code, trained.errors], [0, ""]);
    assertStringIncludes(trained.output, "Convolutional reader, input [1, 28, 28]");
    assertMatch(trained.output, /\nSaved as .*a\.safetensors, loaded again: test accuracy \d+\.\d\d %, loss \d/);
    // A file holds the whole network: any of the programs can read any.
    const dense = sequential([flattenLayer(), denseLayer(784, 10, { initializer: initializers.zeros })]);
    await saveModel(path, dense, dense.init(key(0)))();
    const loaded = await run("resnet", "--evaluate", path);
    // Equal scores are taken for a zero, of which there are 980.
    assertStringIncludes(loaded.output, `Loaded ${path}: test accuracy 9.80 %, loss 2.302`);
    assertStringIncludes((await run("resnet", "--help")).output, "--evaluate FILE");
    const refused = await run("resnet", "--epoch", "1", "--out", "a.txt");
    assertEquals([refused.code, refused.output], [1, ""]);
    assertStringIncludes(refused.errors, "did you mean --epochs?");
    assertStringIncludes(refused.errors, "the path of a file that ends in .safetensors");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
