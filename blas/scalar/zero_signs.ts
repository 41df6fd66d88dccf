/**
 * Additions of 0 that change nothing but the sign of a zero, where that sign does not matter.
 *
 * A sum of one product is `a * b + 0`, since no sum is -0. Where it is only compared, or added to something else whose zeros
 * are replaced, the addition can go.
 *
 * @module
 */
import type { BinaryFunction, UnaryFunction } from "./functions.ts";
import { type Scalar, subexpressionsOf, substitution } from "./scalar.ts";

type Part = Extract<Scalar, { inputs: unknown }>;

/** Functions that have the same value at 0 and -0. */
const EVEN_AT_ZERO: ReadonlySet<UnaryFunction> =
  /* @__PURE__ */ (() => new Set<UnaryFunction>(["abs", "exp", "exp2", "log", "cos", "sigmoid"]))();

const known = new WeakMap<Scalar, boolean>();

/** Returns what remains of `x + 0` without the addition; `undefined` if an expression is something else. */
function withoutZero(x: Scalar): Scalar | undefined {
  if (x.kind !== "binary" || x.name !== "add") return undefined;
  const [a, b] = x.inputs, isZero = (y: Scalar): boolean => y.kind === "constant" && Object.is(y.value, 0);
  return isZero(b) ? a : isZero(a) ? b : undefined;
}

/** Tells whether an addition of 0 is a part of an expression. */
function addsZero(x: Scalar): boolean {
  if (!("inputs" in x)) return false;
  const found = known.get(x);
  if (found !== undefined) return found;
  const made = withoutZero(x) !== undefined || x.inputs.some(addsZero);
  known.set(x, made);
  return made;
}

/**
 * Returns the same expressions without the additions of 0 on which only the signs of zeros depend that none of their values
 * depends on. The list is the same one if there are none.
 */
export function withoutIdleZeros(roots: readonly Scalar[]): readonly Scalar[] {
  if (!roots.some(addsZero)) return roots;
  const signed = new Set<Scalar>(roots);
  // Expressions come before the parts that they are made of, so that it is known whether their own sign matters.
  for (const x of subexpressionsOf(roots).toReversed()) {
    if (!("inputs" in x)) continue;
    x.inputs.forEach((input, k) => {
      if (passesSign(x, k, signed.has(x))) signed.add(input);
    });
  }
  const idle = subexpressionsOf(roots).filter((x) => withoutZero(x) !== undefined && !signed.has(x));
  if (idle.length === 0) return roots;
  const visit: (x: Scalar) => Scalar = substitution((x) => {
    const rest = signed.has(x) ? undefined : withoutZero(x);
    return rest && visit(rest);
  });
  return roots.map(visit);
}

/**
 * Tells whether the value of a function, or the sign of its zero where that matters, depends on the sign of one of its inputs,
 * which is zero.
 */
function passesSign(x: Part, input: number, isSigned: boolean): boolean {
  switch (x.kind) {
    case "unary":
      return isSigned && !EVEN_AT_ZERO.has(x.name);
    case "binary":
      return passesSignOfTwo(x.name, x.inputs, input, isSigned);
    case "select": // -0 is false, as 0 is
      return isSigned && input > 0 && !(input === 2 && isReplacedAtZero(x.inputs[0], x.inputs[2]));
  }
}

function passesSignOfTwo(
  name: BinaryFunction,
  [a, b]: readonly [Scalar, Scalar],
  input: number,
  isSigned: boolean,
): boolean {
  switch (name) {
    case "add":
    case "sub":
    case "max":
    case "min":
      return isSigned;
    case "mul":
      return isSigned && a !== b;
    case "div": // a quotient by zero is infinite, with its sign
      return isSigned || input === 1;
    case "pow":
    case "remainder":
      return true;
    default: // comparisons
      return false;
  }
}

/** Tells whether a choice between something and `x` never takes an `x` of 0: its test is whether `|x|` is below a number. */
function isReplacedAtZero(test: Scalar, x: Scalar): boolean {
  if (test.kind !== "binary" || test.name !== "less") return false;
  const [size, limit] = test.inputs;
  return size.kind === "unary" && size.name === "abs" && size.inputs[0] === x && limit.kind === "constant" &&
    limit.value > 0;
}
