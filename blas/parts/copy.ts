/**
 * The part of the default engine that copies.
 *
 * @module
 */
import { type EnginePart, extendedPart } from "../engine_in_use.ts";
import { copy } from "../simd/copy.ts";
import { standardContext } from "./context.ts";
import { copyingInUse, plainCopyPart } from "./plain_copy.ts";

/** Copies arrays of any strides. */
export const copyPart: EnginePart<"copy"> = /* @__PURE__ */ extendedPart(plainCopyPart, () => {
  const context = standardContext();
  if (context !== undefined) copyingInUse.current = (operands) => copy(context, operands);
});
