/**
 * Arithmetic, roots and comparisons as vector instructions: what takes one instruction or a few.
 *
 * @module
 */
import type { BinaryFunction } from "../../scalar/functions.ts";
import { v128 } from "../../wasm/mod.ts";
import type { Vector } from "../lane_instructions.ts";
import type { BinaryVector, UnaryVector, VectorFunctions } from "./vector_functions.ts";
import { signBit, type VectorMath } from "./vector_math.ts";

/** Computes the sign: -1 or 1, and `x` itself if it is 0, -0 or NaN. */
function sign(math: VectorMath, x: Vector): Vector {
  const { float, constant, choose } = math, zero = constant(0);
  const one = v128.or(constant(1), v128.and(x, signBit(math)));
  return choose(v128.or(float.lt(x, zero), float.gt(x, zero)), one, x);
}

/** The masks of comparisons: all bits of a lane are set, or none. */
export const COMPARISON_MASKS: { readonly [name in BinaryFunction]?: BinaryVector } = {
  greater: ({ float }, x, y) => float.gt(x, y),
  greaterEqual: ({ float }, x, y) => float.ge(x, y),
  less: ({ float }, x, y) => float.lt(x, y),
  lessEqual: ({ float }, x, y) => float.le(x, y),
  equal: ({ float }, x, y) => float.eq(x, y),
};

/** Returns the function that gives 1 where a comparison holds, otherwise 0. */
const comparison = (name: BinaryFunction): BinaryVector => (math, x, y) =>
  v128.and(COMPARISON_MASKS[name]!(math, x, y), math.constant(1));

type ArithmeticFunctions = VectorFunctions & {
  readonly unary: {
    readonly [name in "neg" | "abs" | "sign" | "sqrt" | "floor" | "ceil" | "round" | "trunc"]: UnaryVector;
  };
  readonly binary: { readonly [name in Exclude<BinaryFunction, "pow" | "remainder">]: BinaryVector };
};

/** The functions that every kernel can compute. */
export const ARITHMETIC: ArithmeticFunctions = /* @__PURE__ */ (() => ({
  unary: {
    neg: ({ float }, x) => float.neg(x),
    abs: ({ float }, x) => float.abs(x),
    sign,
    sqrt: ({ float }, x) => float.sqrt(x),
    floor: ({ float }, x) => float.floor(x),
    ceil: ({ float }, x) => float.ceil(x),
    round: ({ float }, x) => float.nearest(x),
    trunc: ({ float }, x) => float.trunc(x),
  },
  binary: {
    add: ({ float }, x, y) => float.add(x, y),
    sub: ({ float }, x, y) => float.sub(x, y),
    mul: ({ float }, x, y) => float.mul(x, y),
    div: ({ float }, x, y) => float.div(x, y),
    max: ({ float }, x, y) => float.max(x, y),
    min: ({ float }, x, y) => float.min(x, y),
    greater: comparison("greater"),
    greaterEqual: comparison("greaterEqual"),
    less: comparison("less"),
    lessEqual: comparison("lessEqual"),
    equal: comparison("equal"),
  },
  slow: {},
  rewrite: (expression) => expression,
  special: () => undefined,
}))();
