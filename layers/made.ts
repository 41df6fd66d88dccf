/**
 * Layers and cells as the library made them, distinguished from copies that a program has changed.
 *
 * A copy of a record, `{ ...denseLayer(4, 2), apply: mine }`, keeps the kind and the settings of the original, but
 * computes something else. It must not be saved as if it were the original.
 *
 * @module
 */
import { shared } from "../blas/shared.ts";
import { ConfigError } from "./checkpoint/errors.ts";
import { insideOf } from "./inside.ts";
import type { AnyLayer } from "./layer.ts";
import { registered } from "./register_layer.ts";

/** The records made by the library, by the function with which each computes. */
const records = /* @__PURE__ */ shared("made", () => new WeakMap<object, object>());

/**
 * Remembers that the library made a record, and returns the record.
 *
 * @param compute The name of the function that computes, one of the record's own.
 */
export function remembered<T extends object>(record: T, compute: keyof T): T {
  records.set(record[compute] as object, record); // a function, so an object
  return record;
}

/** Tells whether the library made a record, or the original of a copy, and these fields have not been changed. */
export function isAsMade<T extends object>(record: T, compute: keyof T, fields: readonly (keyof T)[]): boolean {
  const own: unknown = record[compute];
  // Records are found by their own function, so this one has the type of `record`.
  const made = typeof own === "function" ? records.get(own) as T | undefined : undefined;
  return made !== undefined && fields.every((field) => record[field] === made[field]);
}

/** The fields of a layer that its settings describe; a copy may have another name and other initial variables. */
const DESCRIBED = ["kind", "config", "activation", "layers", "wraps"] as const;

/**
 * Throws if a layer, or one inside it, computes something other than its settings say.
 *
 * @throws {ConfigError} With this remedy.
 */
export function checkAsMade(layer: AnyLayer, remedy: string): void {
  const { kind, name, activation } = layer;
  // A program that registers a kind decides itself what its settings mean.
  const own = registered(kind) !== undefined || isAsMade(layer, "apply", DESCRIBED);
  if (!own || !isAsMade(activation, "forward", ["name", "config"])) {
    const given = `${name} of kind ${kind}`, what = own ? `the activation ${activation.name} does` : "its settings say";
    const problem = `it must compute as ${what}, and is a copy that was changed`;
    throw new ConfigError({ action: "write a layer as JSON", given, problem, remedy });
  }
  for (const inner of insideOf(layer) ?? []) checkAsMade(inner, remedy);
}
