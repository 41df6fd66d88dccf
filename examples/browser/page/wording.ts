/**
 * Numbers as the page shows and announces them.
 *
 * @module
 */
import type { Scores } from "../messages.ts";

/** Writes a share, such as `"98 %"`; a share below 1 is never written as 100 %. */
export const percent = (share: number): string => `${share < 1 ? Math.min(99, Math.round(100 * share)) : 100} %`;

/** Writes a loss with three digits after the point, or with an exponent if it is very large. */
export const lossText = (loss: number): string =>
  Number.isFinite(loss) ? loss >= 1000 ? loss.toExponential(1) : loss.toFixed(3) : "not a number";

/** Writes a whole number with commas. */
export const countText = (count: number): string => count.toLocaleString("en");

/** Describes the scores of a network. */
export const scoresText = ({ step, testLoss, testAccuracy }: Scores): string =>
  `Step ${countText(step)}: test loss ${lossText(testLoss)}, test accuracy ${percent(testAccuracy)}`;
