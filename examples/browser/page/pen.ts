/**
 * A drawing as a value, and a pen that keys move over it.
 *
 * @module
 */
import type { Place, Stroke } from "./ink.ts";

/** Strokes, and the pen that keys move. */
export type Drawing = { readonly strokes: readonly Stroke[]; readonly pen: Place; readonly isDown: boolean };

/** The empty drawing, with the pen above the middle. */
export const BLANK: Drawing = { strokes: [], pen: [0.5, 0.25], isDown: false };

/** How far an arrow key moves the pen, and how close two places of a stroke may be, as shares of the pad. */
const KEY_STEP = 1 / 24, CLOSEST = 1 / 200;

const within = (value: number): number => Math.min(1, Math.max(0, value));

/** Begins a stroke. */
export const begin = (drawing: Drawing, [x, y]: Place): Drawing => ({
  ...drawing,
  strokes: [...drawing.strokes, [[within(x), within(y)]]],
});

/** Continues the last stroke; a place too close to its end changes nothing. */
export function extendStroke(drawing: Drawing, [x, y]: Place): Drawing {
  const last = drawing.strokes.at(-1), [fromX, fromY] = last?.at(-1) ?? [NaN, NaN], to: Place = [within(x), within(y)];
  if (last === undefined || Math.hypot(to[0] - fromX, to[1] - fromY) < CLOSEST) return drawing;
  return { ...drawing, strokes: [...drawing.strokes.slice(0, -1), [...last, to]] };
}

const ARROWS: Readonly<Record<string, Place>> = {
  ArrowLeft: [-KEY_STEP, 0],
  ArrowRight: [KEY_STEP, 0],
  ArrowUp: [0, -KEY_STEP],
  ArrowDown: [0, KEY_STEP],
};

/**
 * Returns the drawing after a key: arrows move the pen, space lowers or lifts it, Delete, Backspace and Escape clear.
 *
 * @returns `undefined` for other keys.
 */
export function pressed(drawing: Drawing, key: string): Drawing | undefined {
  if (key === " ") {
    return drawing.isDown ? { ...drawing, isDown: false } : { ...begin(drawing, drawing.pen), isDown: true };
  }
  if (key === "Delete" || key === "Backspace" || key === "Escape") return BLANK;
  const arrow = ARROWS[key];
  if (arrow === undefined) return undefined;
  const pen: Place = [within(drawing.pen[0] + arrow[0]), within(drawing.pen[1] + arrow[1])];
  return { ...(drawing.isDown ? extendStroke(drawing, pen) : drawing), pen };
}
