/**
 * The parts of the default engine that draw random numbers.
 *
 * @module
 */
import { type EnginePart, enginePart, extendedPart } from "../engine_in_use.ts";
import { drawBy, inversesInUse } from "../reference/draw.ts";
import { erfInverse, erfInverse32 } from "../scalar/erf_inverse.ts";
import { createDraw } from "../simd/draw.ts";
import { ERF_INVERSES } from "../simd/math/erf_inverse.ts";
import { functionsInUse, withFunctions } from "./arithmetic.ts";
import { standardContext } from "./context.ts";

/** Draws uniform numbers and whole numbers from keys. */
export const drawPart: EnginePart<"draw"> = /* @__PURE__ */ enginePart(["draw"], () => {
  const context = standardContext();
  return {
    draw: context === undefined
      ? drawBy(() => inversesInUse.current)
      : createDraw(context, () => functionsInUse.current),
  };
});

/** Draws normal numbers too. */
export const normalDrawPart: EnginePart<"draw"> = /* @__PURE__ */ extendedPart(drawPart, () => {
  functionsInUse.current = withFunctions(functionsInUse.current, { erfInverse: ERF_INVERSES });
  inversesInUse.current = { float32: erfInverse32, float64: erfInverse };
});
