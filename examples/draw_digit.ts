/**
 * Images drawn with characters.
 *
 * @module
 */
import { plainStyles, type Styles } from "./styles.ts";

/** The height and width of an image, in pixels. */
export type ImageShape = readonly [height: number, width: number];

/** A rectangle of pixels: rows from `top` up to but excluding `bottom`, columns likewise. */
export type Box = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };

/**
 * Returns the smallest box that holds the ink of all images; the whole image if there is no ink.
 *
 * @param images Their pixels, row-major, 0 where there is no ink; all of the same shape.
 */
export function inkBox(images: readonly Uint8Array[], [height, width]: ImageShape): Box {
  const inked = (row: number, column: number): boolean => images.some((pixels) => pixels[row * width + column]! > 0);
  const rows = range(0, height).filter((row) => range(0, width).some((column) => inked(row, column)));
  const columns = range(0, width).filter((column) => range(0, height).some((row) => inked(row, column)));
  return {
    top: rows.at(0) ?? 0,
    bottom: (rows.at(-1) ?? height - 1) + 1,
    left: columns.at(0) ?? 0,
    right: (columns.at(-1) ?? width - 1) + 1,
  };
}

/**
 * Draws a grey image with two pixels to a character, one above the other.
 *
 * @param pixels Row-major, from 0 (paper) to 255 (ink).
 * @param shape The image's height and width.
 * @param box The part to draw.
 * @param styles With shades, ink is drawn white on black, in 24 greys; without them, pixels of half ink or more are
 * drawn as blocks.
 * @returns Lines with as many visible characters as the box is wide, half as many lines as it is high, rounded up.
 */
export function drawImage(
  pixels: Uint8Array,
  [, width]: ImageShape,
  { top, bottom, left, right }: Box,
  { shaded }: Styles = plainStyles,
): readonly string[] {
  const pixel = (row: number, column: number): number => row < bottom ? pixels[row * width + column]! : 0;
  const character = shaded === undefined
    ? (upper: number, lower: number): string => BLOCKS[(upper >= 128 ? 2 : 0) + (lower >= 128 ? 1 : 0)]!
    : (upper: number, lower: number): string => shaded("▀", upper / 255, lower / 255);
  const line = (row: number): string =>
    range(left, right).map((column) => character(pixel(row, column), pixel(row + 1, column))).join("");
  return range(0, Math.ceil((bottom - top) / 2)).map((pair) => line(top + 2 * pair));
}

/** The blocks by inked halves: none, the lower, the upper, both. */
const BLOCKS = [" ", "▄", "▀", "█"] as const;

/** A picture made of lines, all `width` visible characters wide, and the caption under it. */
export type Picture = { readonly lines: readonly string[]; readonly width: number; readonly caption: string };

/**
 * Puts pictures side by side, as many in a row as fit.
 *
 * @param columns The number of characters that fit in a line.
 * @returns Lines of text, with one picture in a row if two do not fit.
 */
export function sideBySide(pictures: readonly Picture[], columns: number): string {
  const cell = Math.max(...pictures.map(({ width, caption }) => Math.max(width, caption.length))) + GAP;
  const perRow = Math.max(1, Math.floor((columns + GAP) / cell));
  return range(0, Math.ceil(pictures.length / perRow))
    .map((row) => joinRow(pictures.slice(row * perRow, (row + 1) * perRow), cell))
    .join("\n\n");
}

/** Columns between two pictures. */
const GAP = 3;

/** Pads by the stated width: lines may hold escape codes, which do not take up columns. */
function joinRow(row: readonly Picture[], cell: number): string {
  const padded = (text: string, width: number): string => text + " ".repeat(cell - width);
  const line = (i: number): string =>
    row.map(({ lines, width }) => i < lines.length ? padded(lines[i]!, width) : padded("", 0)).join("");
  const captions = row.map(({ caption }) => padded(caption, caption.length)).join("");
  const height = Math.max(...row.map(({ lines }) => lines.length));
  return [...range(0, height).map(line), captions].map((text) => text.trimEnd()).join("\n");
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(end - start, 0) }, (_, i) => start + i);
