/**
 * The part of the default engine that copies with plain loops.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { copy as copyByLoops } from "../reference/level1.ts";
import { shared } from "../shared.ts";

/** The function with which the default engine copies: plain loops with {@link plainCopyPart}, kernels with `copyPart`. */
export const copyingInUse: { current: Engine["copy"] } = /* @__PURE__ */ shared(
  "copying of the default engine",
  () => ({ current: copyByLoops }),
);

/**
 * Copies arrays with plain loops. Most bundles rarely copy; operations that transpose or slice arrays need a fast copy,
 * and bring `copyPart`.
 */
export const plainCopyPart: EnginePart<"copy"> = /* @__PURE__ */ enginePart(
  ["copy"],
  () => ({ copy: (operands) => copyingInUse.current(operands) }),
);
