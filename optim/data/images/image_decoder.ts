/**
 * Decodes pictures for batches: here, or as the module of a worker.
 *
 * @module
 */
import * as either from "../../../blas/either.ts";
import { DataError } from "../data_error.ts";
import type { DataArray } from "../streams/data_array.ts";
import { decodeImage } from "./decode_image.ts";
import type { ImageLimits } from "./decoded_image.ts";
import { imageArray, type ImageTensorOptions } from "./image_array.ts";

/** A picture to decode. */
export type ImageItem = {
  readonly name: string;
  readonly label: number;
  readonly bytes: Uint8Array;
  readonly image: ImageTensorOptions;
  readonly limits: ImageLimits;
};

/** Decodes a picture into a sample. Throws a {@link DataError} with its name if it cannot be decoded. */
export default function decodeFile(
  { name, label, bytes, image, limits }: ImageItem,
): { readonly images: DataArray<Float32Array>; readonly labels: number } {
  const decoded = decodeImage(bytes, limits);
  if (either.isRight(decoded)) return { images: imageArray(decoded.right, image), labels: label };
  const { action, given, problem, remedy } = decoded.left;
  throw new DataError({ action, given: `${name}, ${given}`, problem, remedy }, { cause: decoded.left });
}
