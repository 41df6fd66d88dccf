/**
 * The part of the default engine that copies, by plain loops.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { copy as copyByLoops } from "../reference/level1.ts";
import { shared } from "../shared.ts";

/** How the default engine copies by now: {@link plainCopyPart} by loops, `copyPart` with kernels. */
export const copyingInUse: { current: Engine["copy"] } = /* @__PURE__ */ shared(
  "copying of the default engine",
  () => ({ current: copyByLoops }),
);

/**
 * Copies arrays that rarely have to be: only those of a program whose operations turn or cut arrays are worth a kernel, and these
 * operations bring it.
 */
export const plainCopyPart: EnginePart<"copy"> = /* @__PURE__ */ enginePart(
  ["copy"],
  () => ({ copy: (operands) => copyingInUse.current(operands) }),
);
