/**
 * Batches of images as one picture.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { reshape, slice } from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import { pngOf } from "../png.ts";
import { checkLabels, checkPicture, checkRank } from "./check_picture.ts";
import { draw } from "./draw.ts";

/** The options of {@link imageGrid}. */
export type ImageGridOptions = {
  /** The title; none by default. */
  readonly title?: string | undefined;
  /** The width of each image on the page, in pixels: 72 by default. */
  readonly width?: number | undefined;
  /** How many images are in a row; about as many as there are rows by default. */
  readonly columns?: number | undefined;
  /** A line below each image. */
  readonly labels?: readonly (string | number)[] | undefined;
  /** The values that are black and white; the smallest and the largest by default. */
  readonly range?: readonly [black: number, white: number] | undefined;
};

/** The space between images, and the height of a label. */
const GAP = 6, LABEL = 16;

/**
 * Draws a batch of images side by side; each pixel stays a sharp square, however large the images are shown.
 *
 * @param images Images `[batch, height, width]`, or `[batch, channels, height, width]` with 1, 3 or 4 channels.
 * @param options `title`, `width`, `columns`, `labels`, `range`.
 * @returns An SVG document, the images inside.
 * @throws {TypeError} If the tensor has another shape, or labels and images differ in number.
 *
 * @example
 * ```ts
 * import { key, randomUniform } from "@nanograd/nanograd";
 * import { imageGrid } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = await imageGrid(randomUniform(key(0), [4, 8, 8]), { labels: ["a", "b", "c", "d"] });
 * assertStringIncludes(svg, "data:image/png;base64,");
 * ```
 */
export async function imageGrid(images: Tensor, options: ImageGridOptions = {}): Promise<string> {
  const action = "draw a grid of images";
  checkPicture(action, options, { title: true, width: true, columns: true, labels: true, range: true });
  checkRank(action, images, [3, 4], "[batch, height, width] or [batch, channels, height, width]");
  const [count] = images.shape as readonly [number, ...number[]]; // as checked, 3 or 4 axes
  const { title, width = 72, labels, columns = Math.max(1, Math.ceil(Math.sqrt(count))) } = options;
  checkLabels(action, labels, count, "images");
  if (!(Number.isInteger(columns) && columns > 0)) {
    throw new RangeError(
      `Cannot ${action} in ${describe(columns)} columns: it must be a whole number above 0; 8 is usual`,
    );
  }
  const [low, high] = options.range ?? extremes(tensorData(images));
  const encoded = Array.from({ length: count }, (_, k) => {
    const image = reshape(slice(images, k, 1), images.shape.slice(1));
    return pngOf(action, image, { low, high });
  });
  const { width: across, height: down } = encoded[0] ?? { width: 1, height: 1 };
  const height = width * down / across, step = height + GAP + (labels === undefined ? 0 : LABEL);
  const rows = Math.ceil(count / columns);
  const cells = encoded.map(({ png }, k) => ({
    x: (k % columns) * (width + GAP),
    y: Math.floor(k / columns) * step,
    url: `data:image/png;base64,${base64(png)}`,
    label: labels === undefined ? "" : String(labels[k]),
  }));
  return await draw({
    width: Math.min(count, columns) * (width + GAP) - GAP,
    height: Math.max(0, rows * step - GAP),
    data: [{ name: "cells", values: cells }],
    marks: [
      {
        type: "image",
        from: { data: "cells" },
        encode: {
          enter: {
            x: { field: "x" },
            y: { field: "y" },
            width: { value: width },
            height: { value: height },
            url: { field: "url" },
            aspect: { value: false },
            smooth: { value: false },
          },
        },
      },
      {
        type: "text",
        from: { data: "cells" },
        encode: {
          enter: {
            x: { field: "x", offset: width / 2 },
            y: { field: "y", offset: height + LABEL / 2 + 1 },
            text: { field: "label" },
            align: { value: "center" },
            baseline: { value: "middle" },
            fontSize: { value: 11 },
            limit: { value: width + GAP },
          },
        },
      },
    ],
  }, title);
}

/** Returns the smallest and the largest of finite values. */
function extremes(values: ArrayLike<number>): readonly [number, number] {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return [low, high];
}

/** Writes bytes in the letters of base 64. */
const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
