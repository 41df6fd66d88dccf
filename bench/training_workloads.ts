/**
 * The training steps that are measured: the same networks as in `torch_training.py`.
 *
 * @module
 */
import {
  activationLayer,
  activations,
  adam,
  batchNorm2d,
  compile,
  conv2dLayer,
  denseLayer,
  evaluate,
  globalAvgPool2dLayer,
  key,
  type Layer,
  mseLoss,
  type Optimizer,
  randomInteger,
  randomNormal,
  randomUniform,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  train,
  valueAndGradient,
} from "@nanograd/nanograd";

/** One training step, compiled and plain. */
export type Workload = { compiled(): void; plainly(): void };

type Loss = (y: Tensor, target: Tensor) => Tensor;

/**
 * Makes a training workload: a fold whose carry, the state of the optimizer and the layers, stays in compiled memory.
 */
export function training(
  model: Layer,
  loss: Loss,
  x: Tensor,
  target: Tensor,
  optimizer: Optimizer = adam() as Optimizer,
): Workload {
  const { params, state } = model.init(key(0)), mode = train(key(1));
  const begun = { optimizer: optimizer.init(params), layers: state };
  type Carry = typeof begun;
  const step = (carry: Carry, [x, target]: readonly [Tensor, Tensor]): readonly [Carry, Tensor] => {
    const { value, gradients, aux } = valueAndGradient((params: typeof carry.optimizer.params) => {
      const [y, layers] = model.apply({ params, state: carry.layers }, x, mode);
      return [loss(y, target), layers] as const;
    }, { hasAux: true })(carry.optimizer.params);
    return [{ optimizer: optimizer.step(carry.optimizer, gradients), layers: aux }, value];
  };
  const compiled = compile(step), pair = [x, target] as const;
  function* endless() {
    for (;;) yield pair;
  }
  const steps = compiled.scan(begun, endless());
  let carry = begun;
  return {
    compiled: () => void steps.next(),
    plainly: () => {
      [carry] = step(carry, pair);
    },
  };
}

const relu = { activation: activations.relu };

/** The network of the MNIST demo. */
export const mlp = (): Layer => sequential([denseLayer(784, 128, relu), denseLayer(128, 64, relu), denseLayer(64, 10)]);

const mlpTraining = (batch: number) => (): Workload =>
  training(mlp(), softmaxCrossEntropy, randomNormal(key(2), [batch, 784]), randomInteger(key(3), [batch], { max: 10 }));

const cnnTraining = (batch: number) => (): Workload => {
  const block = (from: number, to: number, stride: number) => [
    conv2dLayer(from, to, 3, { stride, padding: 1 }),
    batchNorm2d(to, {}),
  ];
  const [a, b, c] = [block(1, 16, 1), block(16, 32, 2), block(32, 64, 2)];
  const model = sequential([
    a![0]!,
    a![1]!,
    activationLayer(activations.relu),
    b![0]!,
    b![1]!,
    activationLayer(activations.relu),
    c![0]!,
    c![1]!,
    activationLayer(activations.relu),
    globalAvgPool2dLayer(),
    denseLayer(64, 10),
  ]);
  const labels = randomInteger(key(3), [batch], { max: 10 });
  return training(model, softmaxCrossEntropy, randomNormal(key(2), [batch, 1, 28, 28]), labels);
};

/** The workloads by name; each call makes a fresh one. */
export const WORKLOADS: { readonly [name: string]: () => Workload } = {
  tiny_train_b1: () =>
    training(
      sequential([denseLayer(2, 8, relu), denseLayer(8, 1)]),
      mseLoss,
      randomUniform(key(2), [1, 2]),
      randomUniform(key(3), [1, 1]),
    ),
  mlp_train_b1: mlpTraining(1),
  mlp_train_b32: mlpTraining(32),
  mlp_train_b128: mlpTraining(128),
  mlp_train_b512: mlpTraining(512),
  cnn_train_b1: cnnTraining(1),
  cnn_train_b32: cnnTraining(32),
  mlp_infer_b1: () => {
    const model = mlp(), variables = model.init(key(0)), x = randomNormal(key(2), [1, 784]);
    const infer = (x: Tensor): Tensor => model.apply(variables, x, evaluate)[0], compiled = compile(infer);
    return { compiled: () => void compiled(x), plainly: () => void infer(x) };
  },
};
