/// <reference lib="dom" />
/**
 * The pad: draws the strokes of a pointer or of keys.
 *
 * @module
 */
import { element, fitted } from "./dom.ts";
import type { Place, Stroke } from "./ink.ts";
import { cssColor, type Palette } from "./palette.ts";
import { begin, BLANK, type Drawing, extendStroke, pressed } from "./pen.ts";

/** The pad. */
export type Pad = {
  /** Replaces the drawing. */
  show(strokes: readonly Stroke[]): void;
  /** Draws again, in these colours. */
  restyle(palette: Palette): void;
};

/** The thickness of a line, as a share of the pad. */
const THICKNESS = 0.065;

/** Makes the pad, and calls a function whenever its strokes have changed. */
export function pad(colors: Palette, changed: (strokes: readonly Stroke[]) => void): Pad {
  const canvas = element("pad", HTMLCanvasElement);
  let drawing = BLANK, palette = colors, pointer: number | undefined;

  const set = (next: Drawing): void => {
    const isNew = next.strokes !== drawing.strokes;
    drawing = next;
    drawPad(canvas, drawing, palette);
    if (isNew) changed(drawing.strokes);
  };
  const placeOf = ({ clientX, clientY }: PointerEvent): Place => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== undefined || event.button !== 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    set({ ...begin(drawing, placeOf(event)), isDown: false });
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    set((events.length > 0 ? events : [event]).map(placeOf).reduce(extendStroke, drawing));
  });
  const release = ({ pointerId }: PointerEvent): void => {
    if (pointerId === pointer) pointer = undefined;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = pressed(drawing, event.key);
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });
  canvas.addEventListener("focus", () => drawPad(canvas, drawing, palette));
  canvas.addEventListener("blur", () => set({ ...drawing, isDown: false }));
  element("clear", HTMLButtonElement).addEventListener("click", () => set(BLANK));
  drawPad(canvas, drawing, palette);

  return {
    show: (strokes) => set({ ...BLANK, strokes }),
    restyle(next) {
      palette = next;
      drawPad(canvas, drawing, palette);
    },
  };
}

function drawPad(canvas: HTMLCanvasElement, { strokes, pen, isDown }: Drawing, palette: Palette): void {
  const { context, width, height } = fitted(canvas);
  if (strokes.length === 0) {
    context.fillStyle = cssColor(palette.faint);
    context.font = `16px ${getComputedStyle(canvas).fontFamily}`;
    context.textAlign = "center";
    context.fillText("Write a digit here", width / 2, height / 2);
  }
  [context.lineCap, context.lineJoin] = ["round", "round"];
  context.lineWidth = THICKNESS * width;
  context.strokeStyle = cssColor(palette.ink);
  for (const stroke of strokes) {
    context.beginPath();
    context.moveTo(stroke[0]![0] * width, stroke[0]![1] * height);
    stroke.forEach(([x, y]) => context.lineTo(x * width, y * height));
    context.stroke();
  }
  if (!canvas.matches(":focus-visible")) return;
  context.beginPath();
  context.arc(pen[0] * width, pen[1] * height, 0.03 * width, 0, 2 * Math.PI);
  context.lineWidth = 2;
  context.strokeStyle = cssColor(palette.positive);
  context.fillStyle = cssColor(palette.positive, isDown ? 0.9 : 0.15);
  context.fill();
  context.stroke();
}
