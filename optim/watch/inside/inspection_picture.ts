/**
 * Inspections as pictures.
 *
 * @module
 */
import { checkPicture } from "../pictures/check_picture.ts";
import type { Mark } from "../packages.ts";
import { LARGEST, linearDomain, logarithmicDomain } from "../pictures/domain.ts";
import { COLORS, draw } from "../pictures/draw.ts";
import { checkInspection, titleOf } from "./format_inspection.ts";
import type { InspectedLayer } from "./inspect.ts";

/** The options of {@link inspectionPicture}. */
export type InspectionPictureOptions = {
  /** The title; none by default. */
  readonly title?: string | undefined;
  /** The width of each of the two charts in pixels: 300 by default. */
  readonly width?: number | undefined;
};

/** The height of a layer. */
const ROW = 26;

/**
 * Draws what {@link inspect} returned, with a line for each layer: on the left from the smallest to the largest output, and
 * thicker one deviation around the mean; then the share of its units that are dead; on the right the norms of the gradients,
 * on a logarithmic axis, where a norm of 0 has no dot. A layer with outputs that are NaN or infinite has none on the left.
 *
 * @param inspection The result of `inspect`.
 * @param options `title`, `width`.
 * @returns An SVG document.
 *
 * @example
 * ```ts
 * import { activations, denseLayer, key, ones, sequential } from "@nanograd/nanograd";
 * import { inspect, inspectionPicture } from "@nanograd/nanograd/watch";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const model = sequential([denseLayer(2, 8, { activation: activations.relu }), denseLayer(8, 1, { name: "Head" })]);
 * assertStringIncludes(await inspectionPicture(inspect(model, model.init(key(0)), ones([4, 2]))), "1 Head");
 * ```
 */
export async function inspectionPicture(
  inspection: readonly InspectedLayer[],
  options: InspectionPictureOptions = {},
): Promise<string> {
  const action = "draw an inspection";
  checkInspection(action, inspection);
  checkPicture(action, options, { title: true, width: true });
  const { title, width = 300 } = options, height = ROW * inspection.length;
  const layers = inspection.map((layer, k) => ({
    k,
    mean: layer.mean,
    low: Math.max(layer.mean - layer.deviation, layer.min),
    high: Math.min(layer.mean + layer.deviation, layer.max),
    min: layer.min,
    max: layer.max,
    share: layer.dead.length / Math.max(layer.units, 1),
    dead: layer.dead.length === 0 ? "" : `${layer.dead.length} of ${layer.units}`,
  }));
  const norms = inspection.flatMap((layer, k) => [
    { k, of: "of the output", norm: layer.outputGradient },
    { k, of: "of the params", norm: layer.paramsGradient },
  ]).filter(({ norm }) => Number.isFinite(norm) && norm > 0);
  const finite = layers.filter(({ low, high, mean, min, max }) => [low, high, mean, min, max].every(Number.isFinite));
  const titles = JSON.stringify(inspection.map(titleOf)), rows = inspection.map((_, k) => k);
  const left = { orient: "left", scale: "rows", domain: false, ticks: false } as const;
  const middle = { scale: "rows", field: "k", band: 0.5 };
  const bar = (from: string, to: string, thick: number, opacity: number): Mark => ({
    type: "rule",
    from: { data: "finite" },
    encode: {
      enter: {
        x: { scale: "values", field: from },
        x2: { scale: "values", field: to },
        y: middle,
        stroke: { value: COLORS[0]! },
        strokeWidth: { value: thick },
        strokeOpacity: { value: opacity },
      },
    },
  });
  const chart = (name: string, width: number, rest: object): Mark => ({
    type: "group",
    title: { text: name, anchor: "start", fontSize: 12, fontWeight: "normal", offset: 6 },
    encode: { update: { width: { value: width }, height: { value: height } } },
    ...rest,
  });
  return await draw({
    layout: { columns: 3, padding: 28, align: "each", bounds: "full" },
    data: [{ name: "layers", values: layers }, { name: "finite", values: finite }, { name: "norms", values: norms }],
    scales: [
      { name: "rows", type: "band", domain: rows, range: [0, height] },
      { name: "color", type: "ordinal", domain: ["of the output", "of the params"], range: COLORS.slice(0, 2) },
    ],
    legends: [{
      fill: "color",
      title: "gradient",
      orient: "bottom",
      direction: "horizontal",
      titleOrient: "left",
      symbolType: "circle",
    }],
    marks: [
      chart("output: range, mean, deviation", width, {
        scales: [{
          name: "values",
          type: "linear",
          domain: linearDomain(action, finite.flatMap(({ min, max }) => [min, max])),
          range: [0, width],
          nice: true,
          zero: false,
        }],
        axes: [
          { ...left, encode: { labels: { update: { text: { signal: `${titles}[datum.value]` } } } } },
          { orient: "bottom", scale: "values", grid: true, tickCount: 5 },
        ],
        marks: [
          bar("min", "max", 1.5, 1),
          bar("low", "high", 9, 0.45),
          {
            type: "symbol",
            from: { data: "finite" },
            encode: {
              enter: {
                x: { scale: "values", field: "mean" },
                y: middle,
                fill: { value: COLORS[0]! },
                size: { value: 30 },
              },
            },
          },
        ],
      }),
      chart("dead units", 90, {
        scales: [{ name: "values", type: "linear", domain: [0, 1], range: [0, 90] }],
        axes: [{ orient: "bottom", scale: "values", grid: true, tickCount: 2, format: "~%" }],
        marks: [
          {
            type: "rect",
            from: { data: "layers" },
            encode: {
              enter: {
                x: { value: 0 },
                x2: { scale: "values", field: "share" },
                y: { scale: "rows", field: "k", band: 0.25 },
                height: { scale: "rows", band: 0.5 },
                fill: { value: COLORS[3]! },
              },
            },
          },
          {
            type: "text",
            from: { data: "layers" },
            encode: {
              enter: {
                x: { value: 4 },
                y: middle,
                text: { field: "dead" },
                baseline: { value: "middle" },
                fontSize: { value: 10 },
              },
            },
          },
        ],
      }),
      chart("norm of the gradient", width, {
        scales: [{
          name: "values",
          type: "log",
          domain: logarithmicDomain(norms.map(({ norm }) => norm)),
          range: [0, width],
          nice: norms.every(({ norm }) => norm < LARGEST),
        }],
        axes: [
          { ...left, labels: false },
          { orient: "bottom", scale: "values", grid: true, format: "~e", tickCount: 5, labelOverlap: true },
        ],
        marks: [{
          type: "symbol",
          from: { data: "norms" },
          encode: {
            enter: {
              x: { scale: "values", field: "norm" },
              y: middle,
              fill: { scale: "color", field: "of" },
              fillOpacity: { value: 0.85 },
              size: { value: 60 },
            },
          },
        }],
      }),
    ],
  }, title);
}
