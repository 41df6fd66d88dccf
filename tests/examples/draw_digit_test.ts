import { assertEquals } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { drawImage, inkBox, sideBySide } from "../../examples/draw_digit.ts";
import { terminalStyles } from "../../examples/styles.ts";

/** Pixels from text: `#` ink, `+` less than half, anything else paper. */
const pixels = (...rows: readonly string[]): Uint8Array =>
  Uint8Array.from(rows.join(""), (c) => c === "#" ? 255 : c === "+" ? 100 : 0);

const SEVEN = pixels("......", ".####.", "....#.", "...#+.", "..#...");
const SHAPE = [5, 6] as const;
const ALL = { top: 0, bottom: 5, left: 0, right: 6 };

Deno.test("drawImage() draws two rows of pixels in one line of blocks", () => {
  assertEquals(drawImage(SEVEN, SHAPE, ALL), [" ▄▄▄▄ ", "   ▄▀ ", "  ▀   "]);
});

Deno.test("drawImage() draws the part asked for, an odd last row too", () => {
  assertEquals(drawImage(SEVEN, SHAPE, { top: 1, bottom: 4, left: 3, right: 5 }), ["▀█", "▀ "]);
});

Deno.test("drawImage() paints every pixel with its grey if colours are wanted", () => {
  const shaded = (text: string, ink: number, paper: number): string =>
    `${text}${Math.round(9 * ink)}${Math.round(9 * paper)}`;
  assertEquals(drawImage(SEVEN, SHAPE, ALL, { ...terminalStyles, shaded })[1], "▀00▀00▀00▀09▀94▀00");
  assertEquals(drawImage(SEVEN, SHAPE, ALL, terminalStyles).map(stripAnsiCode), ["▀▀▀▀▀▀", "▀▀▀▀▀▀", "▀▀▀▀▀▀"]);
});

Deno.test("inkBox() is the smallest box with the ink of all images", () => {
  const dot = pixels("......", "......", "......", "......", "#.....");
  assertEquals(inkBox([SEVEN], SHAPE), { top: 1, bottom: 5, left: 1, right: 5 });
  assertEquals(inkBox([SEVEN, dot], SHAPE), { top: 1, bottom: 5, left: 0, right: 5 });
  assertEquals(inkBox([new Uint8Array(30)], SHAPE), ALL);
});

Deno.test("sideBySide() puts as many pictures in a row as fit", () => {
  const picture = (caption: string) => ({ lines: ["#", "#"], width: 1, caption });
  const pictures = ["one", "two", "three"].map(picture);
  assertEquals(sideBySide(pictures, 13), "#       #\n#       #\none     two\n\n#\n#\nthree");
  assertEquals(sideBySide(pictures, 21), "#       #       #\n#       #       #\none     two     three");
  assertEquals(sideBySide(pictures, 1), "#\n#\none\n\n#\n#\ntwo\n\n#\n#\nthree");
});
