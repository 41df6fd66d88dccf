/**
 * Trainings that any number of ranks can run: with the whole batch they give what a single process gives.
 *
 * @module
 */
import {
  activations,
  adam,
  batches,
  batchNorm1d,
  chain,
  clipNorm,
  compile,
  constant,
  denseLayer,
  type DType,
  key,
  type Layer,
  mseLoss,
  mul,
  randomNormal,
  sequential,
  sgd,
  tanh,
  type Tensor,
  tensorData,
  train,
  tree,
  valueAndGradient,
} from "../../../mod.ts";
import { averageGradients, type Collective, shard } from "../../../optim/distributed/mod.ts";

/** The samples of a batch, and of all batches; four ranks can share out both, and the smaller last batch. */
const BATCH = 32, SAMPLES = 88;

/** A batch of an odd number of samples, of which the shares differ in size. */
const UNEVEN = 29;

type Data = { readonly x: Tensor; readonly y: Tensor };

/** A share of a batch, and how much its samples count. */
type Share = Data & { readonly weight: Tensor };

/** All elements of a tree of tensors. */
export const numbersIn = (params: unknown): readonly number[] =>
  tree.leaves<Tensor>(params as Tensor[]).flatMap((t) => [...tensorData(t)]);

const dataOf = (dtype: DType): Data => {
  const x = randomNormal(key(1), [SAMPLES, 12], { dtype }), weight = randomNormal(key(2), [SAMPLES, 3], { dtype });
  return { x, y: tanh(weight) };
};

/** What a training ends with. */
export type Trained = { readonly params: readonly number[]; readonly state: readonly number[] };

/**
 * Trains a model for some steps; the ranks begin with different parameters, until those of rank 0 are broadcast.
 *
 * @param compiled Whether a step is one program, and stays in its memory.
 */
function trained(
  world: Collective,
  model: Layer,
  { dtype, steps, compiled, optimizer: rest, batch: size = BATCH }: {
    readonly dtype: DType;
    readonly steps: number;
    readonly compiled: boolean;
    readonly batch?: number;
    readonly optimizer: ReturnType<typeof sgd> | ReturnType<typeof adam>;
  },
): Trained {
  const optimizer = chain(averageGradients(world), clipNorm(1), rest as ReturnType<typeof sgd>);
  const { params, state } = world.broadcast(model.init(key(world.rank)));
  type Carry = { readonly optimizer: ReturnType<typeof optimizer.init>; readonly state: typeof state };
  const step = ({ optimizer: before, state }: Carry, { x, y, weight }: Share): readonly [Carry, Tensor] => {
    const { value, gradients, aux } = valueAndGradient((params: typeof before.params) => {
      const [output, next] = model.apply({ params, state }, x, train(key(0)));
      return [mul(mseLoss(output, y), weight), next] as const;
    }, { hasAux: true })(before.params);
    return [{ optimizer: optimizer.step(before, gradients), state: aux }, world.mean(value)];
  };
  const data = dataOf(dtype), shares: Share[] = [];
  while (shares.length < steps) {
    for (const batch of batches(data, { size, dropLast: size === UNEVEN })) {
      const share = shard(batch, world), weight = share.x.shape[0]! * world.size / batch.x.shape[0]!;
      shares.push({ ...share, weight: constant(weight, { dtype }) });
    }
  }
  let carry: Carry = { optimizer: optimizer.init(params), state };
  if (compiled) {
    const scan = compile(step).scan(carry, shares.slice(0, steps));
    for (const _ of scan);
    carry = scan.carry;
  } else for (const share of shares.slice(0, steps)) [carry] = step(carry, share);
  return { params: numbersIn(carry.optimizer.params), state: numbersIn(carry.state) };
}

const perceptron = (dtype: DType): Layer => {
  const options = { activation: activations.tanh, dtype };
  return sequential([denseLayer(12, 24, options), denseLayer(24, 8, options), denseLayer(8, 3, { dtype })]);
};

const normalized = (world: Collective): Layer => {
  const dtype = "float64", options = { synchronize: world, dtype } as const;
  return sequential([
    denseLayer(12, 8, { dtype }),
    batchNorm1d(8, options),
    denseLayer(8, 8, { dtype, activation: activations.tanh }),
    batchNorm1d(8, options),
    denseLayer(8, 3, { dtype }),
  ]);
};

/** The trainings, by what they show. */
export const TRAININGS: { readonly [name: string]: (world: Collective) => Trained } = {
  "200 compiled steps in float32": (world) =>
    trained(world, perceptron("float32"), { dtype: "float32", steps: 200, compiled: true, optimizer: adam() }),
  "200 compiled steps in float64": (world) =>
    trained(world, perceptron("float64"), { dtype: "float64", steps: 200, compiled: true, optimizer: adam() }),
  "50 compiled steps with shares that differ in size": (world) =>
    trained(world, perceptron("float64"), {
      dtype: "float64",
      steps: 50,
      compiled: true,
      optimizer: adam(),
      batch: UNEVEN,
    }),
  "20 plain steps in float64": (world) =>
    trained(world, perceptron("float64"), { dtype: "float64", steps: 20, compiled: false, optimizer: adam() }),
  "30 compiled steps with synchronized batch normalization": (world) =>
    trained(world, normalized(world), {
      dtype: "float64",
      steps: 30,
      compiled: true,
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    }),
  "3 plain steps with synchronized batch normalization": (world) =>
    trained(world, normalized(world), {
      dtype: "float64",
      steps: 3,
      compiled: false,
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    }),
};
