/**
 * A program that trains a network without compiling it.
 *
 * @module
 */
import {
  activations,
  adam,
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
const { params, state } = model.init(key(1)), optimizer = adam({ learningRate: 0.05 });
const loss = valueAndGradient((p: typeof params) => mseLoss(model.apply({ params: p, state }, x, evaluate)[0], y));
let now = optimizer.init(params);
for (let i = 0; i < 300; i++) now = optimizer.step(now, loss(now.params).gradients);
console.log(toNumber(loss(now.params).value) < 0.01);
