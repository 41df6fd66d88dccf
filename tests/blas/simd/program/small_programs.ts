/**
 * Small programs, and the comparison of their results.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DType } from "../../../../blas/dtype.ts";
import type { Carried } from "../../../../blas/program/memory/memory_plan.ts";
import { valueTypes } from "../../../../blas/program/operands.ts";
import type { Instruction, Operand, Program, ValueType } from "../../../../blas/program/program.ts";
import type { Scalar } from "../../../../blas/scalar/scalar.ts";
import { rowMajorStrides, type Shape } from "../../../../blas/shape.ts";
import { type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import type { Random } from "../../program/programs.ts";

/** Seeds of random programs. */
export const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** The tolerance for results between about -10 and 10, after a dozen instructions. */
const TOLERANCE: { readonly [D in DType]: number } = { float32: 1e-4, float64: 1e-12 };

/** The dtypes of a random program. */
export const DTYPES: readonly (readonly DType[])[] = [["float64"], ["float32", "float64"]];

/** Returns where two arrays differ by more than rounding, if they do. */
export function difference(value: View, wanted: View, precision: DType): string | undefined {
  assertEquals(value.shape, wanted.shape);
  assertEquals(value.dtype, wanted.dtype);
  const p = elementsOf(value), q = elementsOf(wanted), tolerance = TOLERANCE[precision];
  const at = p.findIndex((x, i) =>
    !(x === q[i] || (x !== x && q[i] !== q[i]) || Math.abs(x - q[i]!) <= tolerance * (1 + Math.abs(q[i]!)))
  );
  return at < 0 ? undefined : `element ${at} is ${p[at]}, not ${q[at]}`;
}

/** Pairs of results and parameters of one type, each parameter once. */
export function carriedOf({ below }: Random, program: Program): readonly Carried[] {
  const types = valueTypes(program);
  return program.parameters.flatMap((type, parameter): Carried[] => {
    const fitting = program.results.flatMap((value, result) =>
      types[value]!.dtype === type.dtype && String(types[value]!.shape) === String(type.shape) ? [result] : []
    );
    return fitting.length === 0 || below(4) === 0 ? [] : [[fitting[below(fitting.length)]!, parameter]];
  });
}

export const FLOAT32 = "float32", SHAPE = [4];
/** A type. */
export const type = (shape: Shape, dtype: DType = FLOAT32): ValueType => ({ dtype, shape });
/** An operand that is all of a value. */
export const whole = (value: number, shape: Shape): Operand => ({
  value,
  shape,
  stride: rowMajorStrides(shape),
  offset: 0,
});
/** A vector of float32. */
export const floats = (...values: readonly number[]) => view(Float32Array.from(values));

/** An expression of whole values. */
export const map = (shape: Shape, expression: Scalar, ...values: readonly number[]): Instruction => ({
  results: [type(shape)],
  operation: { kind: "map", loop: { shape, operands: values.map((v) => whole(v, shape)), expressions: [expression] } },
});
