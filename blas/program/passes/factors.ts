/**
 * The factors of an expression: what it multiplies and divides by.
 *
 * @module
 */
import { binary, constantScalar, type Scalar, unary } from "../../scalar/scalar.ts";

/** The most arguments and constants of an expression that are looked at. */
const MOST = 32;

/** How often an argument is multiplied by, and whether it is divided by anywhere. */
export type Factor = { readonly times: number; readonly divides: boolean };

/**
 * Returns the arguments that an expression multiplies and divides by, by number; `undefined` if it does more than multiply,
 * divide, negate and take absolute values, or is long.
 */
export function factorsOf(expression: Scalar): ReadonlyMap<number, Factor> | undefined {
  const factors = new Map<number, Factor>();
  let leaves = 0;
  const visit = (x: Scalar, divides: boolean): boolean => {
    switch (x.kind) {
      case "argument": {
        const known = factors.get(x.index);
        factors.set(x.index, { times: (known?.times ?? 0) + 1, divides: divides || known?.divides === true });
        return ++leaves <= MOST;
      }
      case "constant":
        return ++leaves <= MOST && Number.isFinite(x.value) && x.value !== 0;
      case "unary":
        return (x.name === "neg" || x.name === "abs") && visit(x.inputs[0], divides);
      case "binary":
        return (x.name === "mul" || x.name === "div") && visit(x.inputs[0], divides) &&
          visit(x.inputs[1], divides !== (x.name === "div"));
      default:
        return false;
    }
  };
  return visit(expression, false) ? factors : undefined;
}

/**
 * Returns an expression of factors with some of them replaced.
 *
 * @param expression One of which {@link factorsOf} knows the factors.
 * @param replace Returns what stands in place of an argument.
 * @param others Whether constants and signs stay; they are dropped where they are counted elsewhere.
 */
export function withFactors(
  expression: Scalar,
  replace: (index: number) => Scalar,
  others: "kept" | "dropped" = "kept",
): Scalar {
  const visit = (x: Scalar): Scalar => {
    switch (x.kind) {
      case "argument":
        return replace(x.index);
      case "unary":
        return x.name === "neg" && others === "dropped" ? visit(x.inputs[0]) : unary(x.name, visit(x.inputs[0]));
      case "binary":
        return binary(x.name, visit(x.inputs[0]), visit(x.inputs[1]));
      default:
        return others === "dropped" ? ONE : x;
    }
  };
  return visit(expression);
}

/** The factor that changes nothing. */
export const ONE: Scalar = /* @__PURE__ */ constantScalar(1);
