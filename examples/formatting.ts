/**
 * Numbers in readable form.
 *
 * @module
 */

/** Formats a whole number with its thousands separated: `12,345`. */
export const formatCount = (n: number): string => Math.round(n).toLocaleString("en-US");

/** Formats a share from 0 to 1: `97.53 %`. */
export const formatPercent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** Formats a time span, given in seconds: `0:42`, `12:05` or `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds), two = (n: number): string => String(Math.floor(n) % 60).padStart(2, "0");
  return whole < 3600
    ? `${Math.floor(whole / 60)}:${two(whole)}`
    : `${Math.floor(whole / 3600)}:${two(whole / 60)}:${two(whole)}`;
}
