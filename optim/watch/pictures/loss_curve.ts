/**
 * Losses over the steps of a run.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { RecordOf } from "../../../autograd/tree/admitted.ts";
import { checkPicture, PICTURE_OPTIONS } from "./check_picture.ts";
import type { Mark } from "../packages.ts";
import { COLORS, draw } from "./draw.ts";
import { linearDomain, logarithmicDomain } from "./domain.ts";
import type { PictureOptions } from "./options.ts";

/** A value at a step. */
export type CurvePoint = { readonly step: number; readonly value: number };

/** The options of {@link lossCurve}. */
export type LossCurveOptions = PictureOptions & {
  /** Whether the losses have a logarithmic axis; by default, if all of them are above 0. */
  readonly logarithmic?: boolean | undefined;
  /** The weight of the past in a moving mean of each curve, from 0 to below 1: 0, without one, by default. */
  readonly smoothing?: number | undefined;
  /** What the vertical axis shows: `"loss"` by default. */
  readonly label?: string | undefined;
};

/**
 * Draws losses, or other numbers, over the steps of a run: one curve for each series.
 *
 * Values that are NaN or infinite are gaps; where all are, the axes are empty. With `smoothing`, the values
 * themselves stay visible behind their means.
 *
 * @param series Values by the name of the series: numbers for steps 0, 1, 2, …, or values with their steps.
 * @param options `title`, `width`, `height`, `logarithmic`, `smoothing`, `label`.
 * @returns An SVG document.
 * @throws {TypeError} If a series is not a list, or the record is empty.
 * @throws {RangeError} If a value on a linear axis, or a step, is beyond 1e300.
 *
 * @example
 * ```ts
 * import { lossCurve } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const svg = await lossCurve({ training: [1, 0.5, 0.3], test: [{ step: 2, value: 0.4 }] }, { title: "A short run" });
 * assertStringIncludes(svg, "A short run");
 * ```
 */
export async function lossCurve<S extends RecordOf<S, readonly number[] | readonly CurvePoint[]>>(
  series: S,
  options: LossCurveOptions = {},
): Promise<string> {
  const action = "draw a loss curve";
  checkPicture(action, options, { ...PICTURE_OPTIONS, logarithmic: "flag", smoothing: true, label: true });
  const { title, width = 480, height = 280, smoothing = 0, label = "loss" } = options;
  if (!(typeof smoothing === "number" && smoothing >= 0 && smoothing < 1)) {
    throw new RangeError(`Cannot ${action} with smoothing ${describe(smoothing)}: it must be in [0, 1); 0.9 is usual`);
  }
  const curves = Object.entries<readonly number[] | readonly CurvePoint[]>(series ?? {}).map(([name, values]) => ({
    name,
    points: pointsOf(name, values),
  }));
  if (curves.length === 0) {
    throw new TypeError(`Cannot ${action} of no series: there must be one; pass { training: losses }`);
  }
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value)).filter(Number.isFinite);
  const { logarithmic = values.length > 0 && values.every((value) => value > 0) } = options;
  const isShown = (value: number): boolean => Number.isFinite(value) && (!logarithmic || value > 0);
  const rows = curves.flatMap(({ name, points }) =>
    smoothed(points, smoothing).map((point) => ({ series: name, ...point, defined: isShown(point.value) }))
  );
  const names = curves.map(({ name }) => name), shown = rows.filter(({ defined }) => defined).map(({ value }) => value);
  const line = (field: "value" | "mean", opacity: number): Mark => ({
    type: "group",
    from: { facet: { name: `facet_${field}`, data: "points", groupby: "series" } },
    marks: [{
      type: "line",
      from: { data: `facet_${field}` },
      encode: {
        enter: {
          x: { scale: "x", field: "step" },
          y: { scale: "y", field },
          stroke: { scale: "color", field: "series" },
          strokeOpacity: { value: opacity },
          strokeWidth: { value: 2 },
          strokeCap: { value: "round" },
          strokeJoin: { value: "round" },
          defined: { field: "defined" },
        },
      },
    }],
  });
  return await draw({
    width,
    height,
    data: [{ name: "points", values: rows }],
    scales: [
      {
        name: "x",
        type: "linear",
        range: "width",
        domain: linearDomain(`${action} over steps`, rows.map(({ step }) => step)),
        zero: false,
      },
      {
        name: "y",
        type: logarithmic ? "log" : "linear",
        range: "height",
        domain: logarithmic ? logarithmicDomain(shown) : linearDomain(action, shown),
        zero: false,
        nice: !logarithmic,
      },
      { name: "color", type: "ordinal", domain: names, range: [...COLORS] },
    ],
    axes: [
      { orient: "bottom", scale: "x", gridScale: "y", grid: true, title: "step", tickMinStep: 1 },
      {
        orient: "left",
        scale: "y",
        gridScale: "x",
        grid: true,
        title: logarithmic ? `${label} (logarithmic)` : label,
        tickCount: 6,
        format: ".2~g",
      },
    ],
    legends: [{ stroke: "color", orient: "bottom", direction: "horizontal", symbolType: "stroke" }],
    marks: smoothing > 0 ? [line("value", 0.3), line("mean", 1)] : [line("value", 1)],
  }, title);
}

function pointsOf(name: string, values: readonly number[] | readonly CurvePoint[]): readonly CurvePoint[] {
  const given: unknown = values;
  const points = Array.isArray(given)
    ? given.map((one: unknown, step): CurvePoint | undefined =>
      typeof one === "number" ? { step, value: one } : isPoint(one) ? one : undefined
    )
    : [undefined];
  if (points.every((point) => point !== undefined)) return points;
  throw new TypeError(
    `Cannot draw a loss curve of ${name}, ${
      describe(given)
    }: it must be a list of numbers, or of { step, value }; pass one`,
  );
}

const isPoint = (one: unknown): one is CurvePoint =>
  typeof one === "object" && one !== null && "step" in one && Number.isFinite(one.step) && "value" in one &&
  typeof one.value === "number";

/** Adds to each point the mean of the values so far, of which those further back weigh less. */
function smoothed(points: readonly CurvePoint[], smoothing: number) {
  let mean = 0, weight = 0;
  return points.map(({ step, value }) => {
    if (Number.isFinite(value)) {
      mean = smoothing * mean + (1 - smoothing) * value;
      weight = smoothing * weight + (1 - smoothing);
    }
    return { step, value, mean: weight === 0 ? value : mean / weight };
  });
}
