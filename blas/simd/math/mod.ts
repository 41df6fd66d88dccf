/**
 * All functions of scalar expressions as vector instructions, for both dtypes.
 *
 * @module
 */
import type { BinaryFunction, UnaryFunction } from "../../scalar/functions.ts";
import { ARITHMETIC } from "./arithmetic.ts";
import { atan } from "./arctangent.ts";
import { ERF_INVERSES } from "./erf_inverse.ts";
import { erf } from "./error_function.ts";
import { EXPONENTIALS } from "./exponentials.ts";
import { pow, powerByMultiplying } from "./power.ts";
import { remainder } from "./remainder.ts";
import { SLOW_FUNCTIONS } from "./slow_paths.ts";
import { cos, sin } from "./trigonometric.ts";
import type { BinaryVector, UnaryVector, VectorFunctions } from "./vector_functions.ts";

/** A set with every function: the compiler names those that are missing. */
type AllFunctions = VectorFunctions & {
  readonly unary: { readonly [name in UnaryFunction]: UnaryVector };
  readonly binary: { readonly [name in BinaryFunction]: BinaryVector };
};

/** All functions. */
export const ALL_FUNCTIONS: AllFunctions = /* @__PURE__ */ (() => ({
  ...EXPONENTIALS,
  unary: { ...ARITHMETIC.unary, ...EXPONENTIALS.unary, sin, cos, atan, erf },
  binary: { ...ARITHMETIC.binary, pow, remainder },
  slow: SLOW_FUNCTIONS,
  special: powerByMultiplying,
  erfInverse: ERF_INVERSES,
}))();
