/**
 * Optimizers as reducers, schedules, gradient diagnostics, and the parts of a training loop: batches, metrics, epochs.
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
export { accumulate, type AccumulatorMemory } from "./transforms/accumulate.ts";
export { adadelta, type AdadeltaOptions } from "./adadelta.ts";
export { adafactor, type AdafactorOptions } from "./adafactor.ts";
export type { AdafactorMemory } from "./transforms/scale_by_adafactor.ts";
export { amsgrad } from "./amsgrad.ts";
export type { AmsgradMemory } from "./transforms/scale_by_amsgrad.ts";
export { frozen } from "./frozen.ts";
export { lamb } from "./lamb.ts";
export { lbfgs, type LbfgsMemory, type LbfgsOptions, type SearchedLoss } from "./lbfgs.ts";
export { nadam, type NadamOptions } from "./nadam.ts";
export type { NadamMemory } from "./transforms/scale_by_nadam.ts";
export { type GroupMemory, type LabelOf, partitioned, type PartitionedMemory } from "./partitioned.ts";
export { radam } from "./radam.ts";
export { type Plateau, reduceOnPlateau, type ReduceOnPlateauOptions } from "./training/reduce_on_plateau.ts";
export { adagrad, type AdagradOptions } from "./adagrad.ts";
export { adam, type AdamOptions } from "./adam.ts";
export { adamw } from "./adamw.ts";
export { averagedParameters, type AverageMemory, averageParameters } from "./transforms/average_parameters.ts";
export { chain, type ChainMemory } from "./transforms/chain.ts";
export { clipNorm, clipValue } from "./transforms/clip_transforms.ts";
export { descend, type DescendOptions } from "./descend.ts";
export { clipByGlobalNorm, clipByValue } from "./clip.ts";
export { diagnose, type DiagnosisOptions, type Finding } from "./diagnostics/diagnose.ts";
export {
  type GradientHealth,
  gradientHealth,
  hasExplodingGradients,
  hasVanishingGradients,
  type ThresholdOption,
} from "./diagnostics/gradient_health.ts";
export {
  type GradientMonitor,
  gradientMonitor,
  type GradientRecord,
  type GradientRecorder,
} from "./diagnostics/gradient_monitor.ts";
export { formatGradientReport } from "./diagnostics/gradient_report.ts";
export { type GradientsStats, type GradientStats, gradientStats } from "./diagnostics/gradient_stats.ts";
export { type LearningRateSweep, learningRateSweep, type SweepOptions } from "./diagnostics/learning_rate_sweep.ts";
export { suggestLearningRate } from "./diagnostics/suggest_learning_rate.ts";
export type { Fold } from "./training/fold.ts";
export { gradientNorm } from "./diagnostics/gradient_norm.ts";
export type { Memory } from "./transforms/leafwise.ts";
export { lion, type LionOptions } from "./lion.ts";
export { exceptBiasesAndNorms, masked } from "./transforms/masked.ts";
export { momentum, type MomentumOptions } from "./transforms/momentum.ts";
export { isOptimizer, learningRate, type Optimizer, type OptimizerState, withLearningRate } from "./optimizer.ts";
export { rmsprop, type RmspropOptions } from "./rmsprop.ts";
export { scaleBy } from "./transforms/scale_by.ts";
export { scaleByAdam, type ScaleByAdamOptions } from "./transforms/scale_by_adam.ts";
export { scaleByLion, type ScaleByLionOptions } from "./transforms/scale_by_lion.ts";
export {
  scaleByAdagrad,
  type ScaleByAdagradOptions,
  scaleByRms,
  type ScaleByRmsOptions,
} from "./transforms/scale_by_rms.ts";
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
} from "./schedules/schedule.ts";
export { joinSchedules, scaleSchedule } from "./schedules/schedule_composition.ts";
export { rowwise } from "./rowwise.ts";
export { sgd, type SgdOptions } from "./sgd.ts";
export { sparseAdam, type SparseAdamOptions } from "./sparse_adam.ts";
export type {
  OptimizerConfig,
  ParameterPredicate,
  StateTree,
  Transform,
  TransformContext,
} from "./transforms/transform.ts";
export { weightDecay, type WeightDecayOptions } from "./transforms/weight_decay.ts";
export { batches, type BatchesOptions } from "./training/batches.ts";
export {
  accuracyMetric,
  type Classified,
  type ClassScores,
  type Confusion,
  type ConfusionMatrix,
  confusionMetric,
  type Hits,
} from "./training/classification_metrics.ts";
export { type Check, type EarlyStopping, earlyStopping, type EarlyStoppingOptions } from "./training/early_stopping.ts";
export { type Epoch, epochs, type EpochsOptions } from "./training/epochs.ts";
export {
  type BatchLoss,
  lossMetric,
  meanMetric,
  type Metric,
  type Weighted,
  type WeightedSum,
} from "./training/metric.ts";
export {
  type AnyMetric,
  metricRecord,
  type MetricsInput,
  type MetricSums,
  type MetricValue,
} from "./training/metric_record.ts";
