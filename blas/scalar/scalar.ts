/**
 * Scalar expressions: an element-wise operation, written once, as a function of numbers.
 *
 * An expression yields its value, its derivative, the loops that the engines run, and the fusion of whole chains.
 * Equal expressions are one object: `===` compares them, and a subexpression used twice is computed once.
 *
 * @module
 */
import { describe } from "../describe.ts";
import { checkFunctionName, checkReplacer, checkScalars } from "./checks.ts";
import { intern, internBinary, type Scalar } from "./interned.ts";
import { checkScalar } from "./made_scalars.ts";
import { isNeverMinusZero } from "./minus_zero.ts";
import { BINARY_FUNCTIONS, type BinaryFunction, UNARY_FUNCTIONS, type UnaryFunction } from "./functions.ts";

export { argument, type Scalar } from "./interned.ts";

/** The argument of a builder: an expression, or a number that stands for a constant. */
export type ScalarLike = Scalar | number;

/** Returns a number as an expression. */
export function constantScalar(value: number): Scalar {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot build a scalar expression of ${describe(value)}: it must be a number; pass one`);
  }
  return intern(`c${Object.is(value, -0) ? "-0" : value}`, { kind: "constant", value });
}

function lift(x: ScalarLike): Scalar {
  if (typeof x === "number") return constantScalar(x);
  checkScalar("build a scalar expression of", x);
  return x;
}

/** Applies the function of this name; the result for a constant is a constant. */
export function unary(name: UnaryFunction, x: ScalarLike): Scalar {
  checkFunctionName(UNARY_FUNCTIONS, name);
  const a = lift(x);
  if (a.kind === "constant") return constantScalar(UNARY_FUNCTIONS[name](a.value));
  if (name === "neg" && a.kind === "unary" && a.name === "neg") return a.inputs[0];
  return intern(`${name} ${a.id}`, { kind: "unary", name, inputs: [a] });
}

/**
 * Applies the function of this name; the result for constants is a constant, and operations without effect are dropped.
 */
export function binary(name: BinaryFunction, x: ScalarLike, y: ScalarLike): Scalar {
  checkFunctionName(BINARY_FUNCTIONS, name);
  const a = lift(x), b = lift(y);
  if (a.kind === "constant" && b.kind === "constant") return constantScalar(BINARY_FUNCTIONS[name](a.value, b.value));
  return simplify(name, a, b) ?? internBinary(name, a, b);
}

const isConstant = (x: Scalar, value: number): boolean => x.kind === "constant" && Object.is(x.value, value);

/** Applies the identities that hold for all numbers, including zeros of either sign, infinities and NaN. */
function simplify(name: BinaryFunction, a: Scalar, b: Scalar): Scalar | undefined {
  switch (name) {
    case "add": // -0 + 0 is 0
      if (isConstant(a, -0) || (isConstant(a, 0) && isNeverMinusZero(b))) return b;
      return isConstant(b, -0) || (isConstant(b, 0) && isNeverMinusZero(a)) ? a : undefined;
    case "sub": // 0 - 0 is 0, and not -0
      return isConstant(b, 0) ? a : isConstant(a, -0) ? neg(b) : undefined;
    case "mul":
      if (isConstant(a, 1)) return b;
      if (isConstant(b, 1)) return a;
      return isConstant(a, -1) ? neg(b) : isConstant(b, -1) ? neg(a) : undefined;
    case "div":
      return isConstant(b, 1) ? a : undefined;
    case "pow":
      return isConstant(b, 1) ? a : isConstant(b, 0) ? constantScalar(1) : isConstant(b, 2) ? mul(a, a) : undefined;
    default:
      return undefined;
  }
}

/** Builds `test ? then : otherwise`, where 0 is false. The other branch has no influence, even if it is NaN. */
export function select(test: ScalarLike, then: ScalarLike, otherwise: ScalarLike): Scalar {
  const t = lift(test), a = lift(then), b = lift(otherwise);
  if (t.kind === "constant") return t.value !== 0 ? a : b;
  return a === b ? a : intern(`? ${t.id} ${a.id} ${b.id}`, { kind: "select", inputs: [t, a, b] });
}

/** `-x`. */
export const neg = (x: ScalarLike): Scalar => unary("neg", x);
/** `|x|`. */
export const abs = (x: ScalarLike): Scalar => unary("abs", x);
/** -1, 0 or 1. */
export const sign = (x: ScalarLike): Scalar => unary("sign", x);
/** The square root. */
export const sqrt = (x: ScalarLike): Scalar => unary("sqrt", x);
/** The largest whole number up to `x`. */
export const floor = (x: ScalarLike): Scalar => unary("floor", x);
/** The smallest whole number from `x` on. */
export const ceil = (x: ScalarLike): Scalar => unary("ceil", x);
/** The nearest whole number, the even one of two. */
export const round = (x: ScalarLike): Scalar => unary("round", x);
/** `x` without its fraction. */
export const trunc = (x: ScalarLike): Scalar => unary("trunc", x);
/** e to the power `x`. */
export const exp = (x: ScalarLike): Scalar => unary("exp", x);
/** 2 to the power `x`. */
export const exp2 = (x: ScalarLike): Scalar => unary("exp2", x);
/** `exp(x) - 1`, exact for small `x`. */
export const expm1 = (x: ScalarLike): Scalar => unary("expm1", x);
/** The natural logarithm. */
export const log = (x: ScalarLike): Scalar => unary("log", x);
/** `log(1 + x)`, exact for small `x`. */
export const log1p = (x: ScalarLike): Scalar => unary("log1p", x);
/** The sine; `x` in radians. */
export const sin = (x: ScalarLike): Scalar => unary("sin", x);
/** The cosine; `x` in radians. */
export const cos = (x: ScalarLike): Scalar => unary("cos", x);
/** The angle in radians whose tangent is `x`, between -pi / 2 and pi / 2. */
export const atan = (x: ScalarLike): Scalar => unary("atan", x);
/** The hyperbolic tangent. */
export const tanh = (x: ScalarLike): Scalar => unary("tanh", x);
/** The logistic function `1 / (1 + exp(-x))`, without overflow. */
export const sigmoid = (x: ScalarLike): Scalar => unary("sigmoid", x);
/** The error function. */
export const erf = (x: ScalarLike): Scalar => unary("erf", x);
/** `x + y`. */
export const add = (x: ScalarLike, y: ScalarLike): Scalar => binary("add", x, y);
/** `x - y`. */
export const sub = (x: ScalarLike, y: ScalarLike): Scalar => binary("sub", x, y);
/** `x * y`. */
export const mul = (x: ScalarLike, y: ScalarLike): Scalar => binary("mul", x, y);
/** `x / y`. */
export const div = (x: ScalarLike, y: ScalarLike): Scalar => binary("div", x, y);
/** `x` to the power `y`. */
export const pow = (x: ScalarLike, y: ScalarLike): Scalar => binary("pow", x, y);
/** The remainder of `x / y`, with the sign of `y`. */
export const remainder = (x: ScalarLike, y: ScalarLike): Scalar => binary("remainder", x, y);
/** The larger one; NaN if either is NaN. */
export const max = (x: ScalarLike, y: ScalarLike): Scalar => binary("max", x, y);
/** The smaller one; NaN if either is NaN. */
export const min = (x: ScalarLike, y: ScalarLike): Scalar => binary("min", x, y);
/** 1 where `x > y`, else 0. */
export const greater = (x: ScalarLike, y: ScalarLike): Scalar => binary("greater", x, y);
/** 1 where `x >= y`, else 0. */
export const greaterEqual = (x: ScalarLike, y: ScalarLike): Scalar => binary("greaterEqual", x, y);
/** 1 where `x < y`, else 0. */
export const less = (x: ScalarLike, y: ScalarLike): Scalar => binary("less", x, y);
/** 1 where `x <= y`, else 0. */
export const lessEqual = (x: ScalarLike, y: ScalarLike): Scalar => binary("lessEqual", x, y);
/** 1 where `x` equals `y`, else 0. */
export const equal = (x: ScalarLike, y: ScalarLike): Scalar => binary("equal", x, y);

/**
 * Lists an expression and all its subexpressions, each once, inputs before the expressions that use them.
 */
export function subexpressions(root: Scalar): readonly Scalar[] {
  return subexpressionsOf([root]);
}

/** Does what {@link subexpressions} does for several expressions, and lists what they share once. */
export function subexpressionsOf(roots: readonly Scalar[]): readonly Scalar[] {
  checkScalars(roots);
  const order = new Set<Scalar>();
  const visit = (x: Scalar): void => {
    if (order.has(x)) return;
    if ("inputs" in x) x.inputs.forEach(visit);
    order.add(x);
  };
  roots.forEach(visit);
  return [...order];
}

/**
 * Rebuilds an expression with some parts replaced, and simplifies it on the way.
 *
 * @param root The expression.
 * @param replace Returns the replacement of a part, or `undefined` to keep the part and look at its inputs.
 */
export function substitute(root: Scalar, replace: (part: Scalar) => Scalar | undefined): Scalar {
  return substitution(replace)(root);
}

/** Returns a function that does what {@link substitute} does, and visits what several expressions share once. */
export function substitution(replace: (part: Scalar) => Scalar | undefined): (root: Scalar) => Scalar {
  checkReplacer(replace);
  const done = new Map<Scalar, Scalar>();
  const visit = (x: Scalar): Scalar => {
    const found = done.get(x);
    if (found !== undefined) return found;
    const replacement = replace(x);
    if (replacement !== undefined) checkScalar("substitute by", replacement);
    const result = replacement ?? rebuild(x, visit);
    done.set(x, result);
    return result;
  };
  return (root) => {
    checkScalar("substitute in", root);
    return visit(root);
  };
}

function rebuild(x: Scalar, visit: (part: Scalar) => Scalar): Scalar {
  switch (x.kind) {
    case "unary":
      return unary(x.name, visit(x.inputs[0]));
    case "binary":
      return binary(x.name, visit(x.inputs[0]), visit(x.inputs[1]));
    case "select":
      return select(visit(x.inputs[0]), visit(x.inputs[1]), visit(x.inputs[2]));
    default:
      return x;
  }
}
