/**
 * Bounds of type parameters: which trees and records a function takes. They admit any record type, and type parameters of
 * the caller.
 *
 * @module
 */
import type { Tree } from "./tree.ts";

/**
 * The bound of a type parameter that must be a tree or a record of some kind: `P extends Admitted<P, Wanted>`. It is
 * `Wanted` for types that do not fit, so that the compiler says what is wrong with them, and does not bound types that do.
 * Neither does it bound types that the compiler does not know yet, type parameters of a function that calls ours,
 * `fit<P extends Model>(params: P)`: no bound that looks into such a type could be met.
 *
 * @typeParam P The type in question.
 * @typeParam Wanted What it must be assignable to, usually written in terms of `P`.
 */
// An `any` is the one branch that the compiler leaves out where it asks what all such types are, so that inside of our
// functions, and for `ReturnType<typeof optimizer.init>`, they are `Wanted`. No value gets the type.
export type Admitted<P, Wanted> = { readonly [F in Misfit<P, Wanted>]: true } extends { readonly misfit: true } ? Wanted
  // deno-lint-ignore no-explicit-any -- see above
  : any;

/**
 * The name of the field that {@link Admitted} looks for. While the compiler does not know `P`, it takes the names for any
 * text, and a record with any names does not have the field.
 */
export type Misfit<P, Wanted> = [P] extends [Wanted] ? never : "misfit";

/**
 * The bound of a type parameter that is a tree with leaves of type `A`: `T extends TreeOf<T, A>`. It admits any record
 * type, including interfaces, which lack the index signature that {@link Tree} requires.
 *
 * @typeParam T The type in question.
 * @typeParam A The type of its leaves.
 */
export type TreeOf<T, A> = Admitted<T, Tree<A> | (object & { readonly [K in keyof T]: PartsOf<T[K], A> })>;

/** A type in which everything that is not a tree of `A` is replaced by `never`. */
// The compiler looks into a mapped array at once, and into one that is written out only when it must, so that lists of
// types that contain themselves have an end.
export type PartsOf<T, A> = T extends Tree<A> | undefined ? T
  : T extends (...args: never[]) => unknown ? never
  : T extends readonly (infer E)[] ? readonly PartsOf<E, A>[]
  : T extends object ? { readonly [K in keyof T]: PartsOf<T[K], A> }
  : never;

/**
 * The bound of a type parameter that is a record, and no list, with values of type `V`: `T extends RecordOf<T, V>`. It
 * admits interfaces, which lack an index signature.
 *
 * @typeParam T The type in question.
 * @typeParam V The type of its values.
 */
export type RecordOf<T, V> = Admitted<
  T,
  object & { readonly [Name in keyof T]: V } & { readonly [Symbol.iterator]?: never }
>;
