/**
 * The styles of text in a terminal.
 *
 * @module
 */
import { bgRgb8, bold, cyan, dim, green, red, rgb8 } from "@std/fmt/colors";

/** Functions that style text. */
export type Styles = {
  readonly heading: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  /**
   * Styles text in one shade of grey on another, both from 0 (black) to 1 (white). Undefined if colours are not wanted.
   */
  readonly shaded: ((text: string, ink: number, paper: number) => string) | undefined;
};

/** Leaves all text unchanged: for files, pipes and users who set `NO_COLOR`. */
export const plainStyles: Styles = {
  heading: (text) => text,
  faint: (text) => text,
  accent: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  shaded: undefined,
};

/** Colours for a terminal. */
export const terminalStyles: Styles = {
  heading: bold,
  faint: dim,
  accent: cyan,
  good: green,
  bad: red,
  shaded: (text, ink, paper) => bgRgb8(rgb8(text, grey(ink)), grey(paper)),
};

/** Returns one of the 24 greys of the 256-colour palette, which more terminals support than 24-bit colours. */
const grey = (shade: number): number => 232 + Math.round(Math.min(Math.max(shade, 0), 1) * 23);
