/**
 * The part of the default engine that computes single numbers.
 *
 * @module
 */
import { chosenEngine, type EnginePart } from "../engine_in_use.ts";
import { map } from "../reference/map.ts";

/**
 * Computes expressions with plain loops, whatever functions they consist of: for 0-d arrays, which take less time so than
 * a call of a kernel, and would not be worth the code for all functions as vector instructions.
 */
export const singlePart: EnginePart<"map"> = {
  standard: () => ({ map }),
  inUse: () => chosenEngine() ?? { map },
};
