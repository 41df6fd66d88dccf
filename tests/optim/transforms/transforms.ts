/**
 * Transforms and optimizers of every kind, for properties that hold for all of them.
 *
 * @module
 */
import fc from "fast-check";
import { add, neg } from "../../../autograd/ops/mod.ts";
import { isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { ParameterTree } from "../../../autograd/tree/parameter_tree.ts";
import { constant } from "../../../autograd/values/constructors.ts";
import { toList } from "../../../autograd/values/read.ts";
import { entries, map } from "../../../autograd/tree/tree.ts";
import { accumulate } from "../../../optim/transforms/accumulate.ts";
import { adagrad } from "../../../optim/adagrad.ts";
import { adadelta } from "../../../optim/adadelta.ts";
import { adafactor } from "../../../optim/adafactor.ts";
import { amsgrad } from "../../../optim/amsgrad.ts";
import { lamb } from "../../../optim/lamb.ts";
import { lbfgs } from "../../../optim/lbfgs.ts";
import { nadam } from "../../../optim/nadam.ts";
import { radam } from "../../../optim/radam.ts";
import { partitioned } from "../../../optim/partitioned.ts";
import { adam } from "../../../optim/adam.ts";
import { adamw } from "../../../optim/adamw.ts";
import { averageParameters } from "../../../optim/transforms/average_parameters.ts";
import { chain } from "../../../optim/transforms/chain.ts";
import { clipNorm, clipValue } from "../../../optim/transforms/clip_transforms.ts";
import { descend } from "../../../optim/descend.ts";
import { lion } from "../../../optim/lion.ts";
import { exceptBiasesAndNorms, masked } from "../../../optim/transforms/masked.ts";
import { momentum } from "../../../optim/transforms/momentum.ts";
import type { Optimizer } from "../../../optim/optimizer.ts";
import { rmsprop } from "../../../optim/rmsprop.ts";
import { scaleBy } from "../../../optim/transforms/scale_by.ts";
import { scaleByAdam } from "../../../optim/transforms/scale_by_adam.ts";
import { scaleByLion } from "../../../optim/transforms/scale_by_lion.ts";
import { scaleByAdagrad, scaleByRms } from "../../../optim/transforms/scale_by_rms.ts";
import { cosineAnnealing, warmup } from "../../../optim/schedules/schedule.ts";
import { sgd } from "../../../optim/sgd.ts";
import type { StateTree, Transform, TransformContext } from "../../../optim/transforms/transform.ts";
import { weightDecay } from "../../../optim/transforms/weight_decay.ts";

/** As a user would write one: it counts its steps, and turns every gradient round. */
export const turned: Transform<{ readonly count: Tensor }> = {
  name: "turned",
  config: {},
  init: () => ({ count: constant(0) }),
  update: (gradients, { count }) => [map((g: Tensor) => neg(g), gradients), { count: add(count, 1) }],
};

/** Returns what a transform reads besides the gradients. */
export const contextOf = (params: ParameterTree, step = 0, learningRate = 0.1): TransformContext => ({
  params,
  step: constant(step, { dtype: "float64" }),
  learningRate: constant(learningRate, { dtype: "float64" }),
});

const isFirst = (path: string): boolean => path.startsWith("a");

/** One of every kind: the library's transforms, a custom one, and combinations of these. */
export const TRANSFORMS: readonly Transform[] = [
  momentum({ decay: 0.5 }),
  momentum({ nesterov: true }),
  scaleByAdam(),
  scaleByRms({ alpha: 0.75 }),
  scaleByAdagrad(),
  scaleByLion(),
  scaleBy(0.5),
  scaleBy((step) => 1 / (1 + step)),
  weightDecay(0.1),
  clipNorm(1),
  clipValue(0.5),
  masked(isFirst, momentum()),
  masked(exceptBiasesAndNorms, chain(weightDecay(0.1), scaleByAdam())),
  chain(clipValue(3), momentum({ decay: 0.25 })),
  chain(),
];

const schedule = warmup({ steps: 2 }, cosineAnnealing({ initial: 0.1, steps: 5 }));

/** One of every kind. */
export const OPTIMIZERS: readonly Optimizer[] = [
  sgd({ learningRate: 0.1 }),
  sgd({ learningRate: schedule, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  adam({ learningRate: 0.1 }),
  adam({ learningRate: schedule, weightDecay: 0.1 }),
  adamw({ learningRate: 0.1, decays: exceptBiasesAndNorms }),
  rmsprop({ learningRate: 0.1, momentum: 0.5, weightDecay: 0.1 }),
  adagrad({ learningRate: 0.1 }),
  lion({ learningRate: schedule, weightDecay: 0.1 }),
  rmsprop({ learningRate: schedule, centered: true }),
  amsgrad({ learningRate: 0.1, weightDecay: 0.1 }),
  nadam({ learningRate: schedule }),
  radam({ learningRate: 0.1, decays: exceptBiasesAndNorms }),
  adadelta(),
  adafactor({ learningRate: schedule, weightDecay: 0.1 }),
  lamb({ learningRate: 0.1, weightDecay: 0.1 }),
  lbfgs({ learningRate: 0.1, history: 3 }),
  partitioned(
    { first: adam({ learningRate: schedule }), rest: accumulate({ steps: 2 }, sgd()) },
    (path) => path.endsWith("weight") ? "first" : path.startsWith("1") ? "rest" : "frozen",
  ),
  descend({ learningRate: 0.1 }),
  chain(clipNorm(1), scaleByAdam(), weightDecay(0.1), descend({ learningRate: schedule })),
  chain(...TRANSFORMS, descend({ learningRate: 0.1 })),
  accumulate({ steps: 2 }, adam({ learningRate: schedule })),
  chain(clipNorm(1), accumulate({ steps: 3 }, averageParameters({ decay: 0.5 }, chain(momentum(), adamw())))),
  averageParameters({ decay: 0.9 }, accumulate({ steps: 2 }, sgd({ learningRate: 0.1 }))),
];

export const anyTransform: fc.Arbitrary<Transform> = fc.constantFrom(...TRANSFORMS, turned);
export const anyOptimizer: fc.Arbitrary<Optimizer> = fc.constantFrom(...OPTIMIZERS);

/** The numbers of a state by path, those of tensors and counters alike. */
export const numbersOf = (state: StateTree): readonly (readonly [path: string, number[]])[] =>
  entries<Tensor | number>(state).map(([path, leaf]) => [path, isTensor(leaf) ? toList(leaf) : [leaf]]);
