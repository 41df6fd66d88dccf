/**
 * The functions that scalar expressions are made of, and what is known of each: its value in float64, and what it costs.
 *
 * A new function is a row here. The compiler then names what else it needs: a rule in `derivative.ts`, and vector code in
 * `blas/simd/math/mod.ts`.
 *
 * @module
 */
import { erf } from "./special_functions.ts";

/** What a function costs in vector code. */
export type FunctionCost = {
  /** About how long it takes, an addition being 1: passes weigh by it whether to compute something again. */
  readonly time: number;
  /** About how many instructions it is: loops are unrolled the less, the more there are. */
  readonly instructions: number;
};

function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return x < 0 ? small / (1 + small) : 1 / (1 + small);
}

/** Functions of one argument. */
const UNARY = {
  neg: { value: (x: number): number => -x, time: 1, instructions: 1 },
  abs: { value: Math.abs, time: 1, instructions: 1 },
  sign: { value: Math.sign, time: 1, instructions: 5 },
  sqrt: { value: Math.sqrt, time: 4, instructions: 1 },
  exp: { value: Math.exp, time: 20, instructions: 20 },
  expm1: { value: Math.expm1, time: 20, instructions: 30 },
  log: { value: Math.log, time: 20, instructions: 25 },
  log1p: { value: Math.log1p, time: 20, instructions: 30 },
  sin: { value: Math.sin, time: 20, instructions: 60 },
  cos: { value: Math.cos, time: 20, instructions: 60 },
  tanh: { value: Math.tanh, time: 20, instructions: 30 },
  sigmoid: { value: sigmoid, time: 24, instructions: 30 },
  erf: { value: erf, time: 30, instructions: 60 },
} as const;

/** Functions of two arguments. */
const BINARY = {
  add: { value: (x: number, y: number): number => x + y, time: 1, instructions: 1 },
  sub: { value: (x: number, y: number): number => x - y, time: 1, instructions: 1 },
  mul: { value: (x: number, y: number): number => x * y, time: 1, instructions: 1 },
  div: { value: (x: number, y: number): number => x / y, time: 4, instructions: 1 },
  pow: { value: (x: number, y: number): number => y === 0 || x === 1 ? 1 : x ** y, time: 40, instructions: 80 },
  max: { value: (x: number, y: number): number => Math.max(x, y), time: 1, instructions: 4 },
  min: { value: (x: number, y: number): number => Math.min(x, y), time: 1, instructions: 4 },
  greater: { value: (x: number, y: number): number => x > y ? 1 : 0, time: 1, instructions: 1 },
  greaterEqual: { value: (x: number, y: number): number => x >= y ? 1 : 0, time: 1, instructions: 1 },
  less: { value: (x: number, y: number): number => x < y ? 1 : 0, time: 1, instructions: 1 },
  lessEqual: { value: (x: number, y: number): number => x <= y ? 1 : 0, time: 1, instructions: 1 },
  equal: { value: (x: number, y: number): number => x === y ? 1 : 0, time: 1, instructions: 1 },
} as const;

/** The name of a function of one argument. */
export type UnaryFunction = keyof typeof UNARY;

/** The name of a function of two arguments. */
export type BinaryFunction = keyof typeof BINARY;

/**
 * Functions of one argument. `sign(0)` is 0; `sigmoid` is `1 / (1 + exp(-x))`, computed without overflow.
 */
export const UNARY_FUNCTIONS: { readonly [F in UnaryFunction]: (x: number) => number } = valuesOf(UNARY);

/**
 * Functions of two arguments. Comparisons give 1 or 0, and 0 where an argument is NaN; `max` and `min` give NaN there.
 */
export const BINARY_FUNCTIONS: { readonly [F in BinaryFunction]: (x: number, y: number) => number } = valuesOf(BINARY);

/** What each function costs. */
export const FUNCTION_COSTS: { readonly [F in UnaryFunction | BinaryFunction]: FunctionCost } = { ...UNARY, ...BINARY };

function valuesOf<T extends { readonly [name: string]: { readonly value: unknown } }>(
  table: T,
): { readonly [F in keyof T]: T[F]["value"] } {
  return Object.fromEntries(Object.entries(table).map(([name, { value }]) => [name, value])) as {
    readonly [F in keyof T]: T[F]["value"];
  };
}
