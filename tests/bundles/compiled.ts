/**
 * A program that trains a network with a compiled step.
 *
 * @module
 */
import {
  activations,
  adam,
  compile,
  denseLayer,
  evaluate,
  key,
  mseLoss,
  sequential,
  tensor32,
  toNumber,
  valueAndGradient,
} from "../../mod.ts";

const x = tensor32([[0, 0], [0, 1], [1, 0], [1, 1]]), y = tensor32([[0], [1], [1], [0]]);
const model = sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 1)]);
const { params, state } = model.init(key(1)), optimizer = adam({ learningRate: 0.05 }), start = optimizer.init(params);
const loss = valueAndGradient((p: typeof params) => mseLoss(model.apply({ params: p, state }, x, evaluate)[0], y));
const step = compile((now: typeof start) => optimizer.step(now, loss(now.params).gradients));
let now = start;
for (let i = 0; i < 300; i++) now = step(now);
console.log(toNumber(loss(now.params).value) < 0.01);
