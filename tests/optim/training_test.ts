import { assert, assertEquals, assertLess } from "@std/assert";
import {
  activations,
  adam,
  add,
  backward,
  denseLayer,
  evaluate,
  forward,
  key,
  mul,
  type ParameterTree,
  randomNormal,
  sequential,
  softmaxCrossEntropy,
  square,
  sum,
  tanh,
  type Tensor,
  tensor32,
  toList,
  toNumber,
  valueAndGradient,
} from "../../mod.ts";
import { usedBytes } from "../used_bytes.ts";

const megabytes = (): number => usedBytes() / 2 ** 20;

const STEPS = 2000, SIZE = 4096;

/** Runs a step 2,000 times in one synchronous loop, and tells by how much memory exceeded what it was at first. */
function growth(step: () => void): number {
  const samples: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    step();
    if (i % 20 === 0) samples.push(megabytes());
  }
  const early = Math.max(...samples.slice(0, 20)), late = samples.slice(-60);
  return Math.max(...late) - early;
}

// Each step makes ten arrays or more of 16 KiB beside the model's, 300 MiB in all if nothing were freed.
Deno.test("2,000 training steps in one synchronous loop keep memory flat", () => {
  const model = sequential([denseLayer(8, 32, { activation: activations.tanh }), denseLayer(32, 4)]);
  const { params, state } = model.init(key(0)), optimizer = adam({ learningRate: 1e-3 });
  const x = randomNormal(key(1), [16, 8]), labels = Array.from({ length: 16 }, (_, i) => i % 4);
  type Both = { readonly model: typeof params; readonly big: Tensor<"float32"> };
  const loss = (p: Both): Tensor<"float32"> => {
    const [logits] = model.apply({ params: p.model, state }, x, evaluate);
    return add(softmaxCrossEntropy(logits, labels), sum(square(tanh(mul(p.big, 2)))));
  };
  const lossAndGradient = valueAndGradient(loss);
  let training = optimizer.init<Both>({ model: params, big: randomNormal(key(2), [SIZE]) });
  const first = toNumber(loss(training.params));
  const grown = growth(() => training = optimizer.step(training, lossAndGradient(training.params).gradients));
  assertLess(grown, 100);
  assertEquals(toNumber(training.step), STEPS);
  assertLess(toNumber(loss(training.params)), first);
});

Deno.test("2,000 calls of backward() on one leaf keep memory flat", () => {
  const w = tensor32(toList(randomNormal(key(0), [SIZE])));
  let total = 0;
  const grown = growth(() => {
    const gradients = backward(sum(square(tanh(add(mul(w, 0.5), w)))));
    total += gradients.get(w)!.view.get(0);
  });
  assertLess(grown, 100);
  assert(Number.isFinite(total));
});

Deno.test("a network learns exclusive or, the same way every time", () => {
  const model = sequential([denseLayer(2, 8, { activation: activations.tanh }), denseLayer(8, 2)]);
  const x = tensor32([[0, 0], [0, 1], [1, 0], [1, 1]], undefined, { requiresGrad: false }), labels = [0, 1, 1, 0];
  const learn = (): readonly [number, ParameterTree] => {
    const { params, state } = model.init(key(7)), optimizer = adam({ learningRate: 0.05 });
    const loss = valueAndGradient((p: typeof params) =>
      softmaxCrossEntropy(forward(model, { params: p, state }, x), labels)
    );
    const last = Array.from({ length: 200 }).reduce<ReturnType<typeof optimizer.init<typeof params>>>(
      (training) => optimizer.step(training, loss(training.params).gradients),
      optimizer.init(params),
    );
    return [toNumber(loss(last.params).value), last.params];
  };
  const [loss] = learn(), [again] = learn();
  assertLess(loss, 0.02);
  assertEquals(loss, again);
});
