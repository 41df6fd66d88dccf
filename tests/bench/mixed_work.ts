/**
 * Work on tensors of several ranks, and then many steps of a tiny network, on two engines: what
 * `deoptimizations_test.ts` runs.
 *
 * @module
 */
import { engines, setEngine } from "../../blas/mod.ts";
import {
  activations,
  adam,
  add,
  constant,
  denseLayer,
  forward,
  key,
  matmul,
  mseLoss,
  randomUniform,
  sequential,
  valueAndGradient,
} from "../../mod.ts";

const matrix = randomUniform(key(1), [64, 64]), row = randomUniform(key(2), [64]);
const model = sequential([denseLayer(2, 8, { activation: activations.relu }), denseLayer(8, 1)]);
const x = constant([[0.1, 0.2]]), y = constant([[0.3]]);

/** Makes a step that trains the network. */
function makeStep(): () => void {
  const { params, state } = model.init(key(0)), optimizer = adam();
  const differentiate = valueAndGradient((p: typeof params) => mseLoss(forward(model, { params: p, state }, x), y));
  let now = optimizer.init(params);
  return () => {
    now = optimizer.step(now, differentiate(now.params).gradients);
  };
}

/** Calls functions on both engines by turns. */
function byTurns(turns: number, calls: number, ...functions: readonly (() => unknown)[]): void {
  for (let turn = 0; turn < turns; turn++) {
    for (const [k, engine] of [engines.reference, engines.simd].entries()) {
      setEngine(engine);
      for (let call = 0; call < calls; call++) functions[k % functions.length]!();
    }
  }
}

byTurns(8, 400, () => matmul(matrix, matrix));
byTurns(8, 400, () => add(row, row));
byTurns(8, 40, () => add(matrix, row));
byTurns(8, 1500, makeStep(), makeStep());
