/**
 * What the library made, told from what a program has changed.
 *
 * A copy of a record, `{ ...denseLayer(4, 2), apply: mine }`, keeps the kind and the settings of what it was copied from,
 * and computes something else. Only what computes as it was made to may be saved as what it says it is.
 *
 * @module
 */
import { shared } from "../blas/shared.ts";
import { ConfigError } from "./checkpoint/errors.ts";
import { insideOf } from "./inside.ts";
import type { AnyLayer } from "./layer.ts";
import { registered } from "./register_layer.ts";

/** The records made, by the function of each that computes. */
const records = /* @__PURE__ */ shared("made", () => new WeakMap<object, object>());

/**
 * Remembers a record as made by the library, and returns it.
 *
 * @param compute The name of the function that computes, one of the record's own.
 */
export function remembered<T extends object>(record: T, compute: keyof T): T {
  records.set(record[compute] as object, record);
  return record;
}

/** Tells whether a record, or what it was copied from, was made by the library, and these fields are what they were. */
export function isAsMade<T extends object>(record: T, compute: keyof T, fields: readonly (keyof T)[]): boolean {
  const own: unknown = record[compute],
    made = typeof own === "function" ? records.get(own) as T | undefined : undefined;
  return made !== undefined && fields.every((field) => record[field] === made[field]);
}

/** The fields of a layer that its settings describe: the name and the initial variables may be others. */
const DESCRIBED = ["kind", "config", "activation", "layers", "wraps"] as const;

/**
 * Throws if a layer, or one inside, computes something else than its settings say.
 *
 * @throws {ConfigError} With this remedy.
 */
export function checkAsMade(layer: AnyLayer, remedy: string): void {
  const { kind, name, activation } = layer;
  // What a program registered is its own: it says itself what its settings mean.
  const own = registered(kind) !== undefined || isAsMade(layer, "apply", DESCRIBED);
  if (!own || !isAsMade(activation, "forward", ["name", "config"])) {
    const given = `${name} of kind ${kind}`, what = own ? `the activation ${activation.name} does` : "its settings say";
    const problem = `it must compute as ${what}, and is a copy that was changed`;
    throw new ConfigError({ action: "write a layer as JSON", given, problem, remedy });
  }
  for (const inner of insideOf(layer) ?? []) checkAsMade(inner, remedy);
}
