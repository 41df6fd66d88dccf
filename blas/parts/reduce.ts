/**
 * The part of the default engine that reduces.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { reduce as reduceByLoops } from "../reference/reduce.ts";
import { createReduce } from "../simd/reduce.ts";
import { standardContext } from "./context.ts";

/** Computes sums, products and extrema over axes. */
export const reducePart: EnginePart<"reduce"> = /* @__PURE__ */ enginePart(["reduce"], () => {
  const context = standardContext();
  return { reduce: context === undefined ? reduceByLoops : createReduce(context) };
});
