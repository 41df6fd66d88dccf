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
export { accumulate, type AccumulatorMemory } from "./accumulate.ts";
export { adagrad, type AdagradOptions } from "./adagrad.ts";
export { adam, type AdamOptions } from "./adam.ts";
export { adamw } from "./adamw.ts";
export { averagedParameters, type AverageMemory, averageParameters } from "./average_parameters.ts";
export { chain, type ChainMemory } from "./chain.ts";
export { clipNorm, clipValue } from "./clip_transforms.ts";
export { descend, type DescendOptions } from "./descend.ts";
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
export type { Memory } from "./leafwise.ts";
export { lion, type LionOptions } from "./lion.ts";
export { exceptBiasesAndNorms, masked } from "./masked.ts";
export { momentum, type MomentumOptions } from "./momentum.ts";
export { isOptimizer, learningRate, type Optimizer, type OptimizerState, withLearningRate } from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export { scaleBy } from "./scale_by.ts";
export { scaleByAdam, type ScaleByAdamOptions } from "./scale_by_adam.ts";
export { scaleByLion, type ScaleByLionOptions } from "./scale_by_lion.ts";
export { scaleByAdagrad, type ScaleByAdagradOptions, scaleByRms, type ScaleByRmsOptions } from "./scale_by_rms.ts";
export {
  cosineAnnealing,
  cosineRestarts,
  exponentialDecay,
  linearRamp,
  oneCycle,
  piecewise,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmup,
} from "./schedule.ts";
export { joinSchedules, scaleSchedule } from "./schedule_composition.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
export type { OptimizerConfig, ParameterPredicate, StateTree, Transform, TransformContext } from "./transform.ts";
export { weightDecay, type WeightDecayOptions } from "./weight_decay.ts";
