/**
 * Activation functions that belong neither to the relu nor to the sigmoid family.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions } from "../../blas/options.ts";
import {
  abs,
  add,
  div,
  erf,
  exp,
  expm1,
  greater,
  less,
  max,
  min,
  mul,
  select,
  sigmoid,
  sub,
} from "../../blas/scalar/scalar.ts";
import type { Scalar } from "../../blas/scalar/scalar.ts";
import { applyElementwise, arithmetic, errorFunction, exponential } from "../elementwise.ts";
import { checkOperands } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";

const within64 = (x: Scalar): Scalar => min(max(x, -64), 64);

/** Hendrycks and Gimpel, 2016: the normal distribution has the mass (1 + erf(x / sqrt 2)) / 2 below x. */
const massBelow = (x: Scalar): Scalar => mul(0.5, add(1, erf(mul(Math.SQRT1_2, x))));
const geluPrimitive = /* @__PURE__ */ errorFunction("gelu", (x) => mul(x, massBelow(x)), {
  derivatives: [(far) => {
    const x = within64(far!); // its density is 0 long before; Infinity times 0 would be NaN
    return add(massBelow(far!), mul(mul(1 / Math.sqrt(2 * Math.PI), x), exp(mul(-0.5, mul(x, x)))));
  }],
});
/** The same paper's approximation: the argument of the hyperbolic tangent is half of this, `2 sqrt(2 / pi)`, times `cubic`. */
const GELU_SCALE = 1.5957691216057308;
const cubic = (x: Scalar): Scalar => add(x, mul(0.044715, mul(x, mul(x, x))));
/** `x (1 + tanh(u)) / 2` written as `x / (1 + exp(-2 u))`, which does not cancel where the tangent is close to -1. */
const geluTanhPrimitive = /* @__PURE__ */ exponential(
  "geluTanh",
  (x) => div(x, add(1, exp(mul(-GELU_SCALE, cubic(x))))),
  {
    derivatives: [(far) => {
      // Long before 64 the slope is 0 or 1; the cube of a large number is infinite, and 0 times that would be NaN.
      const x = within64(far!), share = sigmoid(mul(GELU_SCALE, cubic(x)));
      const inner = mul(GELU_SCALE, add(1, mul(3 * 0.044715, mul(x, x))));
      return mul(share, add(1, mul(mul(x, inner), sub(1, share))));
    }],
  },
);
const eluPrimitive = /* @__PURE__ */ exponential(
  "elu",
  (x, alpha) => select(greater(x, 0), x, mul(alpha, expm1(min(x, 0)))),
  {
    // expm1 of min(x, 0) keeps the branch that is not taken finite; its slope is that of expm1(x) up to and including 0.
    derivatives: [
      (x, alpha) => select(greater(x!, 0), 1, mul(alpha!, exp(min(x!, 0)))),
      (x) => select(greater(x!, 0), 0, expm1(min(x!, 0))),
    ],
    domains: [[-2, 2], [0.5, 2]],
  },
);
/** The constants that keep mean 0 and variance 1; Klambauer et al., Self-Normalizing Neural Networks, 2017. */
const SELU_ALPHA = 1.6732632423543772, SELU_SCALE = 1.0507009873554805;
const seluPrimitive = /* @__PURE__ */ exponential(
  "selu",
  (x) => mul(SELU_SCALE, select(greater(x, 0), x, mul(SELU_ALPHA, expm1(min(x, 0))))),
  {
    derivatives: [(x) => mul(SELU_SCALE, select(greater(x!, 0), 1, mul(SELU_ALPHA, exp(min(x!, 0)))))],
  },
);
const hardSigmoidPrimitive = /* @__PURE__ */ arithmetic("hardSigmoid", (x) => min(max(div(add(x, 3), 6), 0), 1), {
  derivatives: [(x) => select(greater(x!, -3), select(less(x!, 3), 1 / 6, 0), 0)],
});
const hardSwishPrimitive = /* @__PURE__ */ arithmetic("hardSwish", (x) => mul(x, min(max(div(add(x, 3), 6), 0), 1)), {
  derivatives: [(x) => select(greater(x!, -3), select(less(x!, 3), add(div(x!, 3), 0.5), 1), 0)],
});
const softsignPrimitive = /* @__PURE__ */ arithmetic("softsign", (x) => div(x, add(1, abs(x))), {
  derivatives: [(x) => div(div(1, add(1, abs(x!))), add(1, abs(x!)))], // a square would overflow
  domains: [[0.2, 2]],
});

/** The primitives of this file, for the generic checks. */
export const activationPrimitives = [
  geluPrimitive,
  geluTanhPrimitive,
  eluPrimitive,
  seluPrimitive,
  hardSigmoidPrimitive,
  hardSwishPrimitive,
  softsignPrimitive,
];

/**
 * Computes `x` times the share of the normal distribution below `x`, element by element.
 *
 * @example
 * ```ts
 * import { gelu, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(gelu(tensor64(1))), 0.8411919906);
 * ```
 *
 * @param options `approximate`: `"tanh"` (the default) or `"none"`, which uses the error function.
 * @throws {RangeError} If `approximate` is anything else.
 * @see Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 */
export function gelu<D extends DType>(
  x: Tensor<D>,
  options: { readonly approximate?: "tanh" | "none" | undefined } = {},
): Tensor<D> {
  checkOptions("apply gelu", options, { approximate: true });
  const { approximate = "tanh" } = options;
  if (approximate !== "tanh" && approximate !== "none") {
    throw new RangeError(
      `Cannot apply gelu with approximate ${describe(approximate)}: it must be "tanh" or "none"; pass one`,
    );
  }
  checkOperands("gelu", [x]);
  return applyElementwise(approximate === "tanh" ? geluTanhPrimitive : geluPrimitive, [x]);
}

/**
 * Returns `x` where it is positive, and `alpha * (exp(x) - 1)` elsewhere.
 *
 * @example
 * ```ts
 * import { elu, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(elu(tensor64([2, -Infinity]))), [2, -1]);
 * ```
 *
 * @param options `alpha`: the limit far to the left is `-alpha`; 1 by default.
 * @see Clevert et al., Exponential Linear Units, 2015.
 */
export function elu<D extends DType>(x: Tensor<D>, options: { readonly alpha?: number | undefined } = {}): Tensor<D> {
  checkOptions("apply elu", options, { alpha: true });
  const { alpha = 1 } = options;
  return applyElementwise(eluPrimitive, [x, alpha]);
}

/**
 * Computes the exponential linear unit that keeps activations at mean 0 and variance 1.
 *
 * @example
 * ```ts
 * import { selu, tensor64, toNumber } from "@nanograd/nanograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(toNumber(selu(tensor64(1))), 1.0507009873554805);
 * ```
 *
 * @see Klambauer et al., Self-Normalizing Neural Networks, 2017.
 */
export function selu<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(seluPrimitive, [x]);
}

/**
 * Computes `clamp((x + 3) / 6, 0, 1)`, element by element; the slope at both bends is 0.
 *
 * @example
 * ```ts
 * import { hardSigmoid, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(hardSigmoid(tensor64([-4, 0, 4]))), [0, 0.5, 1]);
 * ```
 */
export function hardSigmoid<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(hardSigmoidPrimitive, [x]);
}

/**
 * Computes `x * hardSigmoid(x)`, element by element.
 *
 * @example
 * ```ts
 * import { hardSwish, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(hardSwish(tensor64([-4, 0, 4]))), [-0, 0, 4]);
 * ```
 *
 * @see Howard et al., Searching for MobileNetV3, 2019.
 */
export function hardSwish<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(hardSwishPrimitive, [x]);
}

/**
 * Computes `x / (1 + |x|)`, element by element.
 *
 * @example
 * ```ts
 * import { softsign, tensor64, toList } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toList(softsign(tensor64([-3, 1]))), [-0.75, 0.5]);
 * ```
 */
export function softsign<D extends DType>(x: Tensor<D>): Tensor<D> {
  return applyElementwise(softsignPrimitive, [x]);
}
