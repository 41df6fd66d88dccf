/**
 * All functions of scalar expressions as vector instructions, for both dtypes.
 *
 * @module
 */
import type { BinaryFunction, UnaryFunction } from "../../scalar/functions.ts";
import { rewrite } from "../elementwise/rewrite.ts";
import { ARITHMETIC } from "./arithmetic.ts";
import { atan } from "./arctangent.ts";
import { erf } from "./error_function.ts";
import { exp, exp2, expm1 } from "./exponential.ts";
import { sigmoid, tanh } from "./hyperbolic.ts";
import { log, log1p } from "./logarithm.ts";
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
  unary: { ...ARITHMETIC.unary, exp, exp2, expm1, log, log1p, sin, cos, atan, tanh, sigmoid, erf },
  binary: { ...ARITHMETIC.binary, pow, remainder },
  slow: SLOW_FUNCTIONS,
  rewrite,
  special: powerByMultiplying,
}))();
