/**
 * Adafactor's scaling.
 *
 * @module
 */
import {
  add as plus,
  argument,
  div as over,
  min as smaller,
  mul as times,
  pow,
  type Scalar,
  sqrt,
} from "../../blas/scalar/scalar.ts";
import { add, div, maximum, mean, mul, rsqrt, sqrt as root, square, sub } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { mapTensors, type ParameterTree } from "../../autograd/tree/parameter_tree.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import { computeNumber, numberTensor } from "../step_number.ts";
import { deferredElementwise, deferredNumber, materialize } from "./deferred.ts";
import { withLeaves } from "./gradients_for.ts";
import { rememberedOf } from "./leafwise.ts";
import { defineTransform, type Transform } from "./transform.ts";

/** The memory of {@link scaleByAdafactor}, for parameters of shape `[..., m, n]` and for others. */
export type AdafactorMemory = {
  /** The mean squares of rows, `[..., m, 1]`; for parameters with fewer than two axes those of all elements. */
  readonly rows: ParameterTree;
  /** The mean squares of columns, `[..., 1, n]`; for parameters with fewer than two axes a 0 that is not used. */
  readonly columns: ParameterTree;
};

/** The settings of {@link scaleByAdafactor}. */
export type AdafactorSettings = {
  readonly decayPower: number;
  readonly epsilon: number;
  readonly smallest: number;
  readonly clipping: number;
};

/** The weight of the newest square in a mean, as an expression of the power and the number of steps before. */
const newest: Scalar = /* @__PURE__ */ (() => pow(plus(argument(1), 1), argument(0)))();
/** The share of the learning rate that applies at a step, as an expression of the number of steps before and the rate. */
const share: Scalar = /* @__PURE__ */ (() => smaller(1, over(1, times(sqrt(plus(argument(0), 1)), argument(1)))))();
const scaled = /* @__PURE__ */ deferredElementwise((u, factor, size) => times(times(u, factor), size));

const isFactored = ({ shape }: Tensor): boolean => shape.length >= 2;
const meanOf = (t: Tensor, axis: number): Tensor => mean(t, { axes: [axis], keepDims: true });
const shapesOf = ({ shape }: Tensor): readonly [rows: readonly number[], columns: readonly number[]] => [
  [...shape.slice(0, -1), 1],
  [...shape.slice(0, -2), 1, ...shape.slice(-1)],
];

/**
 * Divides each gradient by the root of its mean square, which is remembered only for rows and columns, and makes
 * updates proportional to the parameter.
 *
 * @param settings Those of `adafactor`, checked.
 */
export function scaleByAdafactor(
  { decayPower, epsilon, smallest, clipping }: AdafactorSettings,
): Transform<AdafactorMemory> {
  const name = "scaleByAdafactor";
  return defineTransform<AdafactorMemory>({
    name,
    config: { decayPower, epsilon, smallest, clipping },
    init: (params) => {
      const zerosOf = (index: 0 | 1, otherwise: (t: Tensor) => readonly number[]): ParameterTree =>
        mapTensors((t) => zeros(isFactored(t) ? shapesOf(t)[index] : otherwise(t), { dtype: t.dtype }), params);
      return { rows: zerosOf(0, ({ shape }) => shape), columns: zerosOf(1, () => []) };
    },
    update: (gradients, memory, { params, parameters, step, learningRate }) => {
      const [rows, columns] = (["rows", "columns"] as const).map((slot) =>
        rememberedOf(name, slot, { [slot]: memory[slot] }, gradients.length)
      );
      const weight = computeNumber(newest, -decayPower, step);
      const factor = deferredNumber(computeNumber(share, step, learningRate));
      const results = gradients.map((deferred, k) => {
        const parameter = parameters[k]!,
          gradient = materialize(deferred, parameter),
          w = numberTensor(weight, parameter.dtype);
        const towards = (before: Tensor, now: Tensor): Tensor => add(before, mul(w, sub(now, before)));
        const squares = add(square(gradient), epsilon);
        const row = towards(rows![k]!, isFactored(parameter) ? meanOf(squares, -1) : squares);
        const column = isFactored(parameter) ? towards(columns![k]!, meanOf(squares, -2)) : columns![k]!;
        const unit = isFactored(parameter)
          // The roots are taken separately, since the product of two small means would be 0 in float32.
          ? mul(mul(gradient, rsqrt(div(row, meanOf(row, -2)))), rsqrt(column))
          : mul(gradient, rsqrt(row));
        const sizeOf = (t: Tensor): Tensor => root(mean(square(t)));
        const size = div(maximum(sizeOf(parameter), smallest), maximum(div(sizeOf(unit), clipping), 1));
        return { row, column, update: scaled(unit, factor, size) };
      });
      return [results.map(({ update }) => update), {
        rows: withLeaves(params, results.map(({ row }) => row)),
        columns: withLeaves(params, results.map(({ column }) => column)),
      }];
    },
  });
}
