/**
 * Distributions of values as pictures.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import { histogramOf } from "../log/histogram_counts.ts";
import { checkPicture, PICTURE_OPTIONS } from "./check_picture.ts";
import { COLORS, draw } from "./draw.ts";
import { linearDomain } from "./domain.ts";
import type { PictureOptions } from "./options.ts";

/** The options of {@link histogram}. */
export type HistogramOptions = PictureOptions & {
  /** The number of bars: 40 by default. */
  readonly bars?: number | undefined;
  /** What the values are, below the horizontal axis: `"value"` by default. */
  readonly label?: string | undefined;
};

/** The most bars that a picture has. */
const MOST_BARS = 1000;

/**
 * Draws the distribution of values as bars. The number of those that are NaN or infinite is written below.
 *
 * The operation of this name, which counts and can be differentiated around, is in the main entry.
 *
 * @param values A tensor of any shape, or an array.
 * @param options `title`, `width`, `height`, `bars`, `label`.
 * @returns An SVG document.
 * @throws {RangeError} If `bars` is not a whole number from 1 to 1000, or a finite value is beyond 1e300.
 *
 * @example
 * ```ts
 * import { key, randomNormal } from "@nanograd/nanograd";
 * import { histogram } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * assertStringIncludes(await histogram(randomNormal(key(0), [1000]), { title: "Normal" }), "Normal");
 * ```
 */
export async function histogram(values: Tensor | ArrayLike<number>, options: HistogramOptions = {}): Promise<string> {
  const action = "draw a histogram";
  checkPicture(action, options, { ...PICTURE_OPTIONS, bars: true, label: true });
  const { title, width = 420, height = 240, bars = 40, label = "value" } = options;
  if (!(Number.isInteger(bars) && bars >= 1 && bars <= MOST_BARS)) {
    throw new RangeError(
      `Cannot ${action} with ${describe(bars)} bars: there must be a whole number from 1 to ${MOST_BARS}; 40 is usual`,
    );
  }
  if (!isTensor(values) && !Array.isArray(values) && !ArrayBuffer.isView(values)) {
    throw new TypeError(`Cannot ${action} of ${describe(values)}: it must be a tensor or an array; pass the values`);
  }
  const { counts, limits, min, max, notFinite } = histogramOf(isTensor(values) ? tensorData(values) : values, bars);
  const [low, high] = linearDomain(action, [min, max]);
  // A single value has a bar of its own around it.
  const half = min === max ? Math.max(Math.abs(min), 1) / 20 : 0;
  const rows = counts.map((count, k) => ({ count, from: limits[k]! - half, to: limits[k + 1]! + half }));
  const place = { x: { scale: "x", field: "from" }, y: { scale: "y", field: "count" } };
  return await draw({
    width,
    height,
    data: [{ name: "bars", values: rows }],
    scales: [
      { name: "x", type: "linear", range: "width", domain: [low - 10 * half, high + 10 * half], zero: false },
      { name: "y", type: "linear", range: "height", domain: [0, Math.max(1, ...counts)], zero: true, nice: true },
    ],
    axes: [
      {
        orient: "bottom",
        scale: "x",
        title: notFinite === 0 ? label : `${label} (${notFinite.toLocaleString("en-US")} NaN or infinite)`,
        format: ".3~g",
      },
      {
        orient: "left",
        scale: "y",
        gridScale: "x",
        grid: true,
        title: "count",
        tickCount: 5,
        tickMinStep: 1,
        format: "~s",
      },
    ],
    marks: [{
      type: "rect",
      from: { data: "bars" },
      encode: {
        enter: {
          ...place,
          x2: { scale: "x", field: "to" },
          y2: { scale: "y", value: 0 },
          fill: { value: COLORS[0]! },
          stroke: { value: "white" },
          strokeWidth: { value: 0.5 },
        },
      },
    }],
  }, title);
}
