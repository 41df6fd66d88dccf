/**
 * Errors of data from outside: files, archives, tables.
 *
 * @module
 */
import { detailsOf, isMarked, mark, say } from "../../blas/errors.ts";
import type { Either } from "../../deps.ts";
import * as either from "../../blas/either.ts";

/** The parts of a {@link DataError}. */
export type DataErrorDetails = {
  /** The action that failed, such as `"decode a PNG image"`. */
  readonly action: string;
  /** What was found, such as `"12 bytes"` or the name of a file. */
  readonly given: string;
  /** What is wrong with it. */
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
};

/**
 * The error of data that cannot be read: an answer of decoders (`Left`), and what streams of batches throw.
 *
 * @example
 * ```ts
 * import { DataError, decodeImage } from "@nanograd/nanograd/data";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const image = decodeImage(new Uint8Array(3));
 * assert(image._tag === "Left" && image.left instanceof DataError);
 * assertEquals(image.left.given, "3 bytes");
 * ```
 */
export class DataError extends Error implements DataErrorDetails {
  /** `"DataError"` */
  override readonly name = "DataError";
  /** The action that failed. */
  declare readonly action: string;
  /** What was found. */
  declare readonly given: string;
  /** What is wrong with it. */
  declare readonly problem: string;
  /** What to do about it. */
  declare readonly remedy: string;

  /** Makes the message from its parts. */
  constructor(details: DataErrorDetails, options?: ErrorOptions) {
    const { action, given, problem, remedy } = detailsOf("DataError", details);
    super(say`Cannot ${action}: ${given}: ${problem}; ${remedy}`, options);
    mark(this, "DataError", { action, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, DataError, "DataError", value);
  }
}

/** Makes an error as an answer. */
export const failed = (details: DataErrorDetails, options?: ErrorOptions): Either<DataError, never> =>
  either.left(new DataError(details, options));

/** Returns what an outside package has thrown, in words that fit into an error: one line, no period at the end. */
export function problemOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split("\n")[0] ?? "").replace(/[.\s]+$/, "").slice(0, 200) || "it is damaged";
}

/** Writes a number of bytes: `3 bytes`. */
export const inBytes = (count: number): string => `${count} byte${count === 1 ? "" : "s"}`;

/** Returns the answer, or throws the error. */
export function orThrow<A>(answer: Either<DataError, A>): A {
  if (either.isLeft(answer)) throw answer.left;
  return answer.right;
}
