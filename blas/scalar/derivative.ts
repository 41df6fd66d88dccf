/**
 * Symbolic differentiation of scalar expressions.
 *
 * @module
 */
import { describe } from "../describe.ts";
import { checkScalar } from "./made_scalars.ts";
import {
  abs,
  add,
  constantScalar,
  cos,
  div,
  equal,
  exp,
  greater,
  less,
  log,
  mul,
  neg,
  pow,
  round,
  type Scalar,
  select,
  sign,
  sin,
  sub,
  subexpressions,
} from "./scalar.ts";
import type { BinaryFunction, UnaryFunction } from "./functions.ts";

const ZERO = /* @__PURE__ */ constantScalar(0), ONE = /* @__PURE__ */ constantScalar(1);

/** The derivative of each function of one argument, given the argument `x` and the value `y`. */
const UNARY_DERIVATIVES: { readonly [F in UnaryFunction]: (x: Scalar, y: Scalar) => Scalar } = {
  neg: () => constantScalar(-1),
  abs: (x) => sign(x),
  sign: () => ZERO,
  sqrt: (_, y) => div(0.5, y),
  floor: () => ZERO,
  ceil: () => ZERO,
  round: () => ZERO,
  trunc: () => ZERO,
  exp: (_, y) => y,
  exp2: (_, y) => mul(Math.LN2, y),
  expm1: (_, y) => add(y, 1),
  log: (x) => div(1, x),
  log1p: (x) => div(1, add(1, x)),
  sin: (x) => cos(x),
  cos: (x) => neg(sin(x)),
  atan: (x) => div(1, add(1, mul(x, x))),
  tanh: (_, y) => sub(1, mul(y, y)),
  sigmoid: (_, y) => mul(y, sub(1, y)),
  erf: (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))),
};

/** The slope of an operand of `max` or `min`: 1 if it is the result, one half at a tie, otherwise 0. */
const share = (wins: Scalar, a: Scalar, b: Scalar): Scalar => select(wins, 1, select(equal(a, b), 0.5, 0));

/** The two partial derivatives of each function of two arguments, given the arguments `a` and `b` and the value `y`. */
const BINARY_DERIVATIVES: {
  readonly [F in BinaryFunction]: (a: Scalar, b: Scalar, y: Scalar) => readonly [Scalar, Scalar];
} = {
  add: () => [ONE, ONE],
  sub: () => [ONE, constantScalar(-1)],
  mul: (a, b) => [b, a],
  div: (_, b, y) => [div(1, b), neg(div(y, b))],
  // x^0 is 1 everywhere, so its slope is 0 even where x^-1 is infinite; 0^y is 0 for all y > 0, so its slope in y is 0.
  pow: (a, b, y) => [
    select(equal(b, 0), 0, mul(b, pow(a, sub(b, 1)))),
    select(equal(a, 0), select(less(b, 0), mul(y, log(a)), 0), mul(y, log(a))),
  ],
  // y = a - n b with a whole n, which is locally constant: -1 where b is infinite and the signs differ.
  remainder: (a, b, y) => [ONE, select(equal(abs(y), Infinity), 1, round(sub(div(y, b), div(a, b))))],
  max: (a, b) => [share(greater(a, b), a, b), share(greater(b, a), a, b)],
  min: (a, b) => [share(less(a, b), a, b), share(less(b, a), a, b)],
  greater: () => [ZERO, ZERO],
  greaterEqual: () => [ZERO, ZERO],
  less: () => [ZERO, ZERO],
  lessEqual: () => [ZERO, ZERO],
  equal: () => [ZERO, ZERO],
};

/**
 * Differentiates an expression with respect to one argument.
 *
 * At kinks: `abs` has slope 0 at 0, and the arguments of `max` and `min` share the slope at a tie. A comparison has
 * slope 0 everywhere, and a `select` has the slope of the branch it takes.
 *
 * @param root The expression.
 * @param index The argument.
 *
 * @example d/dx tanh(x) is 1 - tanh(x)^2
 * ```ts
 * import { argument, derivative, evaluateScalar, tanh } from "@nanograd/nanograd/blas";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const slope = derivative(tanh(argument(0)), 0);
 * assertAlmostEquals(evaluateScalar(slope, [0.3]), 1 - Math.tanh(0.3) ** 2);
 * ```
 */
export function derivative(root: Scalar, index: number): Scalar {
  checkScalar("differentiate", root);
  if (!Number.isInteger(index)) {
    throw new TypeError(
      `Cannot differentiate with respect to argument ${
        describe(index)
      }: arguments are numbered from 0; pass the number of one`,
    );
  }
  const slopes = new Map<Scalar, Scalar>();
  const slope = (x: Scalar): Scalar => slopes.get(x)!;
  for (const x of subexpressions(root)) slopes.set(x, differentiate(x, index, slope));
  return slope(root);
}

function differentiate(x: Scalar, index: number, slope: (part: Scalar) => Scalar): Scalar {
  switch (x.kind) {
    case "constant":
      return ZERO;
    case "argument":
      return x.index === index ? ONE : ZERO;
    case "unary":
      return chainRule(slope(x.inputs[0]), UNARY_DERIVATIVES[x.name](x.inputs[0], x));
    case "binary": {
      const [a, b] = x.inputs, [da, db] = BINARY_DERIVATIVES[x.name](a, b, x);
      return x.name === "sub"
        ? symbolicDifference(slope(a), slope(b))
        : symbolicSum(chainRule(slope(a), da), chainRule(slope(b), db));
    }
    case "select":
      return select(x.inputs[0], slope(x.inputs[1]), slope(x.inputs[2]));
  }
}

/**
 * Multiplies two slopes; a constant slope of 0 gives 0 even if the other factor turns out to be infinite or NaN.
 *
 * @returns The constant 0 if either factor is the constant 0.
 */
export const chainRule = (inner: Scalar, outer: Scalar): Scalar =>
  inner === ZERO || outer === ZERO ? ZERO : mul(inner, outer);

const symbolicSum = (a: Scalar, b: Scalar): Scalar => a === ZERO ? b : b === ZERO ? a : add(a, b);

const symbolicDifference = (a: Scalar, b: Scalar): Scalar => b === ZERO ? a : a === ZERO ? neg(b) : sub(a, b);
