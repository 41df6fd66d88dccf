/**
 * Checks of truth values, optimizers and transforms: callers without types can pass anything.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { hasName, isOptimizer } from "./optimizer.ts";

/** Throws if the value is not a truth value. */
export function checkFlag(what: string, name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} for ${name}: it must be true or false; correct it`,
  );
}

/** Throws if the value is not an optimizer. */
export function checkOptimizer(what: string, value: unknown): void {
  if (isOptimizer(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} as its optimizer: it must be one; pass one such as adam(), last`,
  );
}

/** Throws if the value is neither a transform nor an optimizer. */
export function checkPart(what: string, value: unknown): void {
  if (isOptimizer(value) || isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${
      describe(value)
    } as a part: it must be a transform or an optimizer; pass one such as ` +
      "clipNorm(1)",
  );
}

/** Throws if the value is not a transform. */
export function checkTransform(what: string, value: unknown): void {
  if (isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} as its transform: it must be one; pass one such as weightDecay(0.1)`,
  );
}

const isTransform = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
  "update" in value && typeof value.update === "function" && hasName(value);
