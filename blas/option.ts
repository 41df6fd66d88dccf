/**
 * The functions of fp-ts's `Option` that the library uses, under their names there; see `either.ts`.
 *
 * @module
 */
import type { Option } from "../deps.ts";

/** Nothing. */
export const none: Option<never> = { _tag: "None" };

/** Makes something of a value. */
export const some = <A>(value: A): Option<A> => ({ _tag: "Some", value });

/** Returns nothing for `null` and `undefined`, and something for any other value. */
export const fromNullable = <A>(value: A): Option<NonNullable<A>> =>
  value === null || value === undefined ? none : some(value);
