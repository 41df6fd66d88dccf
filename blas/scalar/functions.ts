/**
 * The functions a scalar expression is made of: for each its number of arguments and its value in float64.
 *
 * @module
 */
import { erf } from "./special_functions.ts";

/**
 * Functions of one argument. `sign(0)` is 0; `sigmoid` is `1 / (1 + exp(-x))`, computed without overflow.
 */
export const UNARY_FUNCTIONS = {
  neg: (x: number): number => -x,
  abs: Math.abs,
  sign: Math.sign,
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  sigmoid: (x: number): number => {
    const small = Math.exp(-Math.abs(x));
    return x < 0 ? small / (1 + small) : 1 / (1 + small);
  },
  erf,
} as const;

/**
 * Functions of two arguments. Comparisons give 1 or 0, and 0 where an argument is NaN; `max` and `min` give NaN there.
 */
export const BINARY_FUNCTIONS = {
  add: (x: number, y: number): number => x + y,
  sub: (x: number, y: number): number => x - y,
  mul: (x: number, y: number): number => x * y,
  div: (x: number, y: number): number => x / y,
  pow: (x: number, y: number): number => y === 0 || x === 1 ? 1 : x ** y,
  max: (x: number, y: number): number => Math.max(x, y),
  min: (x: number, y: number): number => Math.min(x, y),
  greater: (x: number, y: number): number => x > y ? 1 : 0,
  greaterEqual: (x: number, y: number): number => x >= y ? 1 : 0,
  less: (x: number, y: number): number => x < y ? 1 : 0,
  lessEqual: (x: number, y: number): number => x <= y ? 1 : 0,
  equal: (x: number, y: number): number => x === y ? 1 : 0,
} as const;

/** The name of a function of one argument. */
export type UnaryFunction = keyof typeof UNARY_FUNCTIONS;

/** The name of a function of two arguments. */
export type BinaryFunction = keyof typeof BINARY_FUNCTIONS;
