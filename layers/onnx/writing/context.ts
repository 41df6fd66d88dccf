/**
 * The state of a program that is being written as a graph.
 *
 * @module
 */
import { isPlain } from "../../../blas/program/operand.ts";
import type { Operand, Operation, Program, ValueType } from "../../../blas/program/program.ts";
import { rowMajorStrides, sameShape, type Shape, sizeOf } from "../../../blas/shape.ts";
import { OnnxError } from "../errors.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

/** Writes a program with these inputs, and returns the names of its results. */
export type WriteProgram = (writer: GraphWriter, program: Program, inputs: readonly Wire[]) => readonly Wire[];

/** A program that is being written. */
export type Context = {
  readonly writer: GraphWriter;
  /** The type of each value. */
  readonly types: readonly ValueType[];
  /** The name of a value that has been written. */
  readonly wire: (value: number) => Wire;
  /** The operation that computes a value; none for parameters and constants. */
  readonly definition: (value: number) => Operation | undefined;
  /** Writes another program with these inputs, and returns its results. */
  readonly write: WriteProgram;
  /** The first value that an operation computes. */
  readonly valueOf: (operation: Operation) => number;
  /** For values that are the positions of pooling: what the largest elements are. */
  readonly pools: Map<number, Pool>;
};

/** The largest elements of windows, their shape, and the value that they are taken from. */
export type Pool = { readonly values: Wire; readonly shape: Shape; readonly x: number };

/** Returns the value that a value is a reshaping of. */
export function originOf(context: Context, value: number): number {
  const operation = context.definition(value);
  if (operation?.kind !== "view" || operation.change.kind !== "reshape") return value;
  const { operand } = operation;
  return isPlain(operand) && sameShape(operand.shape, context.types[operand.value]!.shape)
    ? originOf(context, operand.value)
    : value;
}

/** Returns the error that something has no form in ONNX. */
export const noForm = (what: string, problem: string, remedy: string): OnnxError =>
  new OnnxError({ action: "encode ONNX", given: what, problem, remedy });

/** Returns a value in another shape of as many elements; one that was reshaped before is reshaped from what it was. */
export function reshapeWire({ writer }: Pick<Context, "writer">, wire: Wire, from: Shape, to: Shape): Wire {
  if (sameShape(from, to)) return wire;
  const before = writer.reshaped.get(wire) ?? { wire, shape: from };
  if (sameShape(before.shape, to)) return before.wire;
  const made = writer.one("Reshape", [before.wire, writer.list(to)], to.includes(0) ? { allowzero: 1 } : {});
  writer.reshaped.set(made, before);
  return made;
}

/** Returns a value repeated to a shape that it broadcasts to. */
export function expandWire({ writer }: Pick<Context, "writer">, wire: Wire, from: Shape, to: Shape): Wire {
  return sameShape(from, to) ? wire : writer.one("Expand", [wire, writer.list(to)]);
}

/** An operand as it is written: the axes along which it is repeated have length 1. */
export type Loose = { readonly wire: Wire; readonly shape: Shape };

/** Returns an operand with length 1 along the axes on which it is repeated: operators of ONNX broadcast. */
export function looseOperand(context: Context, operand: Operand): Loose {
  const { value, shape, stride, offset } = operand, from = context.types[value]!.shape, wire = context.wire(value);
  if (isPlain(operand) && sizeOf(shape) === sizeOf(from)) {
    return { wire: reshapeWire(context, wire, from, shape), shape };
  }
  const loose = shape.map((length, axis) => stride[axis] === 0 && length > 1 ? 1 : length);
  const own = rowMajorStrides(loose);
  const isWhole = offset === 0 && sizeOf(loose) === sizeOf(from) &&
    loose.every((length, k) => length === 1 || stride[k] === own[k]);
  if (isWhole) return { wire: reshapeWire(context, wire, from, loose), shape: loose };
  const { writer } = context, flat = reshapeWire(context, wire, from, [sizeOf(from)]);
  return {
    wire: writer.one("Gather", [flat, writer.constant("int64", loose, placesOf(operand, loose))]),
    shape: loose,
  };
}

/** Returns an operand in its whole shape. */
export function exactOperand(context: Context, operand: Operand): Wire {
  const { wire, shape } = looseOperand(context, operand);
  return expandWire(context, wire, shape, operand.shape);
}

/** The places in its value of the elements of an operand, in row-major order of a shape. */
function placesOf({ stride, offset }: Operand, shape: Shape): Float64Array {
  const places = new Float64Array(sizeOf(shape)), steps = rowMajorStrides(shape);
  for (let k = 0; k < places.length; k++) {
    places[k] = shape.reduce(
      (sum, length, axis) => sum + (Math.floor(k / steps[axis]!) % length) * stride[axis]!,
      offset,
    );
  }
  return places;
}
