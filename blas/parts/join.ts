/**
 * The part of the default engine that joins arrays.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { joinBy } from "../join.ts";
import { join } from "../simd/copy.ts";
import { standardContext } from "./context.ts";
import { copyPart } from "./copy.ts";

/** Writes arrays to their places in a larger one. */
export const joinPart: EnginePart<"join"> = /* @__PURE__ */ enginePart(["join"], () => {
  const context = standardContext();
  return { join: context === undefined ? joinBy(copyPart.standard().copy) : (operands) => join(context, operands) };
});
