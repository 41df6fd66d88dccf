/**
 * Errors that say what was given, what is wrong with it, and what to do.
 *
 * @module
 */
import type { Shape } from "./shape.ts";
import { VERSION } from "./version.ts";

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
  declare readonly op: string;
  /** The operands by name, each a shape or a value that was given. */
  declare readonly given: ShapeErrorDetails["given"];
  /** What does not fit, with both numbers. */
  declare readonly problem: string;
  /** How to fix it. */
  declare readonly remedy: string;

  /** Composes the message from its parts. */
  constructor(details: ShapeErrorDetails) {
    const { op, given, problem, remedy } = detailsOf("ShapeError", details);
    super(say`Cannot apply ${op}${describeGiven(given)}: ${problem}; ${remedy}`);
    mark(this, "ShapeError", { op, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, ShapeError, "ShapeError", value);
  }
}

/** The error for operands whose dtypes differ, or do not exist. */
export class DTypeError extends TypeError {
  /** `"DTypeError"` */
  override readonly name = "DTypeError";
  /** The operation that was called. */
  declare readonly op: string;
  /** The dtypes that were given, in the operands' order. */
  declare readonly given: readonly string[];
  /** What does not fit. */
  declare readonly problem: string;
  /** How to fix it. */
  declare readonly remedy: string;

  /** Composes the message from its parts. */
  constructor(
    details: {
      readonly op: string;
      readonly given: readonly string[];
      readonly problem: string;
      readonly remedy: string;
    },
  ) {
    const { op, given, problem, remedy } = detailsOf("DTypeError", details);
    super(say`Cannot apply ${op} to ${listOf("DTypeError", given).join(" and ")}: ${problem}; ${remedy}`);
    mark(this, "DTypeError", { op, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, DTypeError, "DTypeError", value);
  }
}

/** The property that errors of a class have, whichever copy of this version of the library made them. */
const markOf = (name: string): symbol => Symbol.for(`nanograd ${VERSION} ${name}`);

/**
 * Marks an error as one of a class, for {@link isMarked}, and gives it its fields.
 *
 * @param fields The fields that the class declares and does not set itself.
 */
export function mark<T extends object>(error: Error & NoInfer<T>, name: string, fields?: T): void {
  Object.defineProperty(Object.assign(error, fields), markOf(name), { value: true });
}

/**
 * Answers `value instanceof asked`, where `asked` is a class of errors, or one that a user has derived from it.
 *
 * @param own The class of errors, and its name.
 */
export function isMarked(asked: unknown, own: unknown, name: string, value: unknown): boolean {
  return asked === own ? markOf(name) in Object(value) : Error[Symbol.hasInstance].call(asked, value);
}

/**
 * Returns what an error is made from.
 *
 * @throws {TypeError} Unless it fits; by default, unless it is a record.
 */
export function detailsOf<T>(error: string, details: T, fits: boolean = Object(details) === details): T {
  if (fits) return details;
  throw new TypeError(`Cannot make a ${error} of ${textOf(details)}: wanted what its type says`);
}

/** Returns the texts that an error lists. */
export const listOf = (error: string, texts: readonly string[]): readonly string[] =>
  detailsOf(error, texts, Array.isArray(texts)).map(textOf);

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

/** Fills in a template, whatever the values. */
export const say = (parts: TemplateStringsArray, ...values: readonly unknown[]): string =>
  String.raw({ raw: parts }, ...values.map(textOf));

/** Writes a shape as `[2, 3]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.map(textOf).join(", ")}]`;
}

function describeGiven(given: ShapeErrorDetails["given"]): string {
  const parts = Object.entries(detailsOf("ShapeError", given)).map(([name, value]) =>
    `${name} ${Array.isArray(value) ? formatShape(value) : textOf(value)}`
  );
  return parts.length === 0 ? "" : ` to ${parts.join(" and ")}`;
}
