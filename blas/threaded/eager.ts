/**
 * Plain calls on several threads: those that take long enough are programs of one instruction.
 *
 * @module
 */
import type { ConvolutionGeometry } from "../convolution.ts";
import type { Engine } from "../engine.ts";
import type { ConvolutionForm } from "../program/operations/convolution.ts";
import { rowsOn } from "../program/operations/rows.ts";
import { plainOperand } from "../program/operand.ts";
import type { Operand, Operation } from "../program/program.ts";
import type { Rows } from "../rows.ts";
import { argument, type Scalar } from "../scalar/scalar.ts";
import { sizeOf } from "../shape.ts";
import { nanosecondsOf } from "../simd/program/team/work.ts";
import type { Team } from "../simd/program/team/team.ts";
import { isContiguous, type MutableView, type View } from "../view.ts";
import { cachedPrograms } from "./cached_programs.ts";
import { inStorageOrder } from "./storage_order.ts";

/** The functions of an engine that are divided. */
export type Divided = Pick<
  Engine,
  "gemm" | "gemmBatched" | "conv2d" | "conv2dInput" | "conv2dWeight" | "map" | "reduce" | "rows"
>;

/** Nanoseconds of work below which a call is left to one thread. */
const SHORT = 100_000;

/** Calls on so few elements are left to one thread without thinking. */
const FEW = 10_000;

/** Nanoseconds for copying an element to a program and back; dividing what is not longer gains nothing. */
const COPIED = 0.3;

const ELEMENT = argument(0);

/** Returns functions that divide long calls among threads, and leave the others to an engine. */
export function dividedBy(team: Team, simd: Engine, engine: () => Engine): Divided {
  const numbers = new WeakMap<object, number>();
  let next = 0;
  /** A number for each expression, so that it can be part of a key. */
  const numberOf = (x: object): number => {
    const found = numbers.get(x) ?? next++;
    numbers.set(x, found);
    return found;
  };
  const keyOf = ({ axes, stages, outputs }: Rows): string =>
    [
      axes,
      ...stages.map(({ reduction, expression }) => `${reduction}${numberOf(expression)}`),
      ...outputs.map(({ perRow, expression }) => `${perRow}${numberOf(expression)}`),
    ].join(" ");
  let run: ReturnType<typeof cachedPrograms> | undefined;
  /** Runs an operation on the threads; `false` if that would not pay. */
  const divide = (
    key: string,
    inputs: readonly View[],
    outputs: readonly MutableView[],
    operationOn: (operands: readonly Operand[]) => Operation,
    directly?: () => void,
  ): boolean => {
    const size = outputs.reduce((sum, { size }) => sum + size, 0);
    if (size === 0 || !outputs.every((y) => isContiguous(y as View))) return false;
    const stored = inputs.map(inStorageOrder), operands = stored.map(({ operand }, k) => operand(k));
    const results = outputs.map(({ dtype, shape }) => ({ dtype, shape })), operation = operationOn(operands);
    const moved = stored.reduce((sum, { view }) => sum + view.size, size) * COPIED;
    if (nanosecondsOf({ operation, results }) < Math.max(SHORT, moved)) return false;
    const layout = operands.map(({ stride }) => stride).join("/"), shapes = results.map(({ shape }) => shape).join("/");
    run ??= cachedPrograms(team, engine());
    const request = {
      key: `${key} ${layout} ${shapes}`,
      parameters: stored.map(({ type }) => type),
      instruction: () => ({ results, operation }),
      ...directly && { directly },
    };
    run(request, stored.map(({ view }) => view), outputs);
    return true;
  };
  const product = (name: "gemm" | "gemmBatched"): Engine["gemm"] => (operands) => {
    const { alpha, a, b, beta, c } = operands;
    if (alpha === 1 && beta === 0 && divide("gemm", [a, b], [c], ([a, b]) => ({ kind: "gemm", a: a!, b: b! }))) return;
    simd[name](operands);
  };
  const convolution = (
    form: ConvolutionForm,
    geometry: ConvolutionGeometry,
    p: View,
    q: View,
    y: MutableView,
    directly?: () => void,
  ): boolean => {
    if (!isContiguous(p) || !isContiguous(q)) return false;
    const { stride, padding, dilation, groups } = geometry, own = { stride, padding, dilation, groups };
    return divide(`${form} ${JSON.stringify(own)}`, [p, q], [y], () => ({
      kind: "convolution",
      form,
      geometry: own,
      operands: [plainOperand(0, p.shape), plainOperand(1, q.shape)],
    }), directly);
  };
  return {
    gemm: product("gemm"),
    gemmBatched: product("gemmBatched"),
    conv2d: (operands) => {
      const { geometry, x, w, y } = operands, directly = () => simd.conv2d(operands);
      if (!convolution("conv2d", geometry, x, w, y, directly)) directly();
    },
    conv2dInput: (operands) => {
      const { geometry, x, w, y } = operands;
      if (!convolution("conv2dInput", geometry, y, w, x)) simd.conv2dInput(operands);
    },
    conv2dWeight: (operands) => {
      const { geometry, x, w, y } = operands;
      if (!convolution("conv2dWeight", geometry, x, y, w)) simd.conv2dWeight(operands);
    },
    map: (expression: Scalar, inputs, output) => {
      const { shape } = output, directly = () => simd.map(expression, inputs, output);
      const divided = output.size > FEW && divide(`map ${numberOf(expression)}`, inputs, [output], (operands) => ({
        kind: "map",
        loop: { shape, operands, expressions: [expression] },
      }), directly);
      if (!divided) directly();
    },
    reduce: (reduction, input, output) => {
      const axes = input.shape.flatMap((length, axis) => length !== 1 && output.shape[axis] === 1 ? [axis] : []);
      const divided = input.size > FEW && divide(`reduce ${reduction} ${axes}`, [input], [output], ([operand]) => ({
        kind: "reduce",
        reduction,
        axes,
        loop: { shape: input.shape, operands: [operand!], expressions: [ELEMENT] },
      }));
      if (!divided) simd.reduce(reduction, input, output);
    },
    rows: (rows, shape, inputs, outputs) => {
      const directly = () => simd.rows(rows, shape, inputs, outputs);
      const divided = sizeOf(shape) > FEW &&
        divide(
          `rows ${keyOf(rows)} [${shape}]`,
          inputs,
          outputs,
          (operands) => rowsOn(rows, operands, shape),
          directly,
        );
      if (!divided) directly();
    },
  };
}
