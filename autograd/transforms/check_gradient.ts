/**
 * Checks derivatives against central differences.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkFunction, checkTensor } from "../arguments.ts";
import { cotangentsOf } from "../backward.ts";
import { constant } from "../values/constructors.ts";
import { key, splitKey } from "../random/key.ts";
import { runTransformed } from "./nesting.ts";
import { add, mul, scale } from "../ops/arithmetic.ts";
import { sum } from "../ops/sum.ts";
import { randomNormal } from "../random/random.ts";
import { tensorData, toNumber } from "../values/read.ts";
import { constantOf, isTensor, type Tensor, variableOf } from "../tensor.ts";
import { innerView } from "../tensor_record.ts";

/** The result of {@link checkGradient}. */
export type GradientCheck = {
  /** The derivative along a random direction, computed from the graph. */
  readonly analytic: number;
  /** The same derivative, computed from the function's values at two points. */
  readonly numeric: number;
  /** Their difference, relative to the larger of them and 1. */
  readonly relativeError: number;
};

/**
 * Compares the derivative of a function with central differences along a random direction, for a random cotangent:
 * `<direction, vjp(cotangent)>` must equal `<(f(x + h d) - f(x - h d)) / 2h, cotangent>`.
 *
 * Directions come from a fixed key, so the same call gives the same result.
 *
 * @param f A function of tensors to a tensor of any shape, smooth near the inputs.
 * @param inputs The inputs at which to check; float64 is checked to 1e-5, float32 to 2e-3.
 * @returns The two derivatives and their relative difference.
 * @throws {Error} If they differ by more than that, or either is NaN; the message states both.
 *
 * @example
 * ```ts
 * import { checkGradient, mul, tanh, tensor64 } from "@nanograd/nanograd";
 *
 * checkGradient((x, y) => mul(tanh(x), y), tensor64([1, 2]), tensor64([3, 4]));
 * ```
 */
export function checkGradient<T extends readonly Tensor[]>(f: (...inputs: T) => Tensor, ...inputs: T): GradientCheck {
  checkFunction("apply checkGradient", "f", f);
  for (const input of inputs) checkTensor("apply checkGradient", input);
  const compute = f as (...inputs: readonly Tensor[]) => Tensor; // called with tensors of the dtypes and shapes of the inputs
  const { step, tolerance } = precisionOf(inputs);
  const keys = splitKey(key(0), inputs.length + 1);
  const directions = inputs.map(({ shape, dtype }, k) => randomNormal(keys[k]!, shape, { dtype }));
  // Runs `f` as a transform does, so that a function that itself takes gradients is tracked through them.
  const variables = inputs.map((t) => variableOf(innerView(t))), output = runTransformed(() => compute(...variables));
  checkResult(output);
  const cotangent = randomNormal(keys[inputs.length]!, output.shape, { dtype: output.dtype });

  const inner = (a: Tensor, b: Tensor): number => toNumber(sum(mul(widened(a), widened(b))));
  const gradients = cotangentsOf(output, cotangent, new Set<Tensor>(variables));
  const analytic = variables.reduce((total, variable, k) => {
    const gradient = gradients.get(variable);
    return gradient === undefined ? total : total + inner(gradient, directions[k]!);
  }, 0);
  const at = (h: number): number =>
    inner(compute(...inputs.map((t, k) => add(constantOf(innerView(t)), scale(directions[k]!, h)))), cotangent);
  const numeric = (at(step) - at(-step)) / (2 * step);
  const relativeError = Math.abs(analytic - numeric) / Math.max(1, Math.abs(analytic), Math.abs(numeric));
  if (!(relativeError <= tolerance)) {
    throw new Error(
      `Cannot confirm the gradient: ${analytic} where central differences give ${numeric}, a relative error of ` +
        `${relativeError}; correct the derivative rule, or check where the function is smooth`,
    );
  }
  return { analytic, numeric, relativeError };
}

/** Throws if the function has not returned a tensor. */
function checkResult(output: unknown): void {
  if (isTensor(output)) return;
  throw new TypeError(
    `Cannot apply checkGradient to a function that returned ${
      describe(output)
    }: it must return a tensor; return one, ` +
      "such as the loss",
  );
}

/** The step of the difference, and the relative error that is allowed. */
const PRECISION: { readonly [D in DType]: { readonly step: number; readonly tolerance: number } } = {
  float32: { step: 1e-2, tolerance: 2e-3 },
  float64: { step: 1e-6, tolerance: 1e-5 },
};

/** Returns the precision of the least precise input. */
const precisionOf = (inputs: readonly Tensor[]) =>
  inputs.map(({ dtype }) => PRECISION[dtype]).reduce((a, b) => a.step >= b.step ? a : b, PRECISION.float64);

/** Converts to float64, so that the sums of the comparison itself lose nothing. */
const widened = (t: Tensor): Tensor => constant(tensorData(t), { dtype: "float64", shape: t.shape });
