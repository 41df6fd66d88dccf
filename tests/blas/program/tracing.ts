/**
 * A builder of programs, one instruction for each operation, as tracing makes them.
 *
 * @module
 */
import type { ConvolutionGeometry } from "../../../blas/convolution.ts";
import { type DType, newData, type ReadonlyDataOf } from "../../../blas/dtype.ts";
import type { Reduction } from "../../../blas/engine.ts";
import "./all_kinds.ts";
import { plainOperand } from "../../../blas/program/operand.ts";
import { type Draft, type DraftInstruction, programOf } from "../../../blas/program/passes/draft.ts";
import type { ViewChange } from "../../../blas/program/operations/view.ts";
import type { Operand, Operation, Program, ValueType } from "../../../blas/program/program.ts";
import { argument, type Scalar } from "../../../blas/scalar/scalar.ts";
import { broadcastShapes, sameShape, type Shape, unwrap } from "../../../blas/shape.ts";
import { broadcastView, unsafeView, type View, view } from "../../../blas/view.ts";

/** A value of a program that is being built. */
export type Traced = ValueType & { readonly value: number };

/** A builder of a program. */
export type Tracer = {
  parameter(dtype: DType, shape: Shape): Traced;
  constant(view: View): Traced;
  /** A 0-d constant. */
  number(value: number, dtype?: DType): Traced;
  map(build: (...x: Scalar[]) => Scalar, ...inputs: (Traced | number)[]): Traced;
  reshape(x: Traced, shape: Shape): Traced;
  transpose(x: Traced, axes?: readonly number[]): Traced;
  broadcast(x: Traced, shape: Shape): Traced;
  slice(x: Traced, ranges: readonly (readonly [start: number, step: number, count: number])[]): Traced;
  /** Reduces the axes, and drops them. */
  reduce(reduction: Reduction, x: Traced, axes: readonly number[]): Traced;
  /** Reduces the axes to length 1. */
  reduceKept(reduction: Reduction, x: Traced, axes: readonly number[]): Traced;
  /** Writes each array from an index on, with a step. */
  join(
    shape: Shape,
    fill: number,
    ...parts: (readonly [part: Traced, start: readonly number[], step?: readonly number[]])[]
  ): Traced;
  gemm(a: Traced, b: Traced): Traced;
  convolution(
    form: "conv2d" | "conv2dInput" | "conv2dWeight",
    operands: readonly [Traced, Traced],
    shape: Shape,
    geometry?: Partial<ConvolutionGeometry>,
  ): Traced;
  cast(x: Traced, dtype: DType): Traced;
  host(
    name: string,
    key: string | undefined,
    inputs: readonly Traced[],
    type: ValueType,
    run: (inputs: readonly View[]) => View,
  ): Traced;
  program(...results: Traced[]): Program;
};

/** Starts a program. */
export function tracer(): Tracer {
  const parameters: ValueType[] = [], constants: { value: number; view: View }[] = [], steps: DraftInstruction[] = [];
  let next = 1_000_000; // parameters have the first numbers, whenever they are requested
  const read = ({ value, shape }: Traced): Operand => plainOperand(value, shape);
  const push = (operation: Operation, type: ValueType): Traced => {
    const value = next++;
    steps.push({ operation, results: [type], values: [value] });
    return { ...type, value };
  };
  const change = (x: Traced, change: ViewChange, shape: Shape): Traced =>
    push({ kind: "view", operand: read(x), change }, { dtype: x.dtype, shape });
  const t: Tracer = {
    parameter: (dtype, shape) => {
      parameters.push({ dtype, shape });
      return { dtype, shape, value: parameters.length - 1 };
    },
    constant: (view) => {
      constants.push({ value: next, view });
      return { dtype: view.dtype, shape: view.shape, value: next++ };
    },
    number: (value, dtype = "float32") => {
      const data = newData(dtype, 1);
      data[0] = value;
      return t.constant(view(data as ReadonlyDataOf<DType>, []));
    },
    map: (build, ...inputs) => {
      const dtype = inputs.find((x) => typeof x === "object")!.dtype;
      const traced = inputs.map((x) => typeof x === "number" ? t.number(x, dtype) : x);
      const shape = unwrap(broadcastShapes("map", traced.map((x) => x.shape)));
      const operands = traced.map((x): Operand => {
        const operand = read(x);
        const { stride } = broadcastView(unsafeView(new Float32Array(), x.shape, operand.stride, 0) as View, shape);
        return { ...operand, shape, stride };
      });
      const expressions = [build(...inputs.map((_, k) => argument(k)))];
      return push({ kind: "map", loop: { shape, operands, expressions } }, { dtype, shape });
    },
    reshape: (x, shape) => sameShape(x.shape, shape) ? x : change(x, { kind: "reshape", shape }, shape),
    transpose: (x, axes = x.shape.map((_, k) => x.shape.length - 1 - k)) =>
      change(x, { kind: "transpose", axes }, axes.map((axis) => x.shape[axis]!)),
    broadcast: (x, shape) => sameShape(x.shape, shape) ? x : change(x, { kind: "broadcast", shape }, shape),
    slice: (x, ranges) =>
      change(
        x,
        { kind: "slice", ranges: ranges.map(([start, step, count]) => ({ start, step, count })) },
        ranges.map(([, , count]) => count),
      ),
    reduceKept: (reduction, x, axes) =>
      push({
        kind: "reduce",
        reduction,
        axes,
        loop: { shape: x.shape, operands: [read(x)], expressions: [argument(0)] },
      }, { dtype: x.dtype, shape: x.shape.map((length, axis) => axes.includes(axis) ? 1 : length) }),
    reduce: (reduction, x, axes) =>
      t.reshape(t.reduceKept(reduction, x, axes), x.shape.filter((_, axis) => !axes.includes(axis))),
    join: (shape, fill, ...parts) =>
      push({
        kind: "join",
        shape,
        fill,
        parts: parts.map(([x, start, step]) => ({
          loop: { shape: x.shape, operands: [read(x)], expressions: [argument(0)] },
          place: x.shape.map((count, axis) => ({ start: start[axis]!, step: step?.[axis] ?? 1, count })),
        })),
      }, { dtype: parts[0]![0].dtype, shape }),
    gemm: (a, b) =>
      push({ kind: "gemm", a: read(a), b: read(b) }, {
        dtype: a.dtype,
        shape: [...a.shape.slice(0, -1), b.shape.at(-1)!],
      }),
    convolution: (form, operands, shape, geometry) =>
      push({
        kind: "convolution",
        form,
        operands: [read(operands[0]), read(operands[1])],
        geometry: { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, ...geometry },
      }, { dtype: operands[0].dtype, shape }),
    cast: (x, dtype) => push({ kind: "cast", operand: read(x) }, { dtype, shape: x.shape }),
    host: (name, key, inputs, type, run) =>
      push({ kind: "host", name, key, operands: inputs.map(read), run: (views) => [run(views)] }, type),
    program: (...results) =>
      programOf(
        { parameters, constants, steps, results: results.map(({ value }) => value) } satisfies Omit<Draft, "next">,
      ),
  };
  return t;
}
