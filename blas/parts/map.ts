/**
 * The part of the default engine that computes element by element.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { map as mapByLoops } from "../reference/map.ts";
import { createMap } from "../simd/elementwise/map.ts";
import { standardContext } from "./context.ts";

/** Computes expressions for every element. */
export const mapPart: EnginePart<"map"> = /* @__PURE__ */ enginePart(["map"], () => {
  const context = standardContext();
  return { map: context === undefined ? mapByLoops : createMap(context) };
});
