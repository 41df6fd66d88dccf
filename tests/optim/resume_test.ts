/**
 * Training that is written to disk and goes on. Layers and optimizers meet in tests alone.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  activations,
  decodeTree,
  denseLayer,
  encodeTree,
  key,
  mseLoss,
  type OptimizerState,
  randomNormal,
  sequential,
  type StateTree,
  type Tensor,
  train,
  valueAndGradient,
} from "../../mod.ts";
import { numbersOf, OPTIMIZERS } from "./transforms/transforms.ts";

const model = sequential([denseLayer(3, 5, { activation: activations.tanh }), denseLayer(5, 2)]);
const { params, state } = model.init(key(0));
type Params = typeof params;
type State = OptimizerState<Params>;
const batches = Array.from({ length: 7 }, (_, k) =>
  [
    randomNormal(key(2 * k), [4, 3]),
    randomNormal(key(2 * k + 1), [4, 2]),
  ] as const);
const loss = valueAndGradient((p: Params, [x, y]: (typeof batches)[number]): Tensor =>
  mseLoss(model.apply({ params: p, state }, x, train(key(0)))[0], y)
);

/** All of a state that can be compared. */
const read = ({ scheduled, ...rest }: State) => [scheduled, numbersOf(rest as StateTree)];

for (const [k, optimizer] of OPTIMIZERS.entries()) {
  Deno.test(`${optimizer.name} (${k}): training that was saved at any step goes on bit for bit`, () => {
    const step = (s: State, batch: (typeof batches)[number]): State =>
      optimizer.step(s, loss(s.params, batch).gradients);
    const start: State = optimizer.init(params), whole = batches.reduce(step, start);
    for (const saved of [0, 1, 2, 4]) {
      const middle = batches.slice(0, saved).reduce(step, start);
      const resumed = decodeTree(encodeTree(middle), start);
      assert(resumed._tag === "Right", `${resumed._tag === "Left" && resumed.left.message}`);
      assertEquals(read(resumed.right), read(middle));
      assertEquals(read(batches.slice(saved).reduce(step, resumed.right)), read(whole));
    }
  });
}
