/**
 * Errors that say what was given, what is wrong with it, and what to do.
 *
 * @module
 */
import type { Shape } from "./shape.ts";

/** What a {@link ShapeError} is made from, and has as fields. */
export type ShapeErrorDetails = {
  /** The operation that was called. */
  readonly op: string;
  /** The operands by name, each a shape or a value that was given. */
  readonly given: { readonly [name: string]: Shape | string };
  /** What does not fit, with both numbers. */
  readonly problem: string;
  /** How to fix it. */
  readonly remedy: string;
};

/**
 * The error for shapes, axes or sizes that an operation cannot work with.
 *
 * @example The operands are fields of the error
 * ```ts
 * import { matmul, ShapeError, zeros } from "@nanograd/nanograd";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => matmul(zeros([32, 784]), zeros([128, 784])), ShapeError);
 * assertEquals(error.given, { a: [32, 784], b: [128, 784] });
 * ```
 */
export class ShapeError extends TypeError implements ShapeErrorDetails {
  /** `"ShapeError"` */
  override readonly name = "ShapeError";
  /** The operation that was called. */
  readonly op: string;
  /** The operands by name, each a shape or a value that was given. */
  readonly given: ShapeErrorDetails["given"];
  /** What does not fit, with both numbers. */
  readonly problem: string;
  /** How to fix it. */
  readonly remedy: string;

  /** Composes the message from its parts. */
  constructor({ op, given, problem, remedy }: ShapeErrorDetails) {
    super(`Cannot apply ${op}${describeGiven(given)}: ${problem}; ${remedy}`);
    this.op = op;
    this.given = given;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Tells whether an error is a {@link ShapeError}, thrown by whichever copy of the library. */
export const isShapeError = (error: unknown): error is ShapeError =>
  error instanceof ShapeError || (error instanceof TypeError && error.name === "ShapeError" && "problem" in error);

/** The error for operands whose dtypes differ, or do not exist. */
export class DTypeError extends TypeError {
  /** `"DTypeError"` */
  override readonly name = "DTypeError";
  /** The operation that was called. */
  readonly op: string;
  /** The dtypes that were given, in the operands' order. */
  readonly given: readonly string[];
  /** What does not fit. */
  readonly problem: string;
  /** How to fix it. */
  readonly remedy: string;

  /** Composes the message from its parts. */
  constructor({ op, given, problem, remedy }: {
    readonly op: string;
    readonly given: readonly string[];
    readonly problem: string;
    readonly remedy: string;
  }) {
    super(`Cannot apply ${op} to ${given.join(" and ")}: ${problem}; ${remedy}`);
    this.op = op;
    this.given = given;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/**
 * Returns a text for any value: a template throws on symbols, and `String` on objects that have no conversion to a
 * string.
 */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Array.isArray(value) ? `an array of ${value.length}` : "an object";
  }
}

/** Writes a shape as `[2, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(textOf).join(", ")}]`;
}

function describeGiven(given: ShapeErrorDetails["given"]): string {
  const parts = Object.entries(given).map(([name, value]) =>
    `${name} ${typeof value === "string" ? value : formatShape(value)}`
  );
  return parts.length === 0 ? "" : ` to ${parts.join(" and ")}`;
}
