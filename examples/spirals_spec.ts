/**
 * A training run on two spirals as a picture.
 *
 * @module
 */
import type { GroupMark, Spec } from "vega";

/** The probability of class 1 at each point of a grid, after a number of steps. */
export type Moment = { readonly step: number; readonly probabilities: readonly number[] };

/** The contents of the picture. */
export type SpiralsPicture = {
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: number }[];
  /** The square reaches from -extent to extent. */
  readonly extent: number;
  /** The points of the grid along a side. */
  readonly grid: number;
  readonly losses: readonly number[];
  readonly moments: readonly Moment[];
};

const SIDE = 170, GAP = 16, CURVE = 120, COLORS = ["#4c78a8", "#f58518"] as const;
const SHADES = ["#a6c1dd", "#cbdaea", "#e9eff5", "#fdeee0", "#fbd9b8", "#f9c38f"] as const;

/** Returns a Vega specification: the square at each moment, and the loss of every step below. */
export function spiralsSpec(picture: SpiralsPicture): Spec {
  const { moments } = picture, width = moments.length * SIDE + (moments.length - 1) * GAP;
  return {
    background: "white",
    padding: 12,
    width,
    height: SIDE + 40 + CURVE,
    config: { axis: { gridColor: "#e4e4e4", tickColor: "#888", titleFontWeight: "normal" } },
    data: [{ name: "points", values: [...picture.points] }],
    marks: [...moments.map((moment, k) => square(picture, moment, k)), curve(picture, width)],
  };
}

/** Makes the square of one moment: the probabilities as shades, and the points. */
function square({ extent, grid }: SpiralsPicture, { step, probabilities }: Moment, k: number): GroupMark {
  const cell = SIDE / grid, surface = { grid: { width: grid, height: grid, values: [...probabilities] } };
  return {
    type: "group",
    encode: {
      update: {
        x: { value: k * (SIDE + GAP) },
        width: { value: SIDE },
        height: { value: SIDE },
        fill: { value: SHADES[0] },
      },
    },
    title: { text: step === 1 ? "1 step" : `${step} steps`, fontSize: 12, fontWeight: "normal", offset: 4 },
    data: [{
      name: `surface${k}`,
      values: [surface],
      transform: [{
        type: "isocontour",
        field: "grid",
        thresholds: [0.1, 0.3, 0.5, 0.7, 0.9],
        scale: cell,
        smooth: true,
      }],
    }],
    scales: [
      { name: "x", type: "linear", range: [0, SIDE], domain: [-extent, extent], zero: false, nice: false },
      { name: "y", type: "linear", range: [SIDE, 0], domain: [-extent, extent], zero: false, nice: false },
      { name: "shade", type: "threshold", domain: [0.05, 0.2, 0.4, 0.6, 0.8], range: [...SHADES] },
      { name: "color", type: "ordinal", domain: [0, 1], range: [...COLORS] },
    ],
    marks: [
      {
        type: "path",
        aria: false,
        from: { data: `surface${k}` },
        encode: { update: { fill: { scale: "shade", field: "contour.value" } } },
        transform: [{ type: "geopath", field: "datum.contour" }],
      },
      {
        type: "symbol",
        aria: false,
        from: { data: "points" },
        encode: {
          update: {
            x: { scale: "x", field: "x" },
            y: { scale: "y", field: "y" },
            fill: { scale: "color", field: "label" },
            size: { value: 9 },
          },
        },
      },
    ],
  };
}

/** Makes the curve of the loss. */
function curve({ losses, moments }: SpiralsPicture, width: number): GroupMark {
  const values = losses.map((loss, k) => ({ step: k + 1, loss: Math.max(loss, 2 ** -24) }));
  return {
    type: "group",
    encode: { update: { y: { value: SIDE + 40 }, width: { value: width }, height: { value: CURVE } } },
    data: [{ name: "losses", values }, { name: "seen", values: moments.map(({ step }) => ({ step })) }],
    scales: [
      { name: "x", type: "linear", range: [0, width], domain: [0, losses.length], nice: false },
      { name: "y", type: "log", range: [CURVE, 0], domain: { data: "losses", field: "loss" }, nice: true },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "steps", format: "d" },
      { orient: "left", scale: "y", title: "loss", grid: true, tickCount: 4, format: "~g" },
    ],
    marks: [
      {
        type: "rule",
        from: { data: "seen" },
        encode: {
          update: {
            x: { scale: "x", field: "step" },
            y: { value: 0 },
            y2: { value: CURVE },
            stroke: { value: "#bbb" },
            strokeDash: { value: [3, 3] },
          },
        },
      },
      {
        type: "line",
        from: { data: "losses" },
        encode: {
          update: {
            x: { scale: "x", field: "step" },
            y: { scale: "y", field: "loss" },
            stroke: { value: "#333" },
            strokeWidth: { value: 1 },
          },
        },
      },
    ],
  };
}
