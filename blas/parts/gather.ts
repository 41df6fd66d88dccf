/**
 * The part of the default engine that picks elements by index.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { allWithin, gather } from "../gather.ts";
import { gatherOn } from "../simd/gather.ts";
import { standardContext } from "./context.ts";

/** Picks elements, and tells whether numbers are indices. */
export const gatherPart: EnginePart<"gather" | "allWithin"> = /* @__PURE__ */ enginePart(
  ["gather", "allWithin"],
  () => {
    const context = standardContext();
    return context === undefined ? { gather, allWithin } : gatherOn(context);
  },
);
