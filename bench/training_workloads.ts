/**
 * The training steps that are measured: the same networks as in `torch_training.py`.
 *
 * They are made with the library that is given, so that `against.ts` can make them with two.
 *
 * @module
 */
import * as nanograd from "@nanograd/nanograd";
import type { Layer, Optimizer, Tensor } from "@nanograd/nanograd";

/** A copy of the library. */
export type Library = typeof nanograd;

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
  optimizer?: Optimizer,
  { adam, compile, key, train, valueAndGradient }: Library = nanograd,
): Workload {
  const { params, state } = model.init(key(0)), mode = train(key(1)), rule = optimizer ?? adam() as Optimizer;
  const begun = { optimizer: rule.init(params), layers: state };
  type Carry = typeof begun;
  const step = (carry: Carry, [x, target]: readonly [Tensor, Tensor]): readonly [Carry, Tensor] => {
    const { value, gradients, aux } = valueAndGradient((params: typeof carry.optimizer.params) => {
      const [y, layers] = model.apply({ params, state: carry.layers }, x, mode);
      return [loss(y, target), layers] as const;
    }, { hasAux: true })(carry.optimizer.params);
    return [{ optimizer: rule.step(carry.optimizer, gradients), layers: aux }, value];
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

/** Returns the network of the MNIST demo. */
export function mlp({ activations, denseLayer, sequential }: Library = nanograd): Layer {
  const relu = { activation: activations.relu };
  return sequential([denseLayer(784, 128, relu), denseLayer(128, 64, relu), denseLayer(64, 10)]);
}

/** Returns the workloads by name, made with `library`; each call of one makes a fresh one. */
export function trainingWorkloads(library: Library): { readonly [name: string]: () => Workload } {
  const { activationLayer, activations, batchNorm2d, compile, conv2dLayer, denseLayer, evaluate } = library;
  const { globalAvgPool2dLayer, key, mseLoss, randomInteger, randomNormal, randomUniform } = library;
  const { sequential, softmaxCrossEntropy } = library;

  const classification = (model: Layer, ...shape: readonly number[]): Workload => {
    const labels = randomInteger(key(3), [shape[0]!], { max: 10 });
    return training(model, softmaxCrossEntropy, randomNormal(key(2), shape), labels, undefined, library);
  };
  const block = (from: number, to: number, stride: number) =>
    [
      conv2dLayer(from, to, 3, { stride, padding: 1 }),
      batchNorm2d(to, {}),
      activationLayer(activations.relu),
    ] as const;
  const cnn = (): Layer =>
    sequential([
      ...block(1, 16, 1),
      ...block(16, 32, 2),
      ...block(32, 64, 2),
      globalAvgPool2dLayer(),
      denseLayer(64, 10),
    ]);
  const tiny = (): Layer => sequential([denseLayer(2, 8, { activation: activations.relu }), denseLayer(8, 1)]);

  return {
    tiny_train_b1: () =>
      training(tiny(), mseLoss, randomUniform(key(2), [1, 2]), randomUniform(key(3), [1, 1]), undefined, library),
    mlp_train_b1: () => classification(mlp(library), 1, 784),
    mlp_train_b32: () => classification(mlp(library), 32, 784),
    mlp_train_b128: () => classification(mlp(library), 128, 784),
    mlp_train_b512: () => classification(mlp(library), 512, 784),
    cnn_train_b1: () => classification(cnn(), 1, 1, 28, 28),
    cnn_train_b32: () => classification(cnn(), 32, 1, 28, 28),
    mlp_infer_b1: () => {
      const model = mlp(library), variables = model.init(key(0)), x = randomNormal(key(2), [1, 784]);
      const infer = (x: Tensor): Tensor => model.apply(variables, x, evaluate)[0], compiled = compile(infer);
      return { compiled: () => void compiled(x), plainly: () => void infer(x) };
    },
  };
}

/** The workloads of this library. */
export const WORKLOADS: { readonly [name: string]: () => Workload } = trainingWorkloads(nanograd);
