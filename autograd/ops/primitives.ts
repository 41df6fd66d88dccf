/**
 * The list of all primitives that the generic checks go through.
 *
 * @module
 */
import type { MultiPrimitive } from "../multi_primitive.ts";
import type { Primitive } from "../primitive.ts";
import { activationPrimitives } from "./activations.ts";
import { arithmeticPrimitives } from "./arithmetic.ts";
import { batchNormPrimitives } from "./batch_norm.ts";
import { binaryCrossEntropyPrimitives } from "./binary_cross_entropy.ts";
import { castPrimitives } from "./cast.ts";
import { choicePrimitives } from "./choice.ts";
import { comparisonPrimitives } from "./comparison.ts";
import { logicPrimitives } from "./logic.ts";
import { conv2dPrimitives } from "./conv2d.ts";
import { crossEntropyPrimitives } from "./cross_entropy.ts";
import { cumsumPrimitives } from "./cumsum.ts";
import { cumulativePrimitives } from "./cumulative.ts";
import { errorFunctionPrimitives } from "./error_functions.ts";
import { exponentialPrimitives } from "./exponential.ts";
import { extremumPrimitives } from "./extremum.ts";
import { finitePrimitives } from "./finite.ts";
import { logBetaPrimitives } from "./log_beta.ts";
import { gammaFunctionPrimitives } from "./gamma_functions.ts";
import { fourierPrimitives } from "./fourier.ts";
import { gatherPrimitives } from "./gather.ts";
import { huberPrimitives } from "./huber_loss.ts";
import { hyperbolicPrimitives } from "./hyperbolic.ts";
import { hypotPrimitives } from "./hypot.ts";
import { klDivergencePrimitives } from "./kl_divergence.ts";
import { recurrencePrimitives } from "./linear_recurrence.ts";
import { logarithmPrimitives } from "./logarithms.ts";
import { lossPrimitives } from "./loss.ts";
import { matmulPrimitives } from "./matmul.ts";
import { maxPool2dPrimitives } from "./max_pool2d.ts";
import { multiNormPrimitives, normPrimitives } from "./norm.ts";
import { powerPrimitives } from "./power.ts";
import { productPrimitives } from "./product.ts";
import { reduceTensorPrimitives } from "./reduce_tensor.ts";
import { reluPrimitives } from "./relu.ts";
import { remainderPrimitives } from "./remainder.ts";
import { reshapePrimitives } from "./reshape.ts";
import { roundingPrimitives } from "./rounding.ts";
import { scatterPrimitives } from "./scatter_primitives.ts";
import { sigmoidPrimitives } from "./sigmoid.ts";
import { slicePrimitives } from "./slice.ts";
import { softmaxLossPrimitives } from "./softmax_loss.ts";
import { softmaxPrimitives } from "./softmax.ts";
import { sortPrimitives } from "./sort.ts";
import { standardizePrimitives } from "./standardize.ts";
import { sumPrimitives } from "./sum.ts";
import { transposePrimitives } from "./transpose.ts";
import { trigonometricPrimitives } from "./trigonometric.ts";
import { momentsPrimitives } from "./variance.ts";

/** All primitives; `tests/autograd/ops/all_ops_test.ts` checks each on its samples. */
export const PRIMITIVES: readonly Primitive<unknown>[] = [
  ...arithmeticPrimitives,
  ...powerPrimitives,
  ...exponentialPrimitives,
  ...trigonometricPrimitives,
  ...hyperbolicPrimitives,
  ...logarithmPrimitives,
  ...errorFunctionPrimitives,
  ...gammaFunctionPrimitives,
  ...logBetaPrimitives,
  ...hypotPrimitives,
  ...roundingPrimitives,
  ...remainderPrimitives,
  ...choicePrimitives,
  ...comparisonPrimitives,
  ...logicPrimitives,
  ...finitePrimitives,
  ...reluPrimitives,
  ...sigmoidPrimitives,
  ...activationPrimitives,
  ...batchNormPrimitives,
  ...lossPrimitives,
  ...crossEntropyPrimitives,
  ...softmaxPrimitives,
  ...softmaxLossPrimitives,
  ...normPrimitives,
  ...sumPrimitives,
  ...extremumPrimitives,
  ...matmulPrimitives,
  ...reshapePrimitives,
  ...transposePrimitives,
  ...slicePrimitives,
  ...conv2dPrimitives,
  ...maxPool2dPrimitives,
  ...gatherPrimitives,
  ...cumsumPrimitives,
  ...recurrencePrimitives,
  ...cumulativePrimitives,
  ...sortPrimitives,
  ...scatterPrimitives,
  ...productPrimitives,
  ...reduceTensorPrimitives,
  ...huberPrimitives,
  ...binaryCrossEntropyPrimitives,
  ...klDivergencePrimitives,
  ...castPrimitives,
]; // each keeps the type of its attributes beside them, in its samples

/** All primitives with several results; checked likewise. */
export const MULTI_PRIMITIVES: readonly MultiPrimitive<unknown>[] = [
  ...standardizePrimitives,
  ...multiNormPrimitives,
  ...momentsPrimitives,
  ...fourierPrimitives,
];
