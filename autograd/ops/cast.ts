/**
 * Conversion between dtypes.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import { type DType, isDType } from "../../blas/dtype.ts";
import { DTypeError, textOf } from "../../blas/errors.ts";
import { copyPart } from "../../blas/parts/copy.ts";
import { cast as converted } from "../../blas/program/operations/cast.ts";
import { batchAligned } from "../batch.ts";
import { applyChecked, checkOperands, type Primitive } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";

type DTypeAttributes = { readonly dtype: DType };

const castPrimitive: Primitive<DTypeAttributes> = {
  name: "cast",
  samples: () => [
    { attributes: { dtype: "float64" }, inputs: [{ shape: [2, 3] }] },
    { attributes: { dtype: "float64" }, inputs: [{ shape: [] }] },
    { attributes: { dtype: "float64" }, inputs: [{ shape: [0, 2] }] },
  ],
  shape: ([shape]) => either.right(shape!),
  operator: () => converted,
  part: copyPart,
  batch: batchAligned,
  vjp: (_, cotangent, { inputs: [x] }) => cast(cotangent, x!.dtype),
  resultDType: ({ dtype }) => dtype,
};

/** The primitives of this file, for the generic checks. */
export const castPrimitives = [castPrimitive];

/**
 * Converts to a dtype. float32 keeps about 7 digits: further digits are rounded, and numbers above 3.4e38 become
 * infinite. The gradient is converted back.
 *
 * @param t Any shape.
 * @param dtype The desired dtype; a tensor that already has it is returned unchanged.
 * @returns The shape of `t`.
 * @throws {DTypeError} If the dtype does not exist.
 *
 * @example Add up in float64 what was computed in float32
 * ```ts
 * import { cast, sum, tensor32, toNumber } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor32([2 ** 24, 1]);
 * assertEquals([toNumber(sum(x)), toNumber(sum(cast(x, "float64")))], [2 ** 24, 2 ** 24 + 1]);
 * ```
 */
export function cast<D extends DType>(t: Tensor, dtype: D): Tensor<D> {
  checkOperands("cast", [t]);
  if (!isDType(dtype)) {
    throw new DTypeError({
      op: "cast",
      given: [t.dtype, textOf(dtype)],
      problem: "there are two dtypes, float32 and float64",
      remedy: "pass one of them",
    });
  }
  return (t.dtype === dtype ? t : applyChecked(castPrimitive, { dtype }, [t])) as Tensor<D>; // cast to D
}
