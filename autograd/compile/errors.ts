/**
 * The errors of tracing.
 *
 * @module
 */
import { isMarked, mark, say } from "../../blas/errors.ts";
import { AbstractValueError } from "../errors.ts";

/** Thrown when the function given to `compile` does something that needs values: while it is traced, tensors have none. */
export class TraceError extends AbstractValueError {
  /** The name of the class. */
  override readonly name: string = "TraceError";

  /**
   * Builds the error.
   *
   * @param action What was attempted, such as `"read the value of a tensor"`.
   * @param remedy What to do instead.
   */
  constructor(action: string, remedy: string) {
    super(
      say`Cannot ${action} while compile traces a function: it is run once with tensors that have shapes and no values, ` +
        say`and what it computes is compiled; ${remedy}`,
    );
    mark(this, "TraceError");
  }

  /** Knows the errors of all copies of this version of the library. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(this, TraceError, "TraceError", value);
  }
}
