/**
 * Checks of what callers without types pass to the functions of scalar expressions.
 *
 * @module
 */
import { describe } from "../describe.ts";
import { checkScalar } from "./made_scalars.ts";

/** Throws if no function has this name. */
export function checkFunctionName(functions: object, name: string): void {
  if (typeof name === "string" && Object.hasOwn(functions, name)) return;
  throw new TypeError(
    `Cannot build a scalar expression with the function ${describe(name)}: the functions are ${
      Object.keys(functions).join(", ")
    }; pass the name of one`,
  );
}

/** Throws unless these are scalar expressions in an array. */
export function checkScalars(roots: readonly unknown[]): void {
  if (!Array.isArray(roots)) {
    throw new TypeError(
      `Cannot list the parts of ${describe(roots)}: they must be scalar expressions in an array; pass one such as ` +
        "[argument(0)]",
    );
  }
  for (const root of roots) checkScalar("list the parts of", root);
}

/** Throws unless parts are replaced by a function. */
export function checkReplacer(replace: unknown): void {
  if (typeof replace === "function") return;
  throw new TypeError(
    `Cannot substitute by ${describe(replace)}: it must be a function of a part; pass (part) => undefined to keep all`,
  );
}

/** Throws unless arguments are in an array. */
export function checkArguments(args: unknown): void {
  if (typeof args === "object" && args !== null) return;
  throw new TypeError(
    `Cannot evaluate a scalar expression for ${describe(args)}: arguments must be an array of numbers; pass one`,
  );
}
