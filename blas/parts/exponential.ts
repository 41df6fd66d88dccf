/**
 * The parts of the default engine that compute exponentials and what is made of them, element by element.
 *
 * @module
 */
import type { EnginePart } from "../engine_in_use.ts";
import { erf } from "../simd/math/error_function.ts";
import { EXPONENTIALS } from "../simd/math/exponentials.ts";
import { partWith } from "./arithmetic.ts";

/** Computes expressions made of arithmetic, exponentials, logarithms, hyperbolic tangents and sigmoids. */
export const exponentialPart: EnginePart<"map"> = /* @__PURE__ */ partWith(EXPONENTIALS);

/** Computes such expressions, and those with error functions. */
export const errorFunctionPart: EnginePart<"map"> =
  /* @__PURE__ */ (() => partWith({ ...EXPONENTIALS, unary: { ...EXPONENTIALS.unary, erf } }))();
