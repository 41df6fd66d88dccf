/**
 * Learning curves as a picture.
 *
 * @module
 */
import { type GroupMark, parse, type Spec, View } from "vega";
import { accuracy, meanLoss } from "./metrics.ts";
import type { CurvePoint } from "./training.ts";

/** The contents of the picture. */
export type Curves = {
  readonly title: string;
  readonly training: readonly CurvePoint[];
  readonly test: readonly CurvePoint[];
};

/**
 * Draws the loss and the accuracy over the epochs, for training and for the test set.
 *
 * @returns An SVG document.
 */
export function drawLearningCurves(curves: Curves): Promise<string> {
  return new View(parse(learningCurvesSpec(curves)), { renderer: "none" }).toSVG();
}

/** Returns the same as a Vega specification: two charts side by side that share a time axis and a legend. */
export function learningCurvesSpec({ title, training, test }: Curves): Spec {
  const rows = [...training.map(row("training")), ...test.map(row("test"))];
  return {
    background: "white",
    padding: 20,
    title: { text: title, anchor: "start", fontSize: 16, offset: 12 },
    config: {
      axis: {
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        gridColor: "#e4e4e4",
        tickColor: "#888",
      },
      legend: { labelFontSize: 12, symbolStrokeWidth: 2 },
    },
    data: [
      { name: "points", values: rows },
      { name: "tests", source: "points", transform: [{ type: "filter", expr: "datum.series === 'test'" }] },
    ],
    scales: [{ name: "color", type: "ordinal", domain: ["training", "test"], range: ["#4c78a8", "#f58518"] }],
    layout: { columns: 2, padding: 40, align: "each", bounds: "full" },
    legends: [{ stroke: "color", orient: "bottom", direction: "horizontal", symbolType: "stroke" }],
    marks: [
      chart("loss", "Loss (cross-entropy, logarithmic)", "log", ".2~g"),
      chart("accuracy", "Accuracy", "linear", ".1~%"),
    ],
  };
}

type Row = { readonly series: string; readonly epoch: number; readonly loss: number; readonly accuracy: number };

const row = (series: string) => ({ epoch, metrics }: CurvePoint): Row => ({
  series,
  epoch,
  // A loss of 0 cannot be shown on a logarithmic axis; float32 cannot represent a cross-entropy below this one.
  loss: Math.max(meanLoss(metrics), 2 ** -24),
  accuracy: accuracy(metrics),
});

const WIDTH = 380, HEIGHT = 280;

/** Makes one chart: a line per series, with dots on that of the test set, which has one point per epoch. */
function chart(field: "loss" | "accuracy", title: string, type: "log" | "linear", format: string): GroupMark {
  const place = {
    x: { scale: "x", field: "epoch" },
    y: { scale: "y", field },
    stroke: { scale: "color", field: "series" },
  };
  return {
    type: "group",
    encode: { update: { width: { value: WIDTH }, height: { value: HEIGHT } } },
    title: { text: title, anchor: "start", fontSize: 13, fontWeight: "normal", offset: 8 },
    scales: [
      { name: "x", type: "linear", range: [0, WIDTH], domain: { data: "points", field: "epoch" }, zero: true },
      { name: "y", type, range: [HEIGHT, 0], domain: { data: "points", field }, zero: false, nice: type === "linear" },
    ],
    axes: [
      { orient: "bottom", scale: "x", gridScale: "y", title: "Epoch", grid: true, tickMinStep: 1, format: "d" },
      { orient: "left", scale: "y", gridScale: "x", grid: true, format, tickCount: 6 },
    ],
    marks: [
      {
        type: "group",
        from: { facet: { name: "series", data: "points", groupby: "series" } },
        // Round caps make a line with a single point visible as a dot.
        marks: [{
          type: "line",
          from: { data: "series" },
          encode: {
            enter: {
              ...place,
              strokeWidth: { value: 2 },
              strokeCap: { value: "round" },
              strokeJoin: { value: "round" },
            },
          },
        }],
      },
      {
        type: "symbol",
        from: { data: "tests" },
        encode: { enter: { ...place, fill: { scale: "color", field: "series" }, size: { value: 40 } } },
      },
    ],
  };
}
