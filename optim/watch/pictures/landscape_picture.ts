/**
 * Losses around a point as a picture.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { LandscapeValues } from "../landscape_values.ts";
import { checkPicture } from "./check_picture.ts";
import { linearDomain } from "./domain.ts";
import { draw } from "./draw.ts";

/** The options of {@link landscapePicture}. */
export type LandscapePictureOptions = {
  /** The title; none by default. */
  readonly title?: string | undefined;
  /** The width and height of the chart in pixels, without its axes: 380 by default. */
  readonly width?: number | undefined;
  /** Whether colours and lines of equal loss follow the logarithm of the loss; by default, if all losses are above 0. */
  readonly logarithmic?: boolean | undefined;
  /** The number of lines of equal loss: 12 by default. */
  readonly contours?: number | undefined;
};

/** The most lines of equal loss. */
const MOST_CONTOURS = 100;

/**
 * Draws what {@link landscapeValues} returned: colours, lines of equal loss, and a cross where the params are. Losses that are
 * NaN or infinite count as the largest.
 *
 * @param landscape The losses.
 * @param options `title`, `width`, `logarithmic`, `contours`.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { square, sum, tensor64, type Tensor } from "@nanograd/nanograd";
 * import { landscapeValues, landscapePicture } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const around = landscapeValues((w: Tensor<"float64">) => sum(square(w)), tensor64([[1, 0], [0, 1]]), { resolution: 5 });
 * assertStringIncludes(await landscapePicture(around, { title: "A bowl" }), "A bowl");
 * ```
 */
export async function landscapePicture(
  landscape: LandscapeValues,
  options: LandscapePictureOptions = {},
): Promise<string> {
  const action = "draw a landscape";
  checkPicture(action, options, { title: true, width: true, logarithmic: "flag", contours: true });
  if (!Array.isArray(landscape?.steps) || !Array.isArray(landscape.losses)) {
    throw new TypeError(
      `Cannot ${action} from ${describe(landscape)}: it must have steps and losses; pass landscapeValues(…)`,
    );
  }
  const { title, width = 380, contours = 12 } = options;
  if (!(Number.isInteger(contours) && contours > 0 && contours <= MOST_CONTOURS)) {
    throw new RangeError(
      `Cannot ${action} with ${
        describe(contours)
      } contours: there must be a whole number from 1 to ${MOST_CONTOURS}; 12 is ` +
        "usual",
    );
  }
  const { steps } = landscape,
    size = steps.length,
    flat = landscape.losses.flat(),
    finite = flat.filter(Number.isFinite);
  const { logarithmic = finite.length > 0 && finite.every((loss) => loss > 0) } = options;
  const onScale = (loss: number): number => logarithmic ? Math.log10(Math.max(loss, Number.MIN_VALUE)) : loss;
  const [low, high] = linearDomain(action, finite.map(onScale));
  // Pictures have their first row at the top.
  const values = landscape.losses.toReversed().flat().map((loss) => Number.isFinite(loss) ? onScale(loss) : high);
  const beyond = (steps[1]! - steps[0]!) / 2, range = [steps[0]! - beyond, steps.at(-1)! + beyond]; // cells are around steps
  const unit = logarithmic ? "loss (log10)" : "loss";
  const thresholds = Array.from({ length: contours }, (_, k) => low + (high / 2 - low / 2) * ((2 * k + 1) / contours));
  const grid = { width: size, height: size, values }, cell = width / size;
  return await draw({
    width,
    height: width,
    data: [
      {
        name: "cells",
        values: values.map((value, k) => ({ x: k % size, y: Math.floor(k / size), value })),
      },
      {
        name: "contours",
        values: [{ grid }],
        transform: [{ type: "isocontour", field: "grid", scale: cell, thresholds }],
      },
    ],
    scales: [
      { name: "x", type: "linear", range: "width", domain: range, zero: false },
      { name: "y", type: "linear", range: "height", domain: range, zero: false },
      { name: "color", type: "linear", domain: [low, high === low ? low + 1 : high], range: { scheme: "viridis" } },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "first direction", tickCount: 5 },
      { orient: "left", scale: "y", title: "second direction", tickCount: 5 },
    ],
    legends: [{ fill: "color", type: "gradient", orient: "right", title: unit, gradientLength: width / 2 }],
    marks: [
      {
        type: "rect", // each a little larger than its cell, or there would be seams
        from: { data: "cells" },
        encode: {
          enter: {
            x: { field: "x", mult: cell },
            y: { field: "y", mult: cell },
            width: { value: cell + 1 },
            height: { value: cell + 1 },
            fill: { scale: "color", field: "value" },
          },
        },
        clip: true,
      },
      {
        type: "path",
        clip: true,
        from: { data: "contours" },
        encode: { enter: { stroke: { value: "white" }, strokeOpacity: { value: 0.7 }, strokeWidth: { value: 1 } } },
        transform: [{ type: "geopath", field: "datum.contour" }],
      },
      {
        type: "symbol",
        encode: {
          enter: {
            x: { scale: "x", value: 0 },
            y: { scale: "y", value: 0 },
            shape: { value: "cross" },
            fill: { value: "white" },
            stroke: { value: "black" },
            size: { value: 80 },
          },
        },
      },
    ],
  }, title);
}
