/**
 * Attribution: how much each part of an input matters to the output.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { DType } from "../../../blas/dtype.ts";
import { checkOptions } from "../../../blas/options.ts";
import { formatShape } from "../../../blas/errors.ts";
import { sameShape, type Shape } from "../../../blas/shape.ts";
import { abs, add, argmax, expandDims, mul, scale, sub, sum, takeAlong } from "../../../autograd/ops/mod.ts";
import { stopGradient } from "../../../autograd/stop_gradient.ts";
import { gradient } from "../../../autograd/transforms/gradient.ts";
import { constant, full, zeros } from "../../../autograd/values/constructors.ts";
import type { Numeric } from "../../../autograd/values/numeric.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import { checkInput } from "../../../layers/check_call.ts";
import { type AnyLayer, checkLayer, type Layer, type Variables } from "../../../layers/layer.ts";
import { applyLayer } from "../../../layers/layer_calls.ts";
import { evaluate } from "../../../layers/mode.ts";

/** What is explained: a function of the output, or the score of a class; by default of each example's best class. */
export type Explained = {
  /**
   * A class for each example, the positions along the last axis of the output; or a function from the output to one number
   * for all examples together, such as a sum of theirs.
   */
  readonly of?: (Tensor | Numeric | ((output: Tensor) => Tensor)) | undefined;
};

/** The options of {@link integratedGradients}. */
export type IntegratedGradientsOptions = Explained & {
  /** An input that means nothing, of the shape of `x`; zeros by default. */
  readonly baseline?: Tensor | undefined;
  /** The number of points on the path: 64 by default. */
  readonly steps?: number | undefined;
};

/** The most points on the path. */
const MOST_STEPS = 1e6;

/**
 * Computes how much each element of an input matters to an output, to first order: the absolute value of the derivative.
 *
 * @param model Any layer or model, in evaluate mode.
 * @param variables Its variables.
 * @param x A batch of inputs, or one; examples must not depend on each other.
 * @param options `of`: which output.
 * @returns The shape of `x`.
 * @see Simonyan et al., Deep Inside Convolutional Networks, 2013, section 3.
 *
 * @example
 * ```ts
 * import { denseLayer, ones, tensor32, toList } from "@nanograd/nanograd";
 * import { saliency } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(2, 2, { bias: false }), params = { weight: tensor32([[3, -4], [1, 1]]) };
 * assertEquals(toList(saliency(layer, { params, state: [] }, ones([2]), { of: 0 })), [3, 4]);
 * ```
 */
export function saliency<P extends object, S extends object, D extends DType>(
  model: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  x: Tensor<D>,
  options: Explained = {},
): Tensor<D> {
  const action = "compute a saliency";
  checkOptions(action, options, { of: true });
  return stopGradient(abs(gradient(scoreOf(action, model, variables, x, options))(stopGradient(x))));
}

/**
 * Computes how much each element of an input contributes to an output, compared with a baseline: the derivative,
 * integrated along the straight line from the baseline to the input. The contributions of an example add up to the difference
 * between its output and that of the baseline, and more points make this more exact.
 *
 * @param model Any layer or model, in evaluate mode.
 * @param variables Its variables.
 * @param x A batch of inputs, or one; examples must not depend on each other.
 * @param options `of`: which output; `baseline`; `steps`.
 * @returns The shape of `x`.
 * @throws {RangeError} If `steps` is not a whole number from 1 to 1,000,000.
 * @throws {TypeError} If the baseline has another shape or dtype than `x`.
 * @see Sundararajan et al., Axiomatic Attribution for Deep Networks, 2017, equations 1 and 3, here with midpoints.
 *
 * @example A linear layer: each input times its weight
 * ```ts
 * import { denseLayer, tensor32, toList } from "@nanograd/nanograd";
 * import { integratedGradients } from "@nanograd/nanograd/watch";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = denseLayer(2, 1, { bias: false }), params = { weight: tensor32([[3, -4]]) };
 * assertEquals(toList(integratedGradients(layer, { params, state: [] }, tensor32([1, 2]))), [3, -8]);
 * ```
 */
export function integratedGradients<P extends object, S extends object, D extends DType>(
  model: Layer<P, S>,
  variables: Variables<NoInfer<P>, NoInfer<S>>,
  x: Tensor<D>,
  options: IntegratedGradientsOptions = {},
): Tensor<D> {
  const action = "integrate gradients";
  checkOptions(action, options, { of: true, baseline: true, steps: true });
  const { steps = 64 } = options;
  if (!(Number.isInteger(steps) && steps > 0 && steps <= MOST_STEPS)) {
    throw new RangeError(
      `Cannot ${action} in ${describe(steps)} steps: it must be a whole number from 1 to ${MOST_STEPS}; 64 is usual`,
    );
  }
  const score = scoreOf(action, model, variables, x, options), slope = gradient(score);
  const baseline = (options.baseline ?? zeros(x.shape, { dtype: x.dtype })) as Tensor<D>; // checked next
  if (!isTensor(baseline) || baseline.dtype !== x.dtype || !sameShape(baseline.shape, x.shape)) {
    throw new TypeError(
      `Cannot ${action} from the baseline ${describe(baseline)}: it must be like x, ${
        describe(x)
      }; pass zeros(x.shape)`,
    );
  }
  const way = stopGradient(sub(x, baseline));
  let total = zeros<D>(x.shape, { dtype: x.dtype });
  for (let k = 0; k < steps; k++) {
    total = add(total, slope(stopGradient(add(baseline, scale(way, (k + 0.5) / steps)))));
  }
  return stopGradient(mul(way, scale(total, 1 / steps)));
}

/** Returns the function that is explained: of an input, the sum of what is chosen of its output. */
function scoreOf<D extends DType>(
  action: string,
  model: AnyLayer,
  variables: Variables<object, object>,
  x: Tensor<D>,
  { of }: Explained,
): (x: Tensor<D>) => Tensor<D> {
  checkLayer(action, model);
  checkInput(model.name, x);
  const output = (x: Tensor<D>): Tensor<D> => applyLayer(model, variables, x, evaluate)[0];
  if (typeof of === "function") return (x) => of(output(x)) as Tensor<D>; // of the dtype of the output
  const { shape } = output(x);
  if (shape.length === 0) return output;
  // The best class of the input itself, and the same one all along the way.
  const classes = expandDims(of === undefined ? argmax(output(x), -1) : positions(action, of, shape.slice(0, -1)), -1);
  return (x) => sum(takeAlong(output(x), classes, -1));
}

/** Returns the classes that are explained, one for each example; a single class is that of all. */
function positions(action: string, of: Tensor | Numeric, examples: Shape): Tensor {
  if (typeof of === "number") return full(examples, of, { dtype: "float64" });
  const classes = isTensor(of) ? of : constant(of, { dtype: "float64" });
  if (sameShape(classes.shape, examples)) return classes;
  throw new TypeError(
    `Cannot ${action} of ${describe(of)}: there must be a class for each example, ${
      formatShape(examples)
    }; pass one number ` +
      "for all, or a list",
  );
}
