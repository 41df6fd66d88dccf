/**
 * A program that may use all of the library: nothing can be left out.
 *
 * @module
 */
import * as nanograd from "../../mod.ts";

const { activations, adam, compile, denseLayer, evaluate, key, mseLoss, ones, toNumber, valueAndGradient } = nanograd;
const model = denseLayer(3, 2, { activation: activations.gelu }), { params, state } = model.init(key(0));
const x = ones([4, 3]), y = ones([4, 2]), optimizer = adam({ learningRate: 0.1 });
const loss = valueAndGradient((p: typeof params) => mseLoss(model.apply({ params: p, state }, x, evaluate)[0], y));
const step = compile((now: ReturnType<typeof optimizer.init<typeof params>>) => {
  const { value, gradients } = loss(now.params);
  return { now: optimizer.step(now, gradients), value };
});
let { now, value } = step(optimizer.init(params));
const first = toNumber(value);
for (let i = 0; i < 20; i++) ({ now, value } = step(now));
console.log(Object.keys(nanograd).length > 200, toNumber(value) < first);
