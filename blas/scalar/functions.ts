/**
 * The functions that scalar expressions are made of, with the value in float64 and the cost of each.
 *
 * A new function is a name and a row here. The type checker then names what else it needs: a rule in `derivative.ts`,
 * and vector code in `blas/simd/math/mod.ts`.
 *
 * @module
 */
import { erf } from "./special_functions.ts";

/** The name of a function of one argument. */
export type UnaryFunction =
  | "neg"
  | "abs"
  | "sign"
  | "sqrt"
  | "floor"
  | "ceil"
  | "round"
  | "trunc"
  | "exp"
  | "exp2"
  | "expm1"
  | "log"
  | "log1p"
  | "sin"
  | "cos"
  | "atan"
  | "tanh"
  | "sigmoid"
  | "erf";

/** The name of a function of two arguments. */
export type BinaryFunction =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "remainder"
  | "max"
  | "min"
  | "greater"
  | "greaterEqual"
  | "less"
  | "lessEqual"
  | "equal";

/** The cost of a function in vector code. */
export type FunctionCost = {
  /** The approximate time, in additions: passes use it to decide whether to compute something again. */
  readonly time: number;
  /** The approximate number of instructions: loops with more of them are unrolled less. */
  readonly instructions: number;
};

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return x < 0 ? small / (1 + small) : 1 / (1 + small);
}

/** Rounds to the nearest whole number, halfway cases to even ones, and keeps the sign of zero. */
function round(x: number): number {
  const nearest = Math.round(x); // halfway cases upwards
  return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : x < 0 && nearest === 0 ? -0 : nearest;
}

/** Returns the remainder with the sign of the divisor; that of `%` has the sign of the dividend. */
function remainder(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return rest < 0 !== y < 0 ? rest + y : rest;
}

/** Returns a power as C and PyTorch do: `**` is NaN for 1 to the NaN, and for 1 and -1 to an infinite power. */
function power(x: number, y: number): number {
  return y === 0 || x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** Functions of one argument. */
const UNARY: { readonly [F in UnaryFunction]: FunctionCost & { readonly value: Unary } } = /* @__PURE__ */ (() => ({
  neg: { value: (x) => -x, time: 1, instructions: 1 },
  abs: { value: Math.abs, time: 1, instructions: 1 },
  sign: { value: Math.sign, time: 1, instructions: 5 },
  sqrt: { value: Math.sqrt, time: 4, instructions: 1 },
  floor: { value: Math.floor, time: 1, instructions: 1 },
  ceil: { value: Math.ceil, time: 1, instructions: 1 },
  round: { value: round, time: 1, instructions: 1 },
  trunc: { value: Math.trunc, time: 1, instructions: 1 },
  exp: { value: Math.exp, time: 20, instructions: 20 },
  exp2: { value: (x) => 2 ** x, time: 20, instructions: 22 },
  expm1: { value: Math.expm1, time: 20, instructions: 30 },
  log: { value: Math.log, time: 20, instructions: 25 },
  log1p: { value: Math.log1p, time: 20, instructions: 30 },
  sin: { value: Math.sin, time: 20, instructions: 60 },
  cos: { value: Math.cos, time: 20, instructions: 60 },
  atan: { value: Math.atan, time: 20, instructions: 35 },
  tanh: { value: Math.tanh, time: 20, instructions: 30 },
  sigmoid: { value: sigmoid, time: 24, instructions: 30 },
  erf: { value: erf, time: 30, instructions: 60 },
}))();

/** Functions of two arguments. */
const BINARY: { readonly [F in BinaryFunction]: FunctionCost & { readonly value: Binary } } = {
  add: { value: (x, y) => x + y, time: 1, instructions: 1 },
  sub: { value: (x, y) => x - y, time: 1, instructions: 1 },
  mul: { value: (x, y) => x * y, time: 1, instructions: 1 },
  div: { value: (x, y) => x / y, time: 4, instructions: 1 },
  pow: { value: power, time: 40, instructions: 80 },
  remainder: { value: remainder, time: 30, instructions: 50 },
  max: { value: (x, y) => Math.max(x, y), time: 1, instructions: 4 },
  min: { value: (x, y) => Math.min(x, y), time: 1, instructions: 4 },
  greater: { value: (x, y) => x > y ? 1 : 0, time: 1, instructions: 1 },
  greaterEqual: { value: (x, y) => x >= y ? 1 : 0, time: 1, instructions: 1 },
  less: { value: (x, y) => x < y ? 1 : 0, time: 1, instructions: 1 },
  lessEqual: { value: (x, y) => x <= y ? 1 : 0, time: 1, instructions: 1 },
  equal: { value: (x, y) => x === y ? 1 : 0, time: 1, instructions: 1 },
};

/**
 * Functions of one argument. `sign(0)` is 0; `sigmoid` is `1 / (1 + exp(-x))`, computed without overflow; `round` rounds
 * halfway cases to even numbers.
 */
export const UNARY_FUNCTIONS: { readonly [F in UnaryFunction]: (x: number) => number } = /* @__PURE__ */ valuesOf(
  UNARY,
);

/**
 * Functions of two arguments. Comparisons give 1 or 0, and 0 where an argument is NaN; `max` and `min` give NaN there.
 * `remainder` has the sign of the divisor.
 */
export const BINARY_FUNCTIONS: { readonly [F in BinaryFunction]: (x: number, y: number) => number } =
  /* @__PURE__ */ valuesOf(BINARY);

/** The cost of each function. */
export const FUNCTION_COSTS: { readonly [F in UnaryFunction | BinaryFunction]: FunctionCost } =
  /* @__PURE__ */ (() => ({ ...UNARY, ...BINARY }))();

function valuesOf<F extends string, V>(table: { readonly [K in F]: { readonly value: V } }): { readonly [K in F]: V } {
  // `fromEntries` loses the types of the names.
  const values = Object.fromEntries(
    Object.entries<{ readonly value: V }>(table).map(([name, { value }]) => [name, value]),
  );
  return Object.freeze(values) as { readonly [K in F]: V }; // the same keys
}
