/**
 * The option for the dtype of constants.
 *
 * @module
 */
import { type DType, isDType } from "../../blas/dtype.ts";
import { DTypeError, textOf } from "../../blas/errors.ts";

/** The option for the dtype that constructors of constants take. */
export type DTypeOption<D extends DType> = {
  /** The element type, float32 if left out. */
  readonly dtype?: D | undefined;
};

/**
 * Returns the requested dtype, float32 by default.
 *
 * @param op The constructor, for error messages.
 * @throws {DTypeError} If it is not a dtype.
 */
export function resolveDType<D extends DType>(op: string, dtype: D | undefined): D {
  // If dtype is left out, D is its default at every caller: "float32".
  if (dtype === undefined) return "float32" as D;
  if (isDType(dtype)) return dtype;
  throw new DTypeError({
    op,
    given: [textOf(dtype)],
    problem: "there are two dtypes, float32 and float64",
    remedy: "pass one of them",
  });
}
