/**
 * Data for training: pictures and tables from files, batches of what does not fit into memory, augmentation, splits, and
 * small data sets at hand.
 *
 * @example A table, its training part, and batches of it
 * ```ts
 * import { columnsAsMatrix, decodeCsv, splitSamples, takeSamples } from "@nanograd/nanograd/data";
 * import { batches, key } from "@nanograd/nanograd";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const text = "height,weight,tall\n180,80,yes\n160,55,no\n175,70,yes\n150,50,no\n";
 * const table = decodeCsv(text, { columns: { height: "number", weight: "number", tall: "boolean" } });
 * assert(table._tag === "Right");
 * const data = { x: columnsAsMatrix(table.right, ["height", "weight"]), labels: table.right.columns.tall };
 * const { train } = splitSamples(4, { key: key(0), parts: { train: 0.5, test: 0.5 }, labels: data.labels });
 * for (const { x } of batches(takeSamples(data, train), { size: 2, key: key(1) })) assertEquals(x.shape, [2, 2]);
 * ```
 *
 * @module
 */
export type { ArchiveEntry, ArchiveLimits } from "./archives/archive_entry.ts";
export { augment, type Augmentation, perExample } from "./augmentation/augmentation.ts";
export { colorJitter, type ColorJitterOptions } from "./augmentation/color_jitter.ts";
export { cutout, type CutoutOptions } from "./augmentation/cutout.ts";
export { mixup, type MixupOptions } from "./augmentation/mixup.ts";
export {
  type BeyondImage,
  randomRotate,
  type RandomRotateOptions,
  randomScale,
  type RandomScaleOptions,
} from "./augmentation/random_affine.ts";
export { randomCrop, type RandomCropOptions } from "./augmentation/random_crop.ts";
export { randomFlip, type RandomFlipOptions } from "./augmentation/random_flip.ts";
export { randomNoise, type RandomNoiseOptions } from "./augmentation/random_noise.ts";
export type { Categories, CategoryColumn, ColumnOf, ColumnType, CsvColumn, NumberColumn } from "./csv/csv_columns.ts";
export {
  columnsAsMatrix,
  type CsvColumns,
  type CsvOptions,
  type CsvTable,
  decodeCsv,
  readCsv,
} from "./csv/decode_csv.ts";
export { DataError, type DataErrorDetails } from "./data_error.ts";
export { decodeImage } from "./images/decode_image.ts";
export type { DecodedImage, ImageLimits } from "./images/decoded_image.ts";
export type { ImageChannels, ImageFit, ImageTensorOptions } from "./images/image_array.ts";
export { imageTensor } from "./images/image_tensor.ts";
export { type ImageBatch, imageBatches, type ImageBatchesOptions } from "./images/image_batches.ts";
export { type ImageFile, type ImageFiles, imageFiles, type ImageSource } from "./images/image_files.ts";
export { decodeIdx, type IdxArray } from "./sets/idx.ts";
export { type Iris, iris } from "./sets/iris.ts";
export { type LabelledImages, type Mnist, mnist, type MnistOptions } from "./sets/mnist.ts";
export { mobyDick } from "./sets/moby_dick.ts";
export {
  type FoldOptions,
  kFold,
  type Labels,
  type SplitOptions,
  splitSamples,
  takeSamples,
  type ValidationRound,
} from "./splits.ts";
export { batchesFrom, type DecodeOptions, type StreamOptions } from "./streams/batches_from.ts";
export type { DataArray, Numbers, Sample, SampleBatch, SampleOf, SamplesIn } from "./streams/data_array.ts";
export type { Decode } from "./streams/decode_ahead.ts";
