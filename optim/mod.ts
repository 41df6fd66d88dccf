/**
 * Optimizers as reducers, and schedules.
 *
 * @example A training run is a fold
 * ```ts
 * import { sgd } from "@nanograd/nanograd/optim";
 * import { tensor64, toNumber } from "@nanograd/nanograd/autograd";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const optimizer = sgd({ learningRate: 0.1 });
 * const gradients = [1, 2, 3].map((g) => tensor64(g));
 * const state = gradients.reduce(optimizer.step, optimizer.init(tensor64(1)));
 * assertAlmostEquals(toNumber(state.params), 0.4);
 * ```
 *
 * @module
 */
export { adagrad, type AdagradOptions } from "./adagrad.ts";
export { adam, type AdamOptions } from "./adam.ts";
export { adamw } from "./adamw.ts";
export { chain, clipNorm, clipValue, type Transform } from "./chain.ts";
export { clipByGlobalNorm, clipByValue } from "./clip.ts";
export {
  type GradientHealth,
  gradientHealth,
  type GradientsStats,
  type GradientStats,
  gradientStats,
  hasExplodingGradients,
  hasVanishingGradients,
  type ThresholdOption,
} from "./diagnostics.ts";
export { gradientNorm } from "./gradient_norm.ts";
export { lion, type LionOptions } from "./lion.ts";
export {
  isOptimizer,
  learningRate,
  type Memory,
  type Optimizer,
  type OptimizerConfig,
  type OptimizerState,
  withLearningRate,
} from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export {
  cosineAnnealing,
  exponentialDecay,
  oneCycle,
  piecewise,
  type Schedule,
  stepDecay,
  warmup,
} from "./schedule.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
