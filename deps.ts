/**
 * The one place that names outside packages, but for those of entries apart, which a `packages.ts` of their own names.
 * Library code imports them from here, never by bare specifier: a project that imports nanograd by URL has no import map
 * of ours.
 *
 * The types of fp-ts that appear in public signatures are written out, in the very shape that fp-ts gives them: values of
 * one are values of the other, and documentation and editors show what they are. `blas/either.ts` has the functions that the
 * library uses.
 *
 * @module
 */
export { pipe } from "npm:fp-ts@2.16.11/es6/function.js";

// @ts-types="npm:@types/ndarray@1.1.0"
export { default as ndarray } from "npm:ndarray@1.1.1";

/** fp-ts's `Either`: an error (`Left`) or an answer (`Right`). */
export type Either<E, A> =
  | { readonly _tag: "Left"; readonly left: E }
  | { readonly _tag: "Right"; readonly right: A };

/** fp-ts's `Option`: something (`Some`) or nothing (`None`). */
export type Option<A> = { readonly _tag: "None" } | { readonly _tag: "Some"; readonly value: A };

/** fp-ts's `Semigroup`: a way to join two values, such that the order of joining three does not matter. */
export type Semigroup<A> = {
  /** Joins two values. */
  readonly concat: (x: A, y: A) => A;
};

/** fp-ts's `Monoid`: a {@link Semigroup} with a value that changes nothing it is joined to. */
export type Monoid<A> = Semigroup<A> & {
  /** The value that changes nothing. */
  readonly empty: A;
};

/** fp-ts's `TaskEither`: work that is done when it is called, and that ends with an error or an answer. */
export type TaskEither<E, A> = () => Promise<Either<E, A>>;
