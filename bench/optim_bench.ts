/**
 * One step of each optimizer, over a million parameters in one tensor and over the six tensors of the MNIST network,
 * 784-128-64-10. The baseline is the same arithmetic as a plain loop over arrays, whose results are new arrays as well.
 *
 * @module
 */
import {
  accumulate,
  adagrad,
  adam,
  adamw,
  averageParameters,
  chain,
  clipNorm,
  denseLayer,
  exceptBiasesAndNorms,
  key,
  lion,
  masked,
  type Optimizer,
  type OptimizerState,
  type ParameterTree,
  randomNormal,
  rmsprop,
  sequential,
  sgd,
  type Tensor,
  tensorData,
  tree,
  weightDecay,
} from "@nanograd/nanograd";

type Data = ArrayLike<number>;

/** Maps a parameter, its gradient and its memory to the next parameter and the next memory. */
type Loop = (p: Data, g: Data, remembered: readonly Data[]) => readonly Float32Array[];

const RATE = 0.001;

const sgdLoop: Loop = (p, g) => {
  const next = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) next[i] = p[i]! - RATE * g[i]!;
  return [next];
};

const momentumLoop: Loop = (p, g, [v]) => {
  const next = new Float32Array(p.length), velocity = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const direction = velocity[i] = 0.9 * v![i]! + g[i]!;
    next[i] = p[i]! - RATE * direction;
  }
  return [next, velocity];
};

const adamLoop: Loop = (p, g, [m, v]) => {
  const next = new Float32Array(p.length), first = new Float32Array(p.length), second = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const mean = first[i] = 0.9 * m![i]! + 0.1 * g[i]!, square = second[i] = 0.999 * v![i]! + 0.001 * g[i]! * g[i]!;
    next[i] = p[i]! - RATE * (mean / 0.1) / (Math.sqrt(square / 0.001) + 1e-8);
  }
  return [next, first, second];
};

const rmspropLoop: Loop = (p, g, [v]) => {
  const next = new Float32Array(p.length), squares = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const square = squares[i] = 0.99 * v![i]! + 0.01 * g[i]! * g[i]!;
    next[i] = p[i]! - RATE * g[i]! / (Math.sqrt(square) + 1e-8);
  }
  return [next, squares];
};

const adagradLoop: Loop = (p, g, [v]) => {
  const next = new Float32Array(p.length), sums = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) {
    const sum = sums[i] = v![i]! + g[i]! * g[i]!;
    next[i] = p[i]! - RATE * g[i]! / (Math.sqrt(sum) + 1e-10);
  }
  return [next, sums];
};

const lionLoop: Loop = (p, g, [m]) => {
  const next = new Float32Array(p.length), moments = new Float32Array(p.length);
  for (let i = 0; i < p.length; i++) {
    next[i] = p[i]! - RATE * Math.sign(0.9 * m![i]! + 0.1 * g[i]!);
    moments[i] = 0.99 * m![i]! + 0.01 * g[i]!;
  }
  return [next, moments];
};

const learningRate = RATE;

const CASES: Readonly<Record<string, readonly [loop: Loop, slots: number, ...optimizers: readonly Optimizer[]]>> = {
  sgd: [sgdLoop, 0, sgd({ learningRate })],
  "sgd with momentum": [momentumLoop, 1, sgd({ learningRate, momentum: 0.9 })],
  adam: [
    adamLoop,
    2,
    adam({ learningRate }),
    adamw({ learningRate }),
    chain(masked(exceptBiasesAndNorms, weightDecay(0.01)), adam({ learningRate })),
    chain(clipNorm(1), adam({ learningRate })),
    averageParameters({}, adam({ learningRate })),
    accumulate({ steps: 1 }, adam({ learningRate })),
  ],
  rmsprop: [rmspropLoop, 1, rmsprop({ learningRate })],
  adagrad: [adagradLoop, 1, adagrad({ learningRate })],
  lion: [lionLoop, 1, lion({ learningRate })],
};

const million: ParameterTree = randomNormal(key(0), [1e6]);
const network: ParameterTree =
  sequential([denseLayer(784, 128), denseLayer(128, 64), denseLayer(64, 10)]).init(key(0)).params;

for (const [where, params] of [["1e6 in one tensor", million], ["784-128-64-10", network]] as const) {
  const gradients = tree.map<Tensor, Tensor, ParameterTree>(({ shape }) => randomNormal(key(1), shape), params);
  const data = tree.leaves<Tensor>(params).map((
    p,
    k,
  ) => [tensorData(p), tensorData(tree.leaves<Tensor>(gradients)[k]!)]);
  for (const [name, [loop, slots, ...optimizers]] of Object.entries(CASES)) {
    const group = `${name}, float32, ${where}`;
    let arrays: readonly (readonly [p: Data, g: Data, remembered: readonly Data[]])[] = data.map(([p, g]) => [
      p!,
      g!,
      Array.from({ length: slots }, () => new Float32Array(p!.length)),
    ]);
    Deno.bench({
      name: "plain loops",
      group,
      baseline: true,
      fn: () => {
        arrays = arrays.map(([p, g, remembered]) => {
          const [next, ...slots] = loop(p, g, remembered);
          return [next!, g, slots];
        });
      },
    });
    for (const optimizer of optimizers) {
      let state: OptimizerState = optimizer.init(params);
      Deno.bench({ name: optimizer.name, group, fn: () => void (state = optimizer.step(state, gradients)) });
    }
  }
}
