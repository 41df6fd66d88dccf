/**
 * The functions of fp-ts's `Either` that the library uses, under their names there.
 *
 * The values are those of fp-ts, so they pass between both. The functions are not imported from fp-ts
 * because bundlers cannot drop unused parts of its CommonJS modules (46 KB with `Option`, a third of what a page that
 * adds two tensors would load), and runtimes do not find its ES modules. `pipe` is fp-ts's.
 *
 * @module
 */
import type { Either } from "../deps.ts";

/** Makes a `Left`: an error. */
export const left = <E = never, A = never>(error: E): Either<E, A> => ({ _tag: "Left", left: error });

/** Makes a `Right`: a value. */
export const right = <E = never, A = never>(value: A): Either<E, A> => ({ _tag: "Right", right: value });

/** Tells whether this is an error. */
export const isLeft = <E, A>(either: Either<E, A>): either is Extract<Either<E, A>, { readonly _tag: "Left" }> =>
  either._tag === "Left";

/** Tells whether this is a value. */
export const isRight = <E, A>(either: Either<E, A>): either is Extract<Either<E, A>, { readonly _tag: "Right" }> =>
  either._tag === "Right";

/** Applies one of two functions: to the error, or to the value. */
export const match = <E, A, B>(onLeft: (error: E) => B, onRight: (value: A) => B) => (either: Either<E, A>): B =>
  isLeft(either) ? onLeft(either.left) : onRight(either.right);

/** Applies a function to a value; an error stays. */
export const map = <A, B>(f: (value: A) => B) => <E>(either: Either<E, A>): Either<E, B> =>
  isLeft(either) ? either : right(f(either.right));

/** Applies a function to an error; a value stays. */
export const mapLeft = <E, G>(f: (error: E) => G) => <A>(either: Either<E, A>): Either<G, A> =>
  isLeft(either) ? left(f(either.left)) : either;

/** Applies a function that may fail in its turn to a value; an error stays. */
export const chain = <E, A, B>(f: (value: A) => Either<E, B>) => (either: Either<E, A>): Either<E, B> =>
  isLeft(either) ? either : f(either.right);

/** Returns all values, or the first error. */
export const sequenceArray = <E, A>(eithers: readonly Either<E, A>[]): Either<E, readonly A[]> =>
  eithers.reduce<Either<E, readonly A[]>>(
    (values, either) => chain((all: readonly A[]) => map((value: A) => [...all, value])(either))(values),
    right([]),
  );
