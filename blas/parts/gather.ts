/**
 * The part of the default engine that picks elements by index.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { allWithin, gather, scatterAdd } from "../gather.ts";
import { gatherOn } from "../simd/gather.ts";
import { standardContext } from "./context.ts";

/** Picks elements, adds them up by index, and tells whether numbers are indices. */
export const gatherPart: EnginePart<"gather" | "scatterAdd" | "allWithin"> = /* @__PURE__ */ enginePart(
  ["gather", "scatterAdd", "allWithin"],
  () => {
    const context = standardContext();
    return context === undefined ? { gather, scatterAdd, allWithin } : gatherOn(context);
  },
);
