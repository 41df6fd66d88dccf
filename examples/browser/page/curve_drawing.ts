/// <reference lib="dom" />
/**
 * The loss curve.
 *
 * @module
 */
import { type Curve, type CurvePoint, decades } from "./curve.ts";
import { fitted } from "./dom.ts";
import { type Color, cssColor, type Palette } from "./palette.ts";

/** The space around the plot, in pixels. */
const MARGIN = { left: 44, right: 10, top: 10, bottom: 24 };

/** Draws the losses over the steps, on a logarithmic scale: of the points that are trained with, and of the others, dashed. */
export function drawCurve(canvas: HTMLCanvasElement, curve: Curve, palette: Palette, font: string): void {
  const { context, width, height } = fitted(canvas), [low, high] = decades(curve);
  const { left, right, top, bottom } = MARGIN, lastStep = Math.max(100, curve.points.at(-1)?.step ?? 0);
  const toX = (step: number): number => left + step / lastStep * (width - left - right);
  const toY = (loss: number): number => {
    const share = (Math.log10(Math.max(loss, 1e-9)) - low) / (high - low);
    return height - bottom - Math.min(1, Math.max(0, share)) * (height - top - bottom);
  };

  context.font = `12px ${font}`;
  context.fillStyle = cssColor(palette.faint);
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (let decade = low; decade <= high; decade++) {
    const y = Math.round(toY(10 ** decade)) + 0.5;
    line(context, [[left, y], [width - right, y]], palette.faint, 0.25);
    context.fillText(String(Number((10 ** decade).toPrecision(1))), left - 8, y);
  }
  context.textBaseline = "bottom";
  context.fillText(`${lastStep.toLocaleString("en")} steps`, width - right, height - 2);

  const path = (loss: (point: CurvePoint) => number) =>
    curve.points.map((point) => [toX(point.step), toY(loss(point))] as const);
  context.lineJoin = "round";
  context.setLineDash([4, 4]);
  line(context, path(({ testLoss }) => testLoss), palette.ink, 0.55, 1.5);
  context.setLineDash([]);
  line(context, path(({ loss }) => loss), palette.ink, 1, 2);
}

function line(
  context: CanvasRenderingContext2D,
  points: readonly (readonly [x: number, y: number])[],
  color: Color,
  alpha: number,
  width = 1,
): void {
  context.beginPath();
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.lineWidth = width;
  context.strokeStyle = cssColor(color, alpha);
  context.stroke();
}
