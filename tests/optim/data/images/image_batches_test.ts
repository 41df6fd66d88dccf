/** Batches of pictures, decoded here and in workers: `optim/data/images/image_decoder.ts` too. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  DataError,
  type ImageBatch,
  imageBatches,
  type ImageBatchesOptions,
  type ImageFile,
  imageFiles,
} from "../../../../optim/data/mod.ts";
import { key, toArray, toList } from "../../../../mod.ts";
import { encodePng } from "./encode_png.ts";

/** Ten pictures of two classes; picture k is of the grey 20 k. */
async function pictures(): Promise<readonly ImageFile[]> {
  const entries = Array.from({ length: 10 }, (_, k) => ({
    name: `${k % 2 === 0 ? "even" : "odd"}/${k}.png`,
    bytes: encodePng(4, 3, 1, new Array(12).fill(20 * k)),
  }));
  const list = await imageFiles(entries)();
  assert(list._tag === "Right");
  return list.right.files;
}

async function collect(files: readonly ImageFile[], options: ImageBatchesOptions) {
  const batches: ImageBatch[] = [];
  for await (const batch of imageBatches(files, options)) batches.push(batch);
  return batches.map(({ images, labels }) => ({
    images: toArray(images),
    shape: images.shape,
    labels: toList(labels),
  }));
}

const granted = Deno.permissions.querySync({ name: "read" }).state === "granted";

Deno.test("imageBatches() gives every picture once, with its class, in an order that the key alone decides", async () => {
  const files = await pictures(), options = { size: 4, image: [2, 2], channels: 1, key: key(3) } as const;
  const batches = await collect(files, options);
  assertEquals(batches.map(({ shape }) => shape), [[4, 1, 2, 2], [4, 1, 2, 2], [2, 1, 2, 2]]);
  const greys = batches.flatMap(({ images }) => images as number[][][][]).map(([[[grey = NaN] = []] = []]) =>
    Math.round(grey * 255 / 20)
  );
  assertEquals(greys.toSorted((a, b) => a - b), [...new Array(10).keys()]);
  assertEquals(batches.flatMap(({ labels }) => labels), greys.map((k) => k % 2));
  assertEquals(await collect(files, { ...options, prefetch: 5 }), batches);
  assert(
    String(greys) !== String(
      await collect(files, { ...options, key: key(4) }).then((all) => all.flatMap(({ labels }) => labels)),
    ),
  );
  assertEquals((await collect(files, { ...options, dropLast: true })).length, 2);
});

Deno.test({
  name: "imageBatches() gives the same batches when workers decode",
  ignore: !granted,
  fn: async () => {
    const files = await pictures(), options = { size: 3, image: [2, 2], key: key(1) } as const;
    assertEquals(await collect(files, { ...options, workers: 2 }), await collect(files, options));
    const broken: ImageFile = { name: "odd/no.png", label: 1, read: () => Promise.resolve(new Uint8Array(5)) };
    await assertRejects(
      () => collect([...files, broken], { size: 3, image: [2, 2], workers: 1 }),
      DataError,
      "odd/no.png",
    );
  },
});

Deno.test("imageBatches() names the file that cannot be decoded, and refuses wrong options at once", async () => {
  const files = await pictures();
  const broken: ImageFile = {
    name: "odd/no.png",
    label: 1,
    read: () => Promise.resolve(encodePng(9, 9, 1, []).subarray(0, 40)),
  };
  await assertRejects(() => collect([broken], { size: 1, image: [2, 2] }), DataError, "odd/no.png, 40 bytes");
  await assertRejects(() => collect(files, { size: 1, image: [2, 2], maxPixels: 3 }), DataError, "at most 3 pixels");
  assertThrows(() => imageBatches(files, { size: 0, image: [2, 2] }), RangeError, "size 0");
  assertThrows(() => imageBatches(files, { size: 1, image: [2, 0] }), RangeError, "[height, width]");
  assertThrows(() => imageBatches(files, { size: 1, image: [2, 2], workers: 0.5 }), RangeError, "workers");
  // @ts-expect-error: the size of pictures is missing
  assertThrows(() => imageBatches(files, { size: 1 }), RangeError);
  assertThrows(
    () => imageBatches(Object(1), { size: 1, image: [2, 2] }),
    TypeError,
    "pass the files that imageFiles listed",
  );
});

Deno.test("imageBatches() refuses files and limits of other types before any is read", () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  const options = { size: 1, image: [2, 2] } as const;
  assertThrows(() => imageBatches(wrong([3]), options), TypeError, "of 3 at 0: each must have name, label and read");
  assertThrows(() => imageBatches([], { ...options, maxPixels: wrong("4") }), RangeError, "maxPixels");
  assertThrows(() => imageBatches([], { ...options, fit: wrong(1n) }), RangeError, "fit 1n: it must be");
});
