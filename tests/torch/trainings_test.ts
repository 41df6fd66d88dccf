import {
  activationLayer,
  activations,
  adamw,
  batchNorm2d,
  chain,
  clipNorm,
  conv2dLayer,
  cosineAnnealing,
  denseLayer,
  forward,
  globalAvgPool2dLayer,
  key,
  type Layer,
  type Optimizer,
  type ParameterTree,
  residual,
  rmsNormLayer,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  toList,
  toNumber,
  train,
  tree,
  valueAndGradient,
} from "../../mod.ts";
import { assertAccountsFor } from "./awaited.ts";
import { assertAgrees, assertNumbersAgree, constantFrom, fixtures, type Recorded, variableFrom } from "./fixtures.ts";
import { OPTIMIZERS } from "./optimizers.ts";

const DTYPE = "float64", TOLERANCE = 1e-9;

type Named = Readonly<Record<string, Recorded>>;

/** A model, and where PyTorch's names for its tensors belong. */
type Network = {
  readonly model: Layer;
  readonly params: (recorded: Named) => ParameterTree;
  readonly state: (recorded: Named) => ParameterTree;
};

const variables = (recorded: Named, names: Readonly<Record<string, string>>): ParameterTree =>
  tree.map<string, Tensor>((name) => variableFrom(recorded[name]!, DTYPE), names);

const dense = (recorded: Named, name: string) =>
  variables(recorded, { weight: `${name}.weight`, bias: `${name}.bias` });

const NOTHING: ParameterTree = [];

/** PyTorch counts activations as layers: its 0, 2 and 4 are our 0, 1 and 2. */
const perceptron: Network = {
  model: sequential([
    denseLayer(4, 8, { activation: activations.tanh, dtype: DTYPE }),
    denseLayer(8, 8, { activation: activations.relu, dtype: DTYPE }),
    denseLayer(8, 3, { dtype: DTYPE }),
  ]),
  params: (recorded) => ["0", "2", "4"].map((name) => dense(recorded, name)),
  state: () => [NOTHING, NOTHING, NOTHING],
};

const normalization = (recorded: Named, name: string) =>
  variables(recorded, { gamma: `${name}.weight`, beta: `${name}.bias` });

const statistics = (recorded: Named, name: string) =>
  variables(recorded, { runningMean: `${name}.running_mean`, runningVariance: `${name}.running_var` });

const convolutional: Network = {
  model: sequential([
    conv2dLayer(1, 4, 3, { padding: 1, dtype: DTYPE }),
    batchNorm2d(4, { dtype: DTYPE }),
    activationLayer(activations.relu),
    conv2dLayer(4, 6, 3, { stride: 2, padding: 1, bias: false, dtype: DTYPE }),
    batchNorm2d(6, { dtype: DTYPE }),
    activationLayer(activations.relu),
    globalAvgPool2dLayer(),
    denseLayer(6, 10, { dtype: DTYPE }),
  ]),
  params: (recorded) => [
    dense(recorded, "conv1"),
    normalization(recorded, "bn1"),
    NOTHING,
    variables(recorded, { weight: "conv2.weight" }),
    normalization(recorded, "bn2"),
    NOTHING,
    NOTHING,
    dense(recorded, "fc"),
  ],
  state: (recorded) => [
    NOTHING,
    statistics(recorded, "bn1"),
    NOTHING,
    NOTHING,
    statistics(recorded, "bn2"),
    NOTHING,
    NOTHING,
    NOTHING,
  ],
};

const residualNetwork: Network = {
  model: sequential([
    residual(sequential([
      rmsNormLayer(4, { epsilon: 1e-6, dtype: DTYPE }),
      denseLayer(4, 10, { activation: activations.silu, bias: false, dtype: DTYPE }),
      denseLayer(10, 4, { bias: false, dtype: DTYPE }),
    ])),
    denseLayer(4, 3, { dtype: DTYPE }),
  ]),
  params: (recorded) => [
    [["g", "up.weight", "down.weight"].map((weight) => variables(recorded, { weight }))],
    dense(recorded, "head"),
  ],
  state: () => [[[NOTHING, NOTHING, NOTHING]], NOTHING],
};

const NETWORKS: Readonly<Record<string, Network>> = {
  mlp_iris_sgd_momentum: perceptron,
  mlp_iris_adam: perceptron,
  mlp_iris_rmsprop: perceptron,
  mlp_iris_adamw: perceptron,
  cnn_digits_sgd_momentum: convolutional,
  cnn_digits_adam: convolutional,
  residual_rmsnorm_silu_iris_adamw_clip_cosine: residualNetwork,
};

/** The optimizer of a training; that of the last is described in its text. */
const optimizerFor = ({ name, hyper }: (typeof fixtures.trainings)[number]): Optimizer =>
  name === "residual_rmsnorm_silu_iris_adamw_clip_cosine"
    ? chain(clipNorm(0.5), adamw({ learningRate: cosineAnnealing({ initial: 0.05, steps: 20 }), weightDecay: 0.01 }))
    : OPTIMIZERS[hyper.optimizer]!(hyper);

/** Compares every tensor of a tree with the one that belongs in its place. */
function assertTreesAgree(actual: ParameterTree, expected: ParameterTree, what: string): void {
  tree.zipWith<Tensor, Tensor, void>(
    (a, e, path) => assertNumbersAgree(toList(a), toList(e), TOLERANCE, `${what} of ${path}`),
    actual,
    expected,
  );
}

for (const recorded of fixtures.trainings) {
  Deno.test(`${recorded.name}: losses, first gradients, final variables and predictions are PyTorch's`, () => {
    const { model, params, state } = NETWORKS[recorded.name]!;
    const batches = recorded.batches.map(({ x, y }) => ({ x: constantFrom(x, DTYPE), labels: y.data.map(Number) }));
    const optimizer = optimizerFor(recorded);
    const loss = valueAndGradient((p: ParameterTree, s: ParameterTree, { x, labels }: typeof batches[number]) => {
      const [logits, next] = model.apply({ params: p, state: s }, x, train(key(0)));
      return [softmaxCrossEntropy(logits, labels), next] as const;
    }, { hasAux: true });

    const start = { training: optimizer.init(params(recorded.init)), state: state(recorded.init) };
    const first = loss(start.training.params, start.state, batches[0]!).gradients;
    assertTreesAgree(first, params(recorded.grads_step0), "the first gradient");
    const end = recorded.losses.reduce(({ training, state, losses }, _, k) => {
      const { value, gradients, aux } = loss(training.params, state, batches[k % batches.length]!);
      return { training: optimizer.step(training, gradients), state: aux, losses: [...losses, toNumber(value)] };
    }, { ...start, losses: [] as readonly number[] });

    assertNumbersAgree(end.losses, recorded.losses, TOLERANCE, "the loss of each step");
    assertTreesAgree(end.training.params, params(recorded.final), "the final value");
    assertTreesAgree(end.state, state(recorded.final), "the final statistic");
    const logits = forward(
      model,
      { params: end.training.params, state: end.state },
      constantFrom(recorded.eval_x, DTYPE),
    );
    assertAgrees(logits, recorded.eval_logits, TOLERANCE, "the logits after training");
  });
}

Deno.test("every training that PyTorch recorded has a network", () => {
  assertAccountsFor(fixtures.trainings.map(({ name }) => name), Object.keys(NETWORKS));
});
