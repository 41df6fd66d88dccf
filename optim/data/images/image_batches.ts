/**
 * Batches of pictures.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { Key } from "../../../autograd/random/key.ts";
import { permutation } from "../../../autograd/random/random.ts";
import { checkKey } from "../../../autograd/random/key.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import { checkOptions } from "../../../blas/options.ts";
import { checkCount } from "../../check_setting.ts";
import { batchesFrom } from "../streams/batches_from.ts";
import type { DataArray } from "../streams/data_array.ts";
import { checkImageOptions, type ImageChannels, type ImageFit } from "./image_array.ts";
import type { ImageFile } from "./image_files.ts";
import decodeFile, { type ImageItem } from "./image_decoder.ts";

/** The options of {@link imageBatches}. */
export type ImageBatchesOptions = {
  /** The number of pictures in a batch. */
  readonly size: number;
  /** `[height, width]` that every picture gets. */
  readonly image: readonly [height: number, width: number];
  /** 3 if left out: red, green and blue; 1: grey; 4: with alpha. */
  readonly channels?: ImageChannels | undefined;
  /** `"cover"` if left out: what does not fit is cut off around the middle; `"stretch"` keeps all, distorted. */
  readonly fit?: ImageFit | undefined;
  /** The key that the order is drawn from, of all pictures; without a key they keep their order. */
  readonly key?: Key | undefined;
  /** How many batches are decoded before they are asked for; 2 if left out. */
  readonly prefetch?: number | undefined;
  /** How many workers decode; 0 if left out: the calling thread does. */
  readonly workers?: number | undefined;
  /** Whether to leave out a last batch that is smaller than the others; false if left out. */
  readonly dropLast?: boolean | undefined;
  /** The most pixels that a picture may have, 2^26 if left out. */
  readonly maxPixels?: number | undefined;
};

/** A batch of pictures. */
export type ImageBatch = {
  /** `[size, channels, height, width]`, from 0 to 1. */
  readonly images: Tensor<"float32">;
  /** The class of each, `[size]`. */
  readonly labels: Tensor<"float32">;
};

/**
 * Reads and decodes pictures, batch by batch, the next ones while a step computes.
 *
 * A file that cannot be decoded ends the loop with a `DataError` that names it. Leaving the loop, by `break` too, ends
 * the workers.
 *
 * @param files Pictures, as `imageFiles` lists them; filter or split them as any array.
 * @param options `size` and `image`; `channels`, `fit`, `key`, `prefetch`, `workers`, `dropLast`, `maxPixels`.
 * @returns A generator of `{ images: [size, channels, height, width], labels: [size] }`.
 * @throws {TypeError} If options are wrong.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { imageBatches, imageFiles } from "@nanograd/nanograd/data";
 * import { key, toList } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const png = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGMw/g8AAWgBM47YVXQAAAAASUVORK5CYII=";
 * const bytes = Uint8Array.fromBase64(png), names = ["cat/1.png", "dog/1.png", "dog/2.png"];
 * const pictures = await imageFiles(names.map((name) => ({ name, bytes })))();
 * assert(pictures._tag === "Right");
 * for await (const { images, labels } of imageBatches(pictures.right.files, { size: 3, image: [8, 8], key: key(0) })) {
 *   assertEquals(images.shape, [3, 3, 8, 8]);
 *   assertEquals(toList(labels).toSorted(), [0, 1, 1]);
 * }
 * ```
 */
export function imageBatches(
  files: readonly ImageFile[],
  options: ImageBatchesOptions,
): AsyncGenerator<ImageBatch, void, undefined> {
  const names = {
    size: true,
    image: true,
    channels: true,
    fit: true,
    key: true,
    prefetch: true,
    workers: true,
  } as const;
  checkOptions("make batches of pictures", options, { ...names, dropLast: "flag", maxPixels: true });
  const { size, image, channels = 3, fit = "cover", key, prefetch = 2, workers = 0, dropLast = false, maxPixels } =
    options;
  if (!Array.isArray(files)) {
    throw new TypeError(
      `Cannot make batches of pictures of ${
        describe(files)
      }: files must be an array; pass the files that imageFiles listed`,
    );
  }
  for (const [k, file] of files.entries()) {
    if (typeof file === "object" && file !== null && typeof file.read === "function") continue;
    throw new TypeError(
      `Cannot make batches of pictures of ${
        describe(file)
      } at ${k}: each must have name, label and read; pass the files that ` +
        "imageFiles listed",
    );
  }
  if (maxPixels !== undefined) checkCount("batches of pictures", "maxPixels", maxPixels);
  // Callers without types may leave it out.
  checkImageOptions("make batches of pictures", { size: image ?? [], channels, fit });
  if (workers !== 0) checkCount("batches of pictures", "workers", workers);
  if (key !== undefined) checkKey("draw the order of pictures", key);
  const limits = maxPixels === undefined ? {} : { maxPixels };
  const order = key === undefined ? undefined : tensorData(permutation(key, files.length, { dtype: "float64" }));
  async function* items(): AsyncGenerator<ImageItem, void, undefined> {
    for (let k = 0; k < files.length; k++) {
      const { name, label, read } = files[order?.[k] ?? k]!;
      yield { name, label, bytes: await read(), image: { size: image, channels, fit }, limits };
    }
  }
  const decode = workers === 0 ? decodeFile : DECODER();
  return batchesFrom<ImageItem, { readonly images: DataArray<Float32Array>; readonly labels: number }>(items(), {
    size,
    prefetch,
    dropLast,
    decode,
    ...workers === 0 ? {} : { workers },
  });
}

/** The module that workers import, which has this module's ending: packages for Node are JavaScript. */
const DECODER = (): URL => new URL(`./image_decoder${/\.\w+$/.exec(import.meta.url)?.[0] ?? ".ts"}`, import.meta.url);
