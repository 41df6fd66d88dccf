/**
 * Arguments that are truth values, optimizers or transforms: callers without types can pass anything.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { isOptimizer } from "./optimizer.ts";

/** Refuses what is not a truth value. */
export function checkFlag(what: string, name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} for ${name}: it must be true or false; correct it`,
  );
}

/** Refuses what is not an optimizer. */
export function checkOptimizer(what: string, value: unknown): void {
  if (isOptimizer(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} as its optimizer: it must be one; pass adam() or the like, last`,
  );
}

/** Refuses what is neither a transform nor an optimizer. */
export function checkPart(what: string, value: unknown): void {
  if (isOptimizer(value) || isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${
      describe(value)
    } as a part: it must be a transform or an optimizer; pass one such as ` +
      "clipNorm(1)",
  );
}

/** Refuses what is not a transform. */
export function checkTransform(what: string, value: unknown): void {
  if (isTransform(value)) return;
  throw new TypeError(
    `Cannot build ${what} with ${describe(value)} as its transform: it must be one; pass weightDecay(0.1) or the like`,
  );
}

const isTransform = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
  "update" in value && typeof value.update === "function";
