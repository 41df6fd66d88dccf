/**
 * What all pictures have in common. The types of the plotting library stay out of here, and so out of the declarations that
 * users compile against.
 *
 * @module
 */

/** The options of every picture. */
export type PictureOptions = {
  /** The title; none by default. */
  readonly title?: string | undefined;
  /** The width of the chart in pixels, without its axes. */
  readonly width?: number | undefined;
  /** The height of the chart in pixels, without its axes. */
  readonly height?: number | undefined;
};
