/**
 * Checks of truth values, optimizers, their states and transforms: callers without types can pass anything.
 *
 * @module
 */
import { describe } from "../blas/describe.ts";
import { hasName, isOptimizer } from "./optimizer.ts";
import type { StateTree } from "./transforms/transform.ts";

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

/**
 * Throws if the memory of a state lacks what an optimizer keeps there: the state was made by another one.
 *
 * @param fields Names of fields; for one that is a list, with the length that it must have.
 */
export function checkMemory(
  name: string,
  memory: StateTree,
  fields: { readonly [field: string]: number | undefined },
): void {
  const kept: { readonly [field: string]: unknown } = memory !== null && typeof memory === "object"
    ? { ...memory }
    : {};
  for (const [field, length] of Object.entries(fields)) {
    const found = kept[field];
    if (length === undefined ? found !== undefined : Array.isArray(found) && found.length === length) continue;
    throw new TypeError(
      `Cannot step ${name} with ${describe(found)} for ${field} in the state's memory: the state must be one of this ` +
        "optimizer; begin with its init",
    );
  }
}

const isTransform = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "init" in value && typeof value.init === "function" &&
  "update" in value && typeof value.update === "function" && hasName(value);
