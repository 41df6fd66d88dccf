/**
 * Fourier transforms, as products with the matrices of their sines and cosines.
 *
 * @module
 */
import type { DType } from "../../../blas/dtype.ts";
import type { FunctionCall, FunctionForm } from "./functions.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** The matrix of `f(2 pi j k / n)`. */
function waves(
  writer: GraphWriter,
  dtype: DType,
  n: number,
  rows: number,
  columns: number,
  f: (angle: number) => number,
): Wire {
  const table = Float64Array.from({ length: rows * columns }, (_, at) => {
    const product = Math.floor(at / columns) * (at % columns) % n; // small, so that the angle is exact
    return f(2 * Math.PI * product / n);
  });
  return writer.constant(dtype, [rows, columns], table);
}

/** Multiplies along an axis. */
function along({ writer, shapes, settings }: FunctionCall): (wire: Wire, matrix: Wire) => Wire {
  const rank = shapes[0]!.length, axis = settings.axis as number; // so say the primitives
  const perm = Array.from({ length: rank }, (_, k) => k === axis ? rank - 1 : k === rank - 1 ? axis : k);
  const turned = (wire: Wire): Wire => axis === rank - 1 ? wire : writer.one("Transpose", [wire], { perm });
  return (wire, matrix) => turned(writer.one("MatMul", [turned(wire), matrix]));
}

const lengthOf = ({ shapes, settings }: FunctionCall): number => shapes[0]![settings.axis as number]!; // a setting of the primitives

/** Complex to complex. */
const fourier: FunctionForm = (call) => {
  const { writer, dtype, inputs: [real, imaginary], settings } = call,
    n = lengthOf(call),
    times = along(call),
    sign = settings.sign as number; // a setting of the primitive
  const cosines = waves(writer, dtype, n, n, n, Math.cos),
    sines = waves(writer, dtype, n, n, n, (angle) => sign * Math.sin(angle));
  return [
    writer.one("Sub", [times(real!, cosines), times(imaginary!, sines)]),
    writer.one("Add", [times(real!, sines), times(imaginary!, cosines)]),
  ];
};

/** Real to half as many complex ones. */
const realFourier: FunctionForm = (call) => {
  const { writer, dtype, inputs: [x] } = call, n = lengthOf(call), half = Math.floor(n / 2) + 1, times = along(call);
  return [
    times(x!, waves(writer, dtype, n, n, half, Math.cos)),
    times(x!, waves(writer, dtype, n, n, half, (angle) => -Math.sin(angle))),
  ];
};

/** The adjoint of that. */
const realFourierAdjoint: FunctionForm = (call) => {
  const { writer, dtype, inputs: [real, imaginary], settings } = call,
    n = settings.length as number, // a setting of the primitive
    half = lengthOf(call),
    times = along(call);
  return [writer.one("Add", [
    times(real!, waves(writer, dtype, n, half, n, Math.cos)),
    times(imaginary!, waves(writer, dtype, n, half, n, (angle) => -Math.sin(angle))),
  ])];
};

/** The forms of Fourier transforms. */
export const fourierForms: Readonly<Record<string, FunctionForm>> = { fourier, realFourier, realFourierAdjoint };
