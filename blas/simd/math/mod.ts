/**
 * All functions of scalar expressions as vector instructions, for both dtypes.
 *
 * @module
 */
import type { BinaryFunction, UnaryFunction } from "../../scalar/functions.ts";
import { v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import { erf } from "./error_function.ts";
import { exp, expm1 } from "./exponential.ts";
import { sigmoid, tanh } from "./hyperbolic.ts";
import { signBit, type VectorMath } from "./vector_math.ts";
import { log, log1p } from "./logarithm.ts";
import { pow } from "./power.ts";
import { cos, sin } from "./trigonometric.ts";

/** Computes the sign: -1 or 1, and `x` itself if it is 0, -0 or NaN. */
function sign(math: VectorMath, x: Vector): Vector {
  const { float, constant, choose } = math, zero = constant(0);
  const one = v128.or(constant(1), v128.and(x, signBit(math)));
  return choose(v128.or(float.lt(x, zero), float.gt(x, zero)), one, x);
}

/** Functions of one argument. */
export const UNARY_VECTORS: { readonly [name in UnaryFunction]: (math: VectorMath, x: Vector) => Vector } = {
  neg: ({ float }, x) => float.neg(x),
  abs: ({ float }, x) => float.abs(x),
  sign,
  sqrt: ({ float }, x) => float.sqrt(x),
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
};

/** The masks of comparisons: all bits of a lane are set, or none. */
export const COMPARISON_MASKS: {
  readonly [name in BinaryFunction]?: (math: VectorMath, x: Vector, y: Vector) => Vector;
} = {
  greater: ({ float }, x, y) => float.gt(x, y),
  greaterEqual: ({ float }, x, y) => float.ge(x, y),
  less: ({ float }, x, y) => float.lt(x, y),
  lessEqual: ({ float }, x, y) => float.le(x, y),
  equal: ({ float }, x, y) => float.eq(x, y),
};

/** Returns the function that gives 1 where a comparison holds, otherwise 0. */
const comparison = (name: BinaryFunction) => (math: VectorMath, x: Vector, y: Vector): Vector =>
  v128.and(COMPARISON_MASKS[name]!(math, x, y), math.constant(1));

/** Functions of two arguments. */
export const BINARY_VECTORS: { readonly [name in BinaryFunction]: (math: VectorMath, x: Vector, y: Vector) => Vector } =
  {
    add: ({ float }, x, y) => float.add(x, y),
    sub: ({ float }, x, y) => float.sub(x, y),
    mul: ({ float }, x, y) => float.mul(x, y),
    div: ({ float }, x, y) => float.div(x, y),
    pow,
    max: ({ float }, x, y) => float.max(x, y),
    min: ({ float }, x, y) => float.min(x, y),
    greater: /* @__PURE__ */ comparison("greater"),
    greaterEqual: /* @__PURE__ */ comparison("greaterEqual"),
    less: /* @__PURE__ */ comparison("less"),
    lessEqual: /* @__PURE__ */ comparison("lessEqual"),
    equal: /* @__PURE__ */ comparison("equal"),
  };
