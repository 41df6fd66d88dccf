/// <reference lib="dom" />
/**
 * Draws the playground: the large view, the network, the curve and the numbers.
 *
 * @module
 */
import { EXTENT, GRID, type Points, type Snapshot } from "../messages.ts";
import type { Settings } from "../settings.ts";
import type { Curve } from "./curve.ts";
import { drawCurve } from "./curve_drawing.ts";
import { element } from "./dom.ts";
import { drawNetwork } from "./network_drawing.ts";
import { type NetworkLayout, networkLayout } from "./network_layout.ts";
import { diverging, largest, type Palette } from "./palette.ts";
import { squareOfPixels } from "./pixels.ts";
import { drawField, drawPoints } from "./surface.ts";
import { countText, lossText, percent, scoresText } from "./wording.ts";

/** The contents of the drawing at one moment. */
export type Scene = {
  readonly settings: Settings;
  readonly points: Points;
  readonly snapshot: Snapshot;
  readonly curve: Curve;
  /** The view that is shown large: 0 is the output. */
  readonly chosen: { readonly name: string; readonly view: number };
};

/** The drawing of the playground. */
export type PlaygroundView = {
  /** Prepares everything that does not change from frame to frame: colours, sizes, the network and the points. */
  settle(scene: Scene, palette: Palette): NetworkLayout;
  /** Draws a moment. */
  draw(scene: Scene): void;
  /** Writes the numbers. */
  write(scene: Scene): void;
};

/** The strength of the colours of the large view, against which the points must stand out. */
const SOFT = 0.5;

/** The views of the two inputs: the coordinates themselves. */
const INPUTS: readonly Float32Array[] = [
  Float32Array.from({ length: GRID * GRID }, (_, k) => (2 * (k % GRID) / (GRID - 1) - 1) * EXTENT),
  Float32Array.from({ length: GRID * GRID }, (_, k) => (1 - 2 * Math.floor(k / GRID) / (GRID - 1)) * EXTENT),
];

const viewAt = ({ views }: Snapshot, index: number): Float32Array =>
  views.subarray(index * GRID * GRID, (index + 1) * GRID * GRID);

/** Returns the views of all neurons, layer by layer, with the output between -1 and 1. */
function viewsOf(snapshot: Snapshot, { layers, width }: Settings): readonly (readonly Float32Array[])[] {
  const hidden = Array.from(
    { length: layers },
    (_, layer) => Array.from({ length: width }, (_, k) => viewAt(snapshot, 1 + layer * width + k)),
  );
  return [INPUTS, ...hidden, [viewAt(snapshot, 0).map((probability) => 2 * probability - 1)]];
}

/** Finds the playground's canvases, and makes their drawing. */
export function playgroundView(): PlaygroundView {
  const surface = element("surface", HTMLCanvasElement), dots = element("points", HTMLCanvasElement);
  const network = element("network", HTMLCanvasElement), curveCanvas = element("curve", HTMLCanvasElement);
  const [steps, loss, testLoss, accuracy, testAccuracy] =
    (["steps", "loss", "test-loss", "accuracy", "test-accuracy"] as const).map((id) => element(id, HTMLElement));
  const large = squareOfPixels(GRID), small = squareOfPixels(GRID);
  let palette: Palette, scale: Uint32Array, softScale: Uint32Array, layout: NetworkLayout, font: string;

  return {
    settle({ settings, points }, colors) {
      [palette, scale, softScale] = [colors, diverging(colors), diverging(colors, SOFT)];
      font = getComputedStyle(document.body).fontFamily;
      layout = networkLayout(network.clientWidth, [2, ...Array(settings.layers).fill(settings.width), 1]);
      network.style.height = `${layout.height}px`;
      drawPoints(dots, points, palette);
      return layout;
    },
    draw({ settings, snapshot, curve, chosen }) {
      const values = viewAt(snapshot, chosen.view), most = largest(values) || 1;
      const field = chosen.view === 0 ? { values, low: 0, high: 1 } : { values, low: -most, high: most };
      drawField(surface, large, field, palette, softScale);
      drawNetwork(
        network,
        small,
        { layout, views: viewsOf(snapshot, settings), weights: snapshot.weights },
        palette,
        scale,
      );
      drawCurve(curveCanvas, curve, palette, font);
    },
    write({ settings, snapshot, chosen }) {
      steps!.textContent = countText(snapshot.step);
      loss!.textContent = lossText(snapshot.loss);
      testLoss!.textContent = lossText(snapshot.testLoss);
      accuracy!.textContent = percent(snapshot.accuracy);
      testAccuracy!.textContent = percent(snapshot.testAccuracy);
      surface.setAttribute("aria-label", `${chosen.name} over the plane of ${settings.data}. ${scoresText(snapshot)}`);
      curveCanvas.setAttribute(
        "aria-label",
        `Loss after ${countText(snapshot.step)} steps: ${
          lossText(snapshot.loss)
        } on the points that are trained with, ` +
          `${lossText(snapshot.testLoss)} on the others`,
      );
    },
  };
}
