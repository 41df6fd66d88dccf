/**
 * Colours as numbers, for pixels.
 *
 * @module
 */

/** A colour: red, green and blue, from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** The colours with which the page is drawn. */
export type Palette = {
  /** The two classes, which are also the signs of numbers. */
  readonly negative: Color;
  readonly positive: Color;
  /** The colour between them. */
  readonly ground: Color;
  /** Text, lines and ink. */
  readonly ink: Color;
  readonly faint: Color;
};

/** The number of colours on a scale. */
export const SHADES = 256;

/**
 * Reads a colour such as `#1a2b3c`.
 *
 * @throws {TypeError} If it is not six hexadecimal digits after a `#`.
 */
export function parseColor(text: string): Color {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (found === null) throw new TypeError(`Cannot read the colour "${text}": it must be like #1a2b3c; write it so`);
  const [red = 0, green = 0, blue = 0] = found.slice(1).map((digits) => parseInt(digits, 16));
  return [red, green, blue];
}

/** Returns a palette, given how to look up the page's custom properties. */
export const readPalette = (property: (name: string) => string): Palette => ({
  negative: parseColor(property("--negative")),
  positive: parseColor(property("--positive")),
  ground: parseColor(property("--ground")),
  ink: parseColor(property("--ink")),
  faint: parseColor(property("--faint")),
});

/** Writes a colour as CSS. */
export const cssColor = ([red, green, blue]: Color, alpha = 1): string => `rgb(${red} ${green} ${blue} / ${alpha})`;

/** Mixes two colours; a share of 0 gives the first. */
const mix = (from: Color, to: Color, share: number): Color => {
  const at = (k: 0 | 1 | 2) => Math.round(from[k] + share * (to[k] - from[k]));
  return [at(0), at(1), at(2)];
};

/** Packs a colour as the bytes of a pixel: red, green, blue, opaque. */
const pixel = ([red, green, blue]: Color): number => (255 << 24 | blue << 16 | green << 8 | red) >>> 0;

/** Makes a scale from negative through the ground to positive; with a strength below 1 it ends in softer colours. */
export const diverging = ({ negative, positive, ground }: Palette, strength = 1): Uint32Array =>
  Uint32Array.from({ length: SHADES }, (_, k) => {
    const value = 2 * k / (SHADES - 1) - 1;
    return pixel(mix(ground, value < 0 ? negative : positive, strength * Math.abs(value) ** 0.8));
  });

/** Makes a scale from one colour to another. */
export const sequential = (from: Color, to: Color): Uint32Array =>
  Uint32Array.from({ length: SHADES }, (_, k) => pixel(mix(from, to, k / (SHADES - 1))));

/**
 * Colours numbers.
 *
 * @param pixels The pixels to write, as many as there are values.
 * @param low The value that gets the first colour of the scale.
 * @param high The value that gets the last.
 */
export function paint(pixels: Uint32Array, values: Float32Array, scale: Uint32Array, low: number, high: number): void {
  const factor = high > low ? (SHADES - 1) / (high - low) : 0;
  for (let k = 0; k < pixels.length; k++) {
    const shade = Math.round((values[k]! - low) * factor);
    pixels[k] = scale[shade < 0 ? 0 : shade >= SHADES ? SHADES - 1 : shade]!;
  }
}

/** Returns the largest absolute value, 0 if there are none. */
export const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
