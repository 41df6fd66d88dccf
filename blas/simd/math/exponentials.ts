/**
 * Exponentials, logarithms and what is made of them as vector instructions: all that most networks need beyond arithmetic.
 *
 * @module
 */
import { rewrite } from "../elementwise/rewrite.ts";
import { exp, exp2, expm1 } from "./exponential.ts";
import { sigmoid, tanh } from "./hyperbolic.ts";
import { log, log1p } from "./logarithm.ts";
import type { UnaryVector, VectorFunctions } from "./vector_functions.ts";

type Exponentials = Pick<VectorFunctions, "rewrite"> & {
  readonly unary: { readonly [name in "exp" | "exp2" | "expm1" | "log" | "log1p" | "tanh" | "sigmoid"]: UnaryVector };
};

/** Exponentials, logarithms, hyperbolic tangents and sigmoids. */
export const EXPONENTIALS: Exponentials = { unary: { exp, exp2, expm1, log, log1p, tanh, sigmoid }, rewrite };
