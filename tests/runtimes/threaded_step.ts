/**
 * Training steps on two threads, for any runtime, with the bits of the losses and of the trained weights.
 *
 * @module
 */
import {
  activations,
  adam,
  compile,
  denseLayer,
  key,
  randomInteger,
  randomNormal,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  tensorData,
  train,
  valueAndGradient,
} from "../../mod.ts";
import { type Engine, engines, setEngine, threadedEngine } from "../../blas/mod.ts";

/** Losses of some steps, and a sum over the weights, on an engine. */
export function stepsOn(engine: Engine): readonly number[] {
  const previous = setEngine(engine);
  try {
    const model = sequential([denseLayer(256, 128, { activation: activations.relu }), denseLayer(128, 10)]);
    const { params, state } = model.init(key(0)), optimizer = adam();
    const x = randomNormal(key(1), [64, 256]), labels = randomInteger(key(2), [64], { max: 10 });
    const step = compile((carry: ReturnType<typeof optimizer.init<typeof params>>, x: Tensor<"float32">) => {
      const { value, gradients } = valueAndGradient((params: typeof carry.params) =>
        softmaxCrossEntropy(model.apply({ params, state }, x, train(key(3)))[0], labels)
      )(carry.params);
      return [optimizer.step(carry, gradients), value] as const;
    });
    const losses = step.scan(optimizer.init(params), Array.from({ length: 12 }, () => x));
    return [...losses].map((loss) => tensorData(loss)[0]!);
  } finally {
    setEngine(previous);
  }
}

/** The losses on two threads and on one. */
export async function stepsOnThreads(): Promise<
  { readonly threaded: readonly number[]; readonly simd: readonly number[] }
> {
  const engine = await threadedEngine(2);
  try {
    return { threaded: stepsOn(engine), simd: stepsOn(engines.simd) };
  } finally {
    engine.close();
  }
}
