/**
 * The training steps and gradients of `loops.ts`: recurrent networks as layers and written by hand, differential equations,
 * and a long loop with and without checkpoints.
 *
 * @module
 */
import {
  adam,
  add,
  checkpoint,
  compile,
  denseLayer,
  embedding,
  evaluate,
  gradient,
  gruLayer,
  key,
  lstmLayer,
  matmul,
  mul,
  randomInteger,
  randomUniform,
  reshape,
  scale,
  scanAlong,
  sequential,
  sigmoid,
  sin,
  sliceAxes,
  softmaxCrossEntropy,
  split,
  square,
  sub,
  sum,
  take,
  tanh,
  type Tensor,
  tensor64,
  transpose,
  valueAndGradient,
  zeros,
} from "@nanograd/nanograd";

/** Computes once; the first call traces and compiles. */
export type Run = () => unknown;

/** The sizes of a network over a sequence of words. */
type Sizes = { readonly width: number; readonly steps: number; readonly batch: number };

const WORDS = 64,
  LARGE: Sizes = { width: 128, steps: 32, batch: 32 },
  SMALL: Sizes = { width: 32, steps: 100, batch: 1 };

const words = (shape: readonly number[], seed: number) => randomInteger(key(seed), shape, { max: WORDS });

/** A training step: words, a recurrent layer, logits of the next words, Adam. */
function layered(make: typeof lstmLayer, { width, steps, batch }: Sizes): Run {
  const model = sequential([embedding(WORDS, width), make(width, width), denseLayer(width, WORDS)] as const);
  const { params, state } = model.init(key(0)), optimizer = adam({ learningRate: 1e-3 });
  const x = words([batch, steps], 1), y = words([batch * steps], 2);
  const step = compile((training: ReturnType<typeof optimizer.init<typeof params>>, x: Tensor, y: Tensor) => {
    const { value, gradients } = valueAndGradient((params: typeof training.params) => {
      const [logits] = model.apply({ params, state }, x as Tensor<"float32">, evaluate);
      return softmaxCrossEntropy(reshape(logits, [batch * steps, WORDS]), y as Tensor<"float32">);
    })(training.params);
    return [optimizer.step(training, gradients), value] as const;
  });
  let training = optimizer.init(params);
  return () => ([training] = step(training, x, y));
}

type Weights = { readonly [name: string]: Tensor };

/** A step of a cell in its usual form: both products in the loop. */
type Cell = (w: Weights, carry: readonly Tensor[], x: Tensor) => readonly Tensor[];

const linear = (x: Tensor, weight: Tensor, bias: Tensor): Tensor => add(matmul(x, transpose(weight)), bias);
const gatesOf = (x: Tensor, count: number): readonly Tensor[] => {
  const size = x.shape[1]! / count;
  return Array.from({ length: count }, (_, k) => sliceAxes(x, [[], [k * size, (k + 1) * size]]));
};

const lstm: Cell = (w, [h, c], x) => {
  const gates = gatesOf(add(linear(x, w.wi!, w.bi!), linear(h!, w.wh!, w.bh!)), 4), [i, f, g, o] = gates;
  const next = add(mul(sigmoid(f!), c!), mul(sigmoid(i!), tanh(g!)));
  return [mul(sigmoid(o!), tanh(next)), next];
};

const gru: Cell = (w, [h], x) => {
  const [xr, xz, xn] = gatesOf(linear(x, w.wi!, w.bi!), 3), [hr, hz, hn] = gatesOf(linear(h!, w.wh!, w.bh!), 3);
  const n = tanh(add(xn!, mul(sigmoid(add(xr!, hr!)), hn!)));
  return [add(n, mul(sigmoid(add(xz!, hz!)), sub(h!, n)))];
};

/** The same training step with a cell written by hand. */
function handWritten(cell: Cell, gates: number, carries: number, { width, steps, batch }: Sizes): Run {
  const optimizer = adam({ learningRate: 1e-3 }), limit = 1 / Math.sqrt(width);
  const shapes = {
    words: [WORDS, width],
    wi: [gates * width, width],
    wh: [gates * width, width],
    bi: [gates * width],
    bh: [gates * width],
    out: [WORDS, width],
    end: [WORDS],
  };
  const keys = split(key(0), Object.keys(shapes).length as number);
  const params: Weights = Object.fromEntries(
    Object.entries(shapes).map((
      [name, shape],
      k,
    ) => [name, randomUniform(keys[k]!, shape, { min: -limit, max: limit })]),
  );
  const x = words([batch, steps], 1), y = words([batch * steps], 2);
  const loss = (w: Weights, x: Tensor, y: Tensor): Tensor => {
    const start = Array.from({ length: carries }, () => zeros([batch, width])) as readonly Tensor[];
    const [, hs] = scanAlong(
      (carry: readonly Tensor[], one: Tensor) => {
        const next = cell(w, carry, one);
        return [next, next[0]!] as const;
      },
      start,
      take(w.words!, x, 0),
      { axis: 1 },
    );
    return softmaxCrossEntropy(linear(reshape(transpose(hs, [1, 0, 2]), [batch * steps, width]), w.out!, w.end!), y);
  };
  const step = compile((training: ReturnType<typeof optimizer.init<Weights>>, x: Tensor, y: Tensor) => {
    const { value, gradients } = valueAndGradient((w: Weights) => loss(w, x, y))(training.params);
    return [optimizer.step(training, gradients), value] as const;
  });
  let training = optimizer.init(params);
  return () => ([training] = step(training, x, y));
}

type T64 = Tensor<"float64">;

/** The gradient of the end of a trajectory with respect to its beginning and to a rate, through all steps. */
function equation(advance: (f: (u: T64) => T64, u: T64, h: number) => T64): Run {
  const slope = compile(gradient(({ start, rate }: { readonly start: T64; readonly rate: T64 }) => {
    const turn = tensor64([[-0.1, 2], [-2, -0.1]]);
    const f = (u: T64): T64 => mul(rate, matmul(turn, mul(u, square(u))));
    return sum(square(
      scanAlong((u: T64, _: null) => [advance(f, u, 1e-3), null] as const, start, null, {
        length: 1000,
      })[0],
    ));
  }));
  const given = { start: tensor64([2, 0]), rate: tensor64(0.7) };
  return () => slope(given);
}

const euler = (f: (u: T64) => T64, u: T64, h: number): T64 => add(u, scale(f(u), h));

function rk4(f: (u: T64) => T64, u: T64, h: number): T64 {
  const k1 = f(u), k2 = f(add(u, scale(k1, h / 2))), k3 = f(add(u, scale(k2, h / 2))), k4 = f(add(u, scale(k3, h)));
  return add(u, scale(add(add(k1, scale(add(k2, k3), 2)), k4), h / 6));
}

/** Makes each workload. */
export const LOOPS: { readonly [name: string]: () => Run } = {
  lstm: () => layered(lstmLayer, LARGE),
  gru: () => layered(gruLayer as typeof lstmLayer, LARGE),
  lstm_small: () => layered(lstmLayer, SMALL),
  lstm_by_hand: () => handWritten(lstm, 4, 2, LARGE),
  gru_by_hand: () => handWritten(gru, 3, 1, LARGE),
  lstm_small_by_hand: () => handWritten(lstm, 4, 2, SMALL),
  euler: () => equation(euler),
  rk4: () => equation(rk4),
};

/** Gradients through 10,000 steps, all at once and with a checkpoint every 100, and their argument. */
export function longLoops() {
  const start = tensor64(Array.from({ length: 16 }, (_, k) => k / 16));
  const step = (h: T64, _: null) => [sin(h), null] as const;
  const segment = checkpoint((h: T64, _: null) => [scanAlong(step, h, null, { length: 100 })[0], null] as const);
  const whole = compile(gradient((h: T64) => sum(scanAlong(step, h, null, { length: 10_000 })[0])));
  const segments = compile(gradient((h: T64) => sum(scanAlong(segment, h, null, { length: 100 })[0])));
  return { start, whole, segments };
}
