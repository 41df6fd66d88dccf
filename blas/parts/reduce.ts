/**
 * The part of the default engine that reduces.
 *
 * @module
 */
import { type EnginePart, extendedPart } from "../engine_in_use.ts";
import { reduce as reduceByLoops } from "../reference/reduce.ts";
import { createReduce } from "../simd/reduce.ts";
import { standardContext } from "./context.ts";
import { reducingInUse, sumPart } from "./sum.ts";

/** Computes sums, products and extrema over axes. */
export const reducePart: EnginePart<"reduce"> = /* @__PURE__ */ extendedPart(sumPart, () => {
  const context = standardContext();
  reducingInUse.current ??= context === undefined ? reduceByLoops : createReduce(context);
});
