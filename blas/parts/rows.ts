/**
 * The part of the default engine that computes rows.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { sumByLoops } from "../reference/sum.ts";
import { rowsBy } from "../rows.ts";
import { createRows } from "../simd/rows.ts";
import { functionsInUse } from "./arithmetic.ts";
import { standardContext } from "./context.ts";
import { copyPart } from "./copy.ts";
import { exponentialPart } from "./exponential.ts";
import { reducePart } from "./reduce.ts";

/** Computes reductions of rows, and expressions of their results that consist of arithmetic and exponentials, in one go. */
export const rowsPart: EnginePart<"rows"> = /* @__PURE__ */ enginePart(["rows"], () => {
  const context = standardContext(), { map } = exponentialPart.standard(), { reduce } = reducePart.standard();
  return {
    rows: context === undefined
      ? rowsBy({ map, reduce }, sumByLoops)
      : createRows(context, { map, reduce, copy: copyPart.standard().copy, functions: () => functionsInUse.current }),
  };
});
