/**
 * The analysis of which expressions are never -0, so that adding 0 does not change them.
 *
 * @module
 */
import type { BinaryFunction } from "./functions.ts";
import type { Scalar } from "./scalar.ts";

const known = new WeakMap<Scalar, boolean>();

/** Tells whether an expression can never be -0, whatever its arguments are. */
export function isNeverMinusZero(x: Scalar): boolean {
  const found = known.get(x);
  if (found !== undefined) return found;
  const made = decide(x);
  known.set(x, made);
  return made;
}

function decide(x: Scalar): boolean {
  switch (x.kind) {
    case "constant":
      return !Object.is(x.value, -0);
    case "argument":
      return false;
    case "unary":
      return x.name === "abs" || x.name === "exp" || x.name === "exp2" || x.name === "sigmoid";
    case "binary":
      return decideBinary(x.name, ...x.inputs);
    case "select":
      return isNeverMinusZero(x.inputs[1]) && isNeverMinusZero(x.inputs[2]);
  }
}

function decideBinary(name: BinaryFunction, a: Scalar, b: Scalar): boolean {
  switch (name) {
    case "add": // only -0 + -0 is -0
      return isNeverMinusZero(a) || isNeverMinusZero(b);
    case "sub": // only -0 - 0 is -0
      return isNeverMinusZero(a);
    case "mul":
      return a === b;
    case "div":
    case "pow":
    case "remainder":
      return false;
    case "max": // 0 is larger than -0
      return isAboveMinusZero(a) || isAboveMinusZero(b) || (isNeverMinusZero(a) && isNeverMinusZero(b));
    case "min":
      return isNeverMinusZero(a) && isNeverMinusZero(b);
    default: // comparisons give 0 or 1
      return true;
  }
}

const isAboveMinusZero = (x: Scalar): boolean => x.kind === "constant" && x.value >= 0 && !Object.is(x.value, -0);
