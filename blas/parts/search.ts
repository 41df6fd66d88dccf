/**
 * The part of the default engine that searches for the positions of extrema.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { searchRegions } from "../search.ts";
import { search } from "../simd/search.ts";
import { standardContext } from "./context.ts";

/** Finds the positions of the largest or smallest elements of windows. */
export const searchPart: EnginePart<"search"> = /* @__PURE__ */ enginePart(["search"], () => {
  const context = standardContext();
  return { search: context === undefined ? searchRegions : (operands) => search(context, operands) };
});
