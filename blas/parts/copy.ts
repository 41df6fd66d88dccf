/**
 * The part of the default engine that copies.
 *
 * @module
 */
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { copy as copyByLoops } from "../reference/level1.ts";
import { copy } from "../simd/copy.ts";
import { standardContext } from "./context.ts";

/** Copies arrays of any strides. */
export const copyPart: EnginePart<"copy"> = /* @__PURE__ */ enginePart(["copy"], () => {
  const context = standardContext();
  return { copy: context === undefined ? copyByLoops : (operands) => copy(context, operands) };
});
