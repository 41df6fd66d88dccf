/**
 * The errors of tracing.
 *
 * @module
 */
import { textOf } from "../../blas/errors.ts";
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
      `Cannot ${
        textOf(action)
      } while compile traces a function: it is run once with tensors that have shapes and no values, ` +
        `and what it computes is compiled; ${textOf(remedy)}`,
    );
  }
}
