/**
 * The functions of fp-ts's `Option` that the library uses, under their names there; see `either.ts`.
 *
 * @module
 */
import type { Option } from "../deps.ts";

/** The option without a value. */
export const none: Option<never> = { _tag: "None" };

/** Makes an option with a value. */
export const some = <A>(value: A): Option<A> => ({ _tag: "Some", value });

/** Returns {@link none} for `null` and `undefined`, and {@link some} for any other value. */
export const fromNullable = <A>(value: A): Option<NonNullable<A>> =>
  value === null || value === undefined ? none : some(value);
