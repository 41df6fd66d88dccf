/**
 * Data sets as batches of tensors.
 *
 * @module
 */
import { arange, batches, constant, type Key, type Tensor, toList } from "../mod.ts";
import type { Dataset } from "./mnist_data.ts";

/** Images `[batch, height * width]`, standardised, and the digits they show, `[batch]`. */
export type Batch = { readonly images: Tensor<"float32">; readonly labels: Uint8Array };

/** The standard score of every grey value, with the mean and deviation that it was computed from. */
export type PixelScale = {
  /** The mean pixel, from 0 (paper) to 1 (ink). */
  readonly mean: number;
  /** The standard deviation of a pixel, on the same scale. */
  readonly std: number;
  /** For each grey value, `(value / 255 - mean) / std`. */
  readonly scores: Float32Array;
};

/** Finds the scale on which the pixels of a data set have mean 0 and standard deviation 1. */
export function pixelScale({ images }: Dataset): PixelScale {
  const counts = new Float64Array(256);
  for (let i = 0; i < images.length; i++) counts[images[i]!]! += 1;
  // The sums are of whole numbers, so they are exact and do not depend on the order of the pixels.
  const sum = counts.reduce((total, count, value) => total + count * value, 0);
  const squares = counts.reduce((total, count, value) => total + count * value * value, 0);
  const mean = sum / images.length, variance = Math.max(squares / images.length - mean * mean, 0);
  // A data set of a single grey has no deviation to divide by.
  const std = variance === 0 ? 255 : Math.sqrt(variance);
  return { mean: mean / 255, std: std / 255, scores: Float32Array.from(counts, (_, value) => (value - mean) / std) };
}

/**
 * Returns the batches of an epoch as indices: every index once, in an order drawn from the key. Pixels stay bytes until
 * {@link gatherBatch} standardises those of one batch.
 *
 * @param key The key from which the order is drawn; without it the indices are in order.
 * @param size The number of samples.
 * @param batch The number of samples in a batch; the last batch holds the remainder.
 */
export function shuffledBatches(key: Key | undefined, size: number, batch: number): readonly (readonly number[])[] {
  return Array.from(batches(arange(size), { size: batch, ...(key === undefined ? {} : { key }) }), toList);
}

/** Gathers the images and labels at some indices of a data set. */
export function gatherBatch(
  { images, labels, imageShape: [height, width] }: Dataset,
  indices: readonly number[],
  { scores }: PixelScale,
): Batch {
  const pixels = height * width, gathered = new Float32Array(indices.length * pixels);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row]! * pixels, to = row * pixels;
    for (let i = 0; i < pixels; i++) gathered[to + i] = scores[images[from + i]!]!;
  }
  return {
    images: constant(gathered, { shape: [indices.length, pixels] }),
    labels: Uint8Array.from(indices, (index) => labels[index]!),
  };
}

/** A batch for a compiled step: labels are data too, so they are a tensor. */
export type BatchTensors = { readonly images: Tensor; readonly labels: Tensor };

/** Returns the tensors of a batch. */
export const tensorsOf = ({ images, labels }: Batch): BatchTensors => ({
  images,
  labels: constant(Float32Array.from(labels)),
});

/** The batches of an epoch, their number, and the number of samples. */
export type EpochBatches = { readonly batches: Iterable<Batch>; readonly count: number; readonly size: number };

/** Returns the batches of an epoch, gathered one by one. */
export function gatheredBatches(
  dataset: Dataset,
  groups: readonly (readonly number[])[],
  scale: PixelScale,
): EpochBatches {
  function* gathered(): Generator<Batch> {
    for (const indices of groups) yield gatherBatch(dataset, indices, scale);
  }
  return { batches: gathered(), count: groups.length, size: dataset.size };
}
