/**
 * Colours of shares.
 *
 * @module
 */

/** No time, and all of it. */
const COLD = [255, 255, 255], HOT = [245, 133, 24];

/** Returns the colour of a share of the time, from white (0) to orange (1), as `#rrggbb`. */
export function heat(share: number): string {
  // Shares are often small: the root tells 1 % from 4 %.
  const part = Math.sqrt(Math.min(Math.max(share, 0), 1));
  const channels = COLD.map((cold, k) => Math.round(cold + (HOT[k]! - cold) * part));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
