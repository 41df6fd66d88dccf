/**
 * The cross-entropy of targets and the softmax of logits, as one operation of rows; the targets are probabilities, or classes.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { rowsPart } from "../../blas/parts/rows.ts";
import { operatorOfSettings, rowOf } from "../../blas/program/operations/rows.ts";
import { stageValue } from "../../blas/rows.ts";
import {
  argument,
  div,
  equal,
  log,
  mul as times,
  neg as minus,
  type Scalar,
  select,
  sub as less,
} from "../../blas/scalar/scalar.ts";
import { broadcastShapes, reducedShape, type Shape, type ShapeResult } from "../../blas/shape.ts";
import { batchRows } from "../batch.ts";
import { apply, type Primitive, type Sample, type SampleInput } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { where } from "./choice.ts";
import { equal as equalTensors } from "./comparison.ts";
import { logSoftmaxPrimitive, PEAK, POWER, softmaxGradientPrimitive, softmaxPrimitive, STAGES } from "./softmax.ts";
import { sum } from "./sum.ts";

/** The settings: the axis of the classes and, if targets are classes, the probabilities of the right class and of every other one. */
type LossSettings = { readonly axes: readonly number[]; readonly on: number; readonly off: number };

/** The form of a target, in the operands after the logits. */
type TargetForm = {
  readonly name: string;
  /** The number of operands. */
  readonly operands: number;
  /** The probability of a class. */
  readonly expression: (settings: LossSettings) => Scalar;
  /** The same function of tensors. */
  readonly tensor: (operands: readonly Tensor[], settings: LossSettings) => Tensor;
  readonly samples: () => readonly (readonly [settings: LossSettings, logits: Shape, ...operands: SampleInput[]])[];
};

const SOFT = { on: 1, off: 0 };

const PROBABILITIES: TargetForm = {
  name: "softmaxLoss",
  operands: 1,
  expression: () => argument(1),
  tensor: ([p]) => p!,
  samples: () => [
    [{ axes: [1], ...SOFT }, [3, 4], { shape: [3, 4], min: 0.1, max: 1 }],
    [{ axes: [0], ...SOFT }, [40, 2], { shape: [40, 2], min: 0.1, max: 1 }],
    [{ axes: [1], ...SOFT }, [2, 40, 1], { shape: [2, 40, 1], min: 0.1, max: 1 }],
    [{ axes: [1], ...SOFT }, [0, 3], { shape: [0, 3], min: 0.1, max: 1 }],
  ],
};

/** Targets as the number of the class, and the numbers of all classes. */
const CLASSES: TargetForm = {
  name: "classLoss",
  operands: 2,
  expression: ({ on, off }) => select(equal(argument(1), argument(2)), on, off),
  tensor: ([labels, classes], { on, off }) => where(equalTensors(labels!, classes!), on, off),
  samples: () => [
    [{ axes: [1], on: 1, off: 0 }, [3, 4], { shape: [3, 1], min: 0, max: 4, whole: true }, {
      shape: [4],
      whole: true,
      min: 0,
      max: 4,
    }],
    [{ axes: [0], on: 0.9, off: 0.1 }, [40, 2], { shape: [1, 2], min: 0, max: 4, whole: true }, {
      shape: [40, 1],
      whole: true,
      min: 0,
      max: 4,
    }],
  ],
};

/** Makes the loss for a form of targets, and its derivative with respect to the logits. */
function lossesOf(
  form: TargetForm,
): { readonly loss: Primitive<LossSettings>; readonly gradient: Primitive<LossSettings> } {
  const { name, operands, samples } = form, last = operands + 1;
  const sample = (more: (row: Shape) => readonly SampleInput[]): readonly Sample<LossSettings>[] =>
    samples().map(([attributes, shape, ...rest]) => ({
      attributes,
      inputs: [{ shape }, ...rest, ...more(reducedShape(shape, attributes.axes))],
    }));
  const loss: Primitive<LossSettings> = {
    name,
    samples: () => sample(() => []),
    shape: ([x], { axes }): ShapeResult => either.right(reducedShape(x!, axes)),
    part: rowsPart,
    batch: batchRows,
    operator: operatorOfSettings((settings) => {
      const p = form.expression(settings), logarithm = less(less(argument(0), PEAK), log(stageValue(1)));
      // A class of probability 0 contributes nothing, even if its logarithm is infinite.
      const weighed = select(equal(p, 0), 0, times(p, logarithm));
      return rowOf({
        axes: settings.axes,
        stages: [...STAGES, { reduction: "sum", expression: weighed }],
        outputs: [{ perRow: true, expression: minus(stageValue(2)) }],
      });
    }),
    vjp: (index, cotangent, { attributes, inputs }) => {
      if (index === 0) return apply(gradient, attributes, [...inputs, cotangent]);
      return operands === 1 ? neg(mul(cotangent, apply(logSoftmaxPrimitive, attributes, [inputs[0]!]))) : null;
    },
  };
  /** `g (softmax(x) sum(p) - p)`. */
  const gradient: Primitive<LossSettings> = {
    name: `${name}Gradient`,
    samples: () => sample((row) => [{ shape: row }]),
    shape: (shapes): ShapeResult => broadcastShapes(name, shapes),
    part: rowsPart,
    batch: batchRows,
    operator: operatorOfSettings((settings) => {
      const p = form.expression(settings), share = div(times(argument(last), stageValue(2)), stageValue(1));
      return rowOf({
        axes: settings.axes,
        stages: [...STAGES, { reduction: "sum", expression: p }],
        outputs: [{ perRow: false, expression: less(times(POWER, share), times(argument(last), p)) }],
      });
    }),
    vjp: (index, c, { attributes, inputs }) => {
      if (operands > 1 && index > 0 && index < last) return null;
      const options = { axes: attributes.axes, keepDims: true }, g = inputs[last]!;
      const p = form.tensor(inputs.slice(1, last), attributes), y = apply(softmaxPrimitive, attributes, [inputs[0]!]);
      const total = sum(p, options);
      if (index === 0) return apply(softmaxGradientPrimitive, attributes, [y, mul(c, mul(g, total))]);
      return index === last ? sum(mul(c, sub(mul(y, total), p)), options) : mul(g, sub(sum(mul(c, y), options), c));
    },
  };
  return { loss, gradient };
}

const byProbabilities = /* @__PURE__ */ lossesOf(PROBABILITIES), byClasses = /* @__PURE__ */ lossesOf(CLASSES);

/** The primitives of this file, for the generic checks. */
export const softmaxLossPrimitives =
  /* @__PURE__ */ (() => [byProbabilities, byClasses].flatMap(({ loss, gradient }) => [loss, gradient]))();

/**
 * Returns minus the sum over an axis of the targets times the logarithms of the softmax of logits; the axis stays with length 1.
 *
 * @param target The shape of the logits.
 */
export function softmaxLoss<D extends DType>(logits: Tensor<D>, target: Tensor<D>, axis: number): Tensor<D> {
  return apply(byProbabilities.loss, { axes: [axis], ...SOFT }, [logits, target]);
}

/**
 * Returns the same loss for rows whose target is `on` for one class and `off` for all others.
 *
 * @param labels The class of each row, with length 1 along the axis; a number that is not a class makes all `off`.
 * @param classes The numbers of all classes, as they broadcast along the axis.
 */
export function classLoss<D extends DType>(
  logits: Tensor<D>,
  labels: Tensor<D>,
  classes: Tensor<D>,
  axis: number,
  { on, off }: { readonly on: number; readonly off: number },
): Tensor<D> {
  return apply(byClasses.loss, { axes: [axis], on, off }, [logits, labels, classes]);
}
