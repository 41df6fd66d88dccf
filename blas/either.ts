/**
 * The functions of fp-ts's `Either` that the library uses, under their names there.
 *
 * Values are those of fp-ts: what this makes, fp-ts takes, and the other way round. These functions are the library's own
 * because bundlers cannot divide fp-ts's modules for runtimes, 46 KB with `Option`, a third of what a page that adds two tensors
 * would load, and runtimes do not find its modules for bundlers. `pipe` is fp-ts's.
 *
 * @module
 */
import type { Either } from "../deps.ts";

/** Makes an error. */
export const left = <E = never, A = never>(error: E): Either<E, A> => ({ _tag: "Left", left: error });

/** Makes an answer. */
export const right = <E = never, A = never>(answer: A): Either<E, A> => ({ _tag: "Right", right: answer });

/** Tells whether it is an error. */
export const isLeft = <E, A>(either: Either<E, A>): either is Extract<Either<E, A>, { readonly _tag: "Left" }> =>
  either._tag === "Left";

/** Tells whether it is an answer. */
export const isRight = <E, A>(either: Either<E, A>): either is Extract<Either<E, A>, { readonly _tag: "Right" }> =>
  either._tag === "Right";

/** Returns what becomes of an error, or of an answer. */
export const match = <E, A, B>(onLeft: (error: E) => B, onRight: (answer: A) => B) => (either: Either<E, A>): B =>
  isLeft(either) ? onLeft(either.left) : onRight(either.right);

/** Changes an answer; an error stays. */
export const map = <A, B>(f: (answer: A) => B) => <E>(either: Either<E, A>): Either<E, B> =>
  isLeft(either) ? either : right(f(either.right));

/** Changes an error; an answer stays. */
export const mapLeft = <E, G>(f: (error: E) => G) => <A>(either: Either<E, A>): Either<G, A> =>
  isLeft(either) ? left(f(either.left)) : either;

/** Goes on from an answer with what may fail in its turn; an error stays. */
export const chain = <E, A, B>(f: (answer: A) => Either<E, B>) => (either: Either<E, A>): Either<E, B> =>
  isLeft(either) ? either : f(either.right);

/** Returns all answers, or the first error. */
export const sequenceArray = <E, A>(eithers: readonly Either<E, A>[]): Either<E, readonly A[]> =>
  eithers.reduce<Either<E, readonly A[]>>(
    (answers, either) => chain((all: readonly A[]) => map((answer: A) => [...all, answer])(either))(answers),
    right([]),
  );
