/**
 * The part of the default engine that computes element by element, by arithmetic only.
 *
 * @module
 */
import { type EnginePart, extendedPart } from "../engine_in_use.ts";
import { map as mapByLoops } from "../reference/map.ts";
import { shared } from "../shared.ts";
import { createMap } from "../simd/elementwise/map.ts";
import { ARITHMETIC } from "../simd/math/arithmetic.ts";
import type { VectorFunctions } from "../simd/math/vector_functions.ts";
import { additionPart, mappingInUse } from "./addition.ts";
import { standardContext } from "./context.ts";

/** The functions for which the default engine has loaded vector code: few with {@link arithmeticPart}, all with `mapPart`. */
export const functionsInUse: { current: VectorFunctions } = /* @__PURE__ */ shared(
  "vector functions of the default engine",
  () => ({ current: ARITHMETIC }),
);

/** Computes expressions made of arithmetic, roots and comparisons for every element. */
export const arithmeticPart: EnginePart<"map"> = /* @__PURE__ */ extendedPart(additionPart, () => {
  const context = standardContext();
  mappingInUse.current ??= context === undefined ? mapByLoops : createMap(context, () => functionsInUse.current);
});

/** Returns the part that computes arithmetic and these functions for every element. */
export function partWith(functions: Partial<VectorFunctions>): EnginePart<"map"> {
  return extendedPart(arithmeticPart, () => {
    functionsInUse.current = withFunctions(functionsInUse.current, functions);
  });
}

/** Returns two sets of functions as one. */
export const withFunctions = (some: VectorFunctions, others: Partial<VectorFunctions>): VectorFunctions => ({
  ...some,
  ...others,
  unary: { ...some.unary, ...others.unary },
  binary: { ...some.binary, ...others.binary },
});
