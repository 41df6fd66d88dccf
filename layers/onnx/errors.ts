/**
 * The error of models that cannot be read, run or written.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { detailsOf, isMarked, mark, say } from "../../blas/errors.ts";
import type { ErrorDetails } from "../checkpoint/errors.ts";

/** An operator that is not supported, and its nodes. */
export type MissingOperator = {
  /** The operator, after its domain if that is not ONNX's own: `"com.microsoft.FusedConv"`. */
  readonly operator: string;
  /** The nodes, by their names or, where they have none, by their first outputs. */
  readonly nodes: readonly string[];
};

/** The parts of an {@link OnnxError}. */
export type OnnxErrorDetails = ErrorDetails & {
  /** The operators that are not supported, if that is what is wrong. */
  readonly missing?: readonly MissingOperator[];
};

/**
 * The reason why a model cannot be read, run or written.
 *
 * @example
 * ```ts
 * import { decodeOnnx, OnnxError } from "@nanograd/nanograd/onnx";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const model = decodeOnnx(new Uint8Array(0));
 * assert(model._tag === "Left" && model.left instanceof OnnxError);
 * assertEquals(model.left.problem, "it has no graph");
 * ```
 */
export class OnnxError extends Error implements OnnxErrorDetails {
  /** `"OnnxError"` */
  override readonly name = "OnnxError";
  /** The action that failed. */
  declare readonly action: string;
  /** What was found. */
  declare readonly given: string;
  /** What is wrong with it. */
  declare readonly problem: string;
  /** What to do about it. */
  declare readonly remedy: string;
  /** The operators that are not supported; none if something else is wrong. */
  readonly missing: readonly MissingOperator[];

  /** Makes the message from its parts. */
  constructor(details: OnnxErrorDetails, options?: ErrorOptions) {
    const { action, given, problem, remedy, missing = [] } = detailsOf("OnnxError", details);
    super(say`Cannot ${action}: ${given}: ${problem}; ${remedy}`, options);
    this.missing = Object.freeze([...detailsOf("OnnxError", missing, Array.isArray(missing))]);
    mark(this, "OnnxError", { action, given, problem, remedy });
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, OnnxError, "OnnxError", value);
  }
}

/** Quotes a name from a file, shortened to one line. */
export const quoted = (name: string): string =>
  typeof name === "string" ? JSON.stringify(name.slice(0, 80)) : describe(name); // callers without types may pass anything

/** Returns an error of reading a file. */
export const decodeError = (
  given: string,
  problem: string,
  remedy = "export the model again, or fetch the file again",
): OnnxError => new OnnxError({ action: "decode ONNX", given, problem, remedy });
