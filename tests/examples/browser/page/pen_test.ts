import { assertEquals } from "@std/assert";
import { begin, BLANK, type Drawing, extendStroke, pressed } from "../../../../examples/browser/page/pen.ts";

const type = (...keys: readonly string[]): Drawing =>
  keys.reduce((drawing, key) => pressed(drawing, key) ?? drawing, BLANK);

Deno.test("arrows move a lifted pen without drawing", () => {
  const { pen, strokes } = type("ArrowLeft", "ArrowDown");
  assertEquals([pen.map((value) => Math.round(value * 24)), strokes], [[11, 7], []]);
});

Deno.test("space lowers the pen, arrows draw, space lifts it", () => {
  const { strokes, isDown } = type(" ", "ArrowDown", "ArrowDown", " ", "ArrowRight", " ", "ArrowDown");
  assertEquals([strokes.map(({ length }) => length), isDown], [[3, 2], true]);
});

Deno.test("Delete, Backspace and Escape clear the pad, and other keys are left to the browser", () => {
  for (const key of ["Delete", "Backspace", "Escape"]) assertEquals(type(" ", "ArrowDown", key), BLANK);
  assertEquals(pressed(BLANK, "Tab"), undefined);
});

Deno.test("the pen stays on the pad", () => {
  assertEquals(type(...Array(40).fill("ArrowUp"), ...Array(40).fill("ArrowLeft")).pen, [0, 0]);
  assertEquals(extendStroke(begin(BLANK, [0.5, 0.5]), [7, -3]).strokes, [[[0.5, 0.5], [1, 0]]]);
});

Deno.test("a place too close to the end of a stroke is left out, and so is one without a stroke", () => {
  const drawing = begin(BLANK, [0.5, 0.5]);
  assertEquals(extendStroke(drawing, [0.501, 0.5]), drawing);
  assertEquals(extendStroke(BLANK, [0.9, 0.9]), BLANK);
});
