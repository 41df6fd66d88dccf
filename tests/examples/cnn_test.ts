import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { trainAndSave } from "../../examples/cnn.ts";
import { accuracy, meanLoss, sampleCount } from "../../examples/metrics.ts";
import { first, loadMnist } from "../../examples/mnist_data.ts";

const files = ["read", "write"].every((name) =>
  Deno.permissions.querySync({ name: name as "read" | "write" }).state === "granted"
);

Deno.test(
  "the convolutional network learns, and reads as well after it was saved and loaded",
  { ignore: !files },
  async () => {
    const mnist = loadMnist(), folder = await Deno.makeTempDir(), lines: string[] = [];
    try {
      assert(mnist._tag === "Right");
      const part = { train: first(mnist.right.train, 2560), test: first(mnist.right.test, 500) };
      const result = await trainAndSave(part, `${folder}/cnn.safetensors`, 1, (line) => lines.push(line));
      assert(result._tag === "Right");
      // A guess is right one time in ten.
      assert(accuracy(result.right) > 0.5 && meanLoss(result.right) < 2);
      assertStringIncludes(lines.at(-1)!, `test accuracy ${(100 * accuracy(result.right)).toFixed(2)}`);
      assertEquals(sampleCount(result.right), 500);
      const refused = await trainAndSave(
        { train: first(part.train, 64), test: first(part.test, 1) },
        `${folder}/no/a`,
        1,
        () => {},
      );
      assert(refused._tag === "Left");
      assertStringIncludes(refused.left, "Cannot write a checkpoint");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
