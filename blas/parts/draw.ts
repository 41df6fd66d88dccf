/**
 * The part of the default engine that draws random numbers.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { draw } from "../reference/draw.ts";
import { createDraw } from "../simd/draw.ts";
import { standardContext } from "./context.ts";

/** Draws random numbers from keys. */
export const drawPart: EnginePart<"draw"> = /* @__PURE__ */ enginePart(["draw"], () => {
  const context = standardContext();
  return { draw: context === undefined ? draw : createDraw(context) };
});
