/**
 * A training that can be stopped between any two steps: `training_program.ts FILE STEPS` takes so many steps, from where
 * FILE says that training has come to, or from the start if there is no such file, and leaves FILE for the next run.
 *
 * @module
 */
import {
  activations,
  adam,
  batchNorm1d,
  chain,
  clipNorm,
  cosineAnnealing,
  denseLayer,
  dropout,
  type Key,
  key,
  loadTree,
  randomNormal,
  saveTree,
  sequential,
  softmaxCrossEntropy,
  split,
  toNumber,
  train,
  valueAndGradient,
} from "../../../mod.ts";

const model = sequential([
  denseLayer(6, 16, { activation: activations.gelu }),
  batchNorm1d(16),
  dropout(0.3),
  denseLayer(16, 3),
]);
const optimizer = chain(clipNorm(1), adam({ learningRate: cosineAnnealing({ initial: 0.05, steps: 20 }) }));

const { params, state } = model.init(key(1));
const start = { optimizer: optimizer.init(params), state, key: key(2), loss: 0 };

const lossAndGradients = valueAndGradient((p: typeof params, s: typeof state, own: Key) => {
  const [dataKey, dropKey] = split(own, 2), x = randomNormal(dataKey, [12, 6]);
  const [logits, next] = model.apply({ params: p, state: s }, x, train(dropKey));
  return [softmaxCrossEntropy(logits, Array.from({ length: 12 }, (_, i) => i % 3)), next] as const;
}, { hasAux: true });

function step(training: typeof start): typeof start {
  const [own, next] = split(training.key, 2);
  const { value, gradients, aux } = lossAndGradients(training.optimizer.params, training.state, own);
  return { optimizer: optimizer.step(training.optimizer, gradients), state: aux, key: next, loss: toNumber(value) };
}

const [path = "", steps = "0"] = Deno.args;
const exists = await Deno.stat(path).then(() => true, () => false);
const before = exists ? await loadTree(path, start)() : { _tag: "Right", right: start } as const;
if (before._tag === "Left") throw before.left;

let training: typeof start = before.right;
for (let i = 0; i < Number(steps); i++) {
  training = step(training);
  console.log(toNumber(training.optimizer.step), training.loss);
}

const saved = await saveTree(path, training)();
if (saved._tag === "Left") throw saved.left;
