import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  type Color,
  cssColor,
  diverging,
  largest,
  paint,
  parseColor,
  readPalette,
  sequential,
  SHADES,
} from "../../../../examples/browser/page/palette.ts";

const rgba = (pixel: number) => [pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255, pixel >>> 24];
const palette = readPalette((name) =>
  name === "--negative" ? "#ff0000" : name === "--positive" ? " #0000ff" : "#ffffff"
);

Deno.test("parseColor() reads six hexadecimal digits, and says what else it was given", () => {
  assertEquals(parseColor(" #0a10FF "), [10, 16, 255]);
  assertThrows(
    () => parseColor("red"),
    TypeError,
    'Cannot read the colour "red": it must be like #1a2b3c; write it so',
  );
});

Deno.test("cssColor() writes a colour with its opacity", () => {
  assertEquals(cssColor([1, 2, 3], 0.5), "rgb(1 2 3 / 0.5)");
});

Deno.test("a diverging scale ends in the two colours; a soft one ends before them", () => {
  const scale = diverging(palette), soft = diverging(palette, 0.5);
  assertEquals([rgba(scale[0]!), rgba(scale[SHADES - 1]!)], [[255, 0, 0, 255], [0, 0, 255, 255]]);
  assertEquals([rgba(soft[0]!), rgba(soft[SHADES - 1]!)], [[255, 128, 128, 255], [128, 128, 255, 255]]);
  assert(rgba(scale[SHADES / 2]!).every((part) => part > 245));
});

Deno.test("paint() gives bounds the first and last colour, and what is beyond them too", () => {
  const scale = sequential([0, 0, 0], [255, 255, 255]), pixels = new Uint32Array(5);
  paint(pixels, Float32Array.of(-9, 0, 0.5, 1, 9), scale, 0, 1);
  assertEquals([...pixels].map((pixel) => rgba(pixel)[0]), [0, 0, 128, 255, 255]);
});

Deno.test("paint() paints a field that is the same everywhere", () => {
  const pixels = new Uint32Array(2);
  paint(pixels, Float32Array.of(3, 3), sequential([7, 7, 7], [9, 9, 9]), 3, 3);
  assertEquals([...pixels].map((pixel) => rgba(pixel)), [[7, 7, 7, 255], [7, 7, 7, 255]]);
});

Deno.test("largest() is the greatest absolute value", () => {
  assertEquals([largest(Float32Array.of(1, -3, 2)), largest(new Float32Array())], [3, 0]);
});

/** WCAG 2.2's relative luminance. */
function luminance(color: Color): number {
  const [red, green, blue] = color.map((part) => part / 255).map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: Color, b: Color): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

Deno.test("black on white has the contrast of 21", () =>
  assertAlmostEquals(contrast([0, 0, 0], [255, 255, 255]), 21, 1e-9));

Deno.test({
  name: "text has a contrast of 4.5 or more on all that lies under it, in light and dark; graphics have 3",
  ignore: Deno.permissions.querySync({ name: "read" }).state !== "granted",
  fn: () => {
    const css = Deno.readTextFileSync(new URL("../../../../examples/browser/style.css", import.meta.url));
    const themes = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
      new Map([...body!.matchAll(/(--[\w-]+): (#\w{6})/g)].map(([, name, color]) => [name!, parseColor(color!)]))
    );
    assertEquals(themes.length, 2);
    const least: readonly (readonly [over: string, under: string, ratio: number])[] = [
      ...["--ink", "--faint"].flatMap((over) =>
        ["--page", "--card", "--ground"].map((under) => [over, under, 4.5] as const)
      ),
      ["--ink", "--raised", 4.5],
      ["--accent", "--page", 4.5],
      ["--on-accent", "--accent", 4.5],
      ["--positive", "--page", 3],
    ];
    const tooLow = themes.flatMap((colors, k) =>
      least.filter(([over, under, ratio]) => contrast(colors.get(over)!, colors.get(under)!) < ratio)
        .map(([over, under]) => `${over} on ${under} in theme ${k}: ${contrast(colors.get(over)!, colors.get(under)!)}`)
    );
    assertEquals(tooLow, []);
  },
});
