import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as either from "fp-ts/Either.js";
import { first, image, loadMnist } from "../../examples/mnist_data.ts";
import { encodeIdx } from "../optim/data/sets/encode_idx.ts";

const granted = (name: "read" | "write"): boolean => Deno.permissions.querySync({ name }).state === "granted";
const reads = { ignore: !granted("read") }, writes = { ignore: !(granted("read") && granted("write")) };

/** A data set of a few 2 x 2 images, file by file. */
const SMALL: Readonly<Record<string, Uint8Array>> = {
  "train-images-idx3-ubyte": encodeIdx([3, 2, 2], Uint8Array.from({ length: 12 }, (_, i) => i)),
  "train-labels-idx1-ubyte": encodeIdx([3], Uint8Array.of(7, 0, 9)),
  "t10k-images-idx3-ubyte": encodeIdx([1, 2, 2], Uint8Array.of(9, 8, 7, 6)),
  "t10k-labels-idx1-ubyte": encodeIdx([1], Uint8Array.of(4)),
};

/** What `loadMnist` answers for a folder of the small files, some of them replaced or, if undefined, missing. */
function loadSmall(replaced: Readonly<Record<string, Uint8Array | undefined>> = {}) {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [name, bytes] of Object.entries({ ...SMALL, ...replaced })) {
      if (bytes !== undefined) Deno.writeFileSync(`${folder}/${name}`, bytes);
    }
    return loadMnist(new URL(`file://${folder}/`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function problem(replaced: Readonly<Record<string, Uint8Array | undefined>>): string {
  const loaded = loadSmall(replaced);
  assert(either.isLeft(loaded));
  return loaded.left;
}

// The first labels and how often each digit occurs, as textbooks and tutorials on MNIST print them.
Deno.test("loadMnist() reads all 70,000 digits", reads, () => {
  const mnist = loadMnist();
  assert(either.isRight(mnist));
  const { train, test } = mnist.right;
  assertEquals([train.size, test.size, train.imageShape, test.imageShape], [60000, 10000, [28, 28], [28, 28]]);
  assertEquals([...train.labels.subarray(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  assertEquals([...test.labels.subarray(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  const counts = Array.from({ length: 10 }, (_, digit) => train.labels.filter((label) => label === digit).length);
  assertEquals(counts, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
});

Deno.test("loadMnist() pairs images with labels", writes, () => {
  const mnist = loadSmall();
  assert(either.isRight(mnist));
  const { train, test } = mnist.right;
  assertEquals([train.size, train.imageShape, [...train.labels]], [3, [2, 2], [7, 0, 9]]);
  assertEquals([...image(train, 1)], [4, 5, 6, 7]);
  assertEquals([[...image(test, 0)], [...test.labels]], [[9, 8, 7, 6], [4]]);
  assertEquals([first(train, 2).size, first(train, 2).images.length, [...first(train, 2).labels]], [2, 8, [7, 0]]);
  assertEquals(first(train, 4), train);
});

Deno.test("loadMnist() says which file is missing, damaged or inconsistent with another", writes, () => {
  const labels = "train-labels-idx1-ubyte", images = "train-images-idx3-ubyte", testImages = "t10k-images-idx3-ubyte";
  assertStringIncludes(problem({ [labels]: undefined }), labels);
  assertStringIncludes(problem({ [images]: SMALL[images]!.subarray(0, 20) }), "12 must follow");
  assertStringIncludes(problem({ [images]: SMALL[images]!.subarray(0, 20) }), images);
  assertStringIncludes(problem({ [images]: SMALL[labels] }), "its shape must be [images, height, width]");
  assertStringIncludes(problem({ [labels]: encodeIdx([2], Uint8Array.of(1, 2)) }), "3 train images with 2 labels");
  assertStringIncludes(problem({ [labels]: encodeIdx([3], Uint8Array.of(1, 10, 2)) }), "label 10 at index 1");
  assertStringIncludes(problem({ [testImages]: encodeIdx([1, 1, 4], new Uint8Array(4)) }), "test images of 1 x 4");
  assertStringIncludes(problem({ [images]: encodeIdx([0, 2, 2], new Uint8Array(0)) }), "there must be at least one");
});
