/**
 * The part of the default engine that computes rows.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { rowsBy } from "../rows.ts";
import { createRows } from "../simd/rows.ts";
import { standardContext } from "./context.ts";
import { copyPart } from "./copy.ts";
import { mapPart } from "./map.ts";
import { reducePart } from "./reduce.ts";

/** Computes reductions of rows, and expressions of their results, in one go. */
export const rowsPart: EnginePart<"rows"> = /* @__PURE__ */ enginePart(["rows"], () => {
  const context = standardContext(), { map } = mapPart.standard(), { reduce } = reducePart.standard();
  return {
    rows: context === undefined
      ? rowsBy({ map, reduce })
      : createRows(context, { map, reduce, copy: copyPart.standard().copy }),
  };
});
