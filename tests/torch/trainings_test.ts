import {
  activationLayer,
  activations,
  batchNorm2d,
  conv2dLayer,
  denseLayer,
  forward,
  globalAvgPool2dLayer,
  key,
  type Layer,
  type Parameters,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  toList,
  toNumber,
  train,
  tree,
  valueAndGradient,
} from "../../mod.ts";
import { assertAccountsFor, assertStillAwaited, type AwaitedExports, whenAll, whenAny } from "./awaited.ts";
import { assertAgrees, assertNumbersAgree, constantFrom, fixtures, type Recorded, variableFrom } from "./fixtures.ts";
import { OPTIMIZERS } from "./optimizers.ts";

const DTYPE = "float64", TOLERANCE = 1e-9;

/** Trainings that need what the library does not have yet, and the exports with which they become testable. */
const NOT_YET: Readonly<Record<string, AwaitedExports>> = {
  mlp_iris_rmsprop: whenAny("rmsprop"),
  mlp_iris_adamw: whenAny("adamw"),
  residual_rmsnorm_silu_iris_adamw_clip_cosine: whenAll("rmsNorm", "adamw", "clipByGlobalNorm"),
};

type Named = Readonly<Record<string, Recorded>>;

/** A model, and where PyTorch's names for its tensors belong. */
type Network = {
  readonly model: Layer;
  readonly params: (recorded: Named) => Parameters;
  readonly state: (recorded: Named) => Parameters;
};

const variables = (recorded: Named, names: Readonly<Record<string, string>>): Parameters =>
  tree.map<string, Tensor>((name) => variableFrom(recorded[name]!, DTYPE), names);

const dense = (recorded: Named, name: string) =>
  variables(recorded, { weight: `${name}.weight`, bias: `${name}.bias` });

const NOTHING: Parameters = [];

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

const NETWORKS: Readonly<Record<string, Network>> = {
  mlp_iris_sgd_momentum: perceptron,
  mlp_iris_adam: perceptron,
  cnn_digits_sgd_momentum: convolutional,
  cnn_digits_adam: convolutional,
};

/** Compares every tensor of a tree with the one that belongs in its place. */
function assertTreesAgree(actual: Parameters, expected: Parameters, what: string): void {
  tree.zipWith<Tensor, Tensor, void>(
    (a, e, path) => assertNumbersAgree(toList(a), toList(e), TOLERANCE, `${what} of ${path}`),
    actual,
    expected,
  );
}

for (const recorded of fixtures.trainings.filter(({ name }) => name in NETWORKS)) {
  Deno.test(`${recorded.name}: losses, first gradients, final variables and predictions are PyTorch's`, () => {
    const { model, params, state } = NETWORKS[recorded.name]!;
    const batches = recorded.batches.map(({ x, y }) => ({ x: constantFrom(x, DTYPE), labels: y.data.map(Number) }));
    const optimizer = OPTIMIZERS[recorded.hyper.optimizer]!(recorded.hyper);
    const loss = valueAndGradient((p: Parameters, s: Parameters, { x, labels }: typeof batches[number]) => {
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

Deno.test("every training that PyTorch recorded is tested or awaited by name", () => {
  assertAccountsFor(fixtures.trainings.map(({ name }) => name), Object.keys(NETWORKS), Object.keys(NOT_YET));
});

Deno.test("no training is listed as awaited whose parts are all exported already", () => assertStillAwaited(NOT_YET));
