/**
 * Whole training steps: forward, backward and Adam of the MNIST network, 784-128-64-10.
 *
 * @module
 */
import {
  activations,
  adam,
  denseLayer,
  key,
  randomInteger,
  randomNormal,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  train,
  valueAndGradient,
} from "@nanograd/nanograd";

const model = sequential([
  denseLayer(784, 128, { activation: activations.relu }),
  denseLayer(128, 64, { activation: activations.relu }),
  denseLayer(64, 10),
]);
const { params, state } = model.init(key(0));
const optimizer = adam();
const begun = optimizer.init(params);

for (const batch of [1, 32, 128]) {
  const x = randomNormal(key(1), [batch, 784]), labels = randomInteger(key(2), [batch], { max: 10 });
  const loss = (p: typeof params): Tensor =>
    softmaxCrossEntropy(model.apply({ params: p, state }, x, train(key(3)))[0], labels);
  const differentiate = valueAndGradient(loss), group = `784-128-64-10, batch of ${batch}`;
  Deno.bench({ name: "forward", group, baseline: true, fn: () => void loss(params) });
  Deno.bench({ name: "forward and backward", group, fn: () => void differentiate(params) });
  Deno.bench({
    name: "forward, backward and Adam",
    group,
    fn: () => void optimizer.step(begun, differentiate(params).gradients),
  });
}
