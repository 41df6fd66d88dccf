/**
 * Which objects are scalar expressions: those that the builders of expressions have made. An object that only looks like
 * one, such as a copy, is not equal to any, and its parts can be anything.
 *
 * @module
 */
import { describe } from "../describe.ts";
import { shared } from "../shared.ts";

/**
 * The class of all expressions, one for all copies of the library. (A set of the expressions would keep them in
 * memory.)
 */
const MadeScalar = /* @__PURE__ */ shared("MadeScalar", () =>
  class ScalarExpression {
    constructor(parts: object) {
      Object.freeze(Object.assign(this, parts));
    }
  });

/** Makes a frozen expression from its parts. */
export function madeOf<S extends object>(parts: S): S {
  return new MadeScalar(parts) as S; // it has these parts
}

/**
 * Throws if a value is not a scalar expression.
 *
 * @param action The action for the error message, such as `"differentiate"`.
 * @throws {TypeError} If no builder has made it.
 */
export function checkScalar(action: string, x: unknown): void {
  if (x instanceof MadeScalar) return;
  throw new TypeError(
    `Cannot ${action} ${describe(x)}: it must be a scalar expression; begin with argument(0), or wrap a number with ` +
      "constantScalar",
  );
}
