/**
 * Drawing specifications of pictures.
 *
 * @module
 */
import { loadVega, type Spec } from "../packages.ts";

/** The colours of series, in order. */
export const COLORS: readonly string[] = [
  "#4c78a8",
  "#f58518",
  "#54a24b",
  "#e45756",
  "#72b7b2",
  "#b279a2",
  "#eeca3b",
  "#ff9da6",
  "#9d755d",
  "#bab0ac",
];

/** The colours of magnitudes, from none to all. */
export const MAGNITUDES: readonly string[] = ["#f4f8fc", "#0b559f"];

/**
 * Draws a specification as an SVG document. The plotting library is loaded when the first picture is drawn.
 *
 * @param spec What is special about the picture.
 * @param title Its title, if it has one.
 */
export async function draw(spec: Spec, title: string | undefined): Promise<string> {
  const { parse, View } = await loadVega();
  const whole: Spec = {
    background: "white",
    padding: 16,
    ...title === undefined ? {} : { title: { text: title, anchor: "start", fontSize: 15, offset: 10 } },
    ...spec,
    config: {
      axis: {
        labelFontSize: 11,
        titleFontSize: 12,
        titleFontWeight: "normal",
        gridColor: "#e4e4e4",
        tickColor: "#888",
      },
      legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", symbolStrokeWidth: 2 },
      ...spec.config,
    },
  };
  return await new View(parse(whole), { renderer: "none" }).toSVG();
}
