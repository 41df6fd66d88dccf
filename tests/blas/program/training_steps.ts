/**
 * Whole training steps as programs, one instruction for each operation.
 *
 * @module
 */
import type { Program } from "../../../blas/program/program.ts";
import * as s from "../../../blas/scalar/scalar.ts";
import type { Shape } from "../../../blas/shape.ts";
import { type Traced, type Tracer, tracer } from "./tracing.ts";

/** A weight with Adam's moments. */
type Slot = { readonly weight: Traced; readonly mean: Traced; readonly square: Traced };

const slotOf = (t: Tracer, shape: Shape): Slot => ({
  weight: t.parameter("float32", shape),
  mean: t.parameter("float32", shape),
  square: t.parameter("float32", shape),
});

/** Returns Adam's new weights and moments; `step` is 0-d float64. */
function adam(t: Tracer, slots: readonly Slot[], gradients: readonly Traced[], step: Traced): Traced[] {
  const next = t.map((x) => s.add(x, 1), step);
  const updated = slots.flatMap(({ weight, mean, square }, k) => {
    const g = gradients[k]!;
    const m = t.map((m, g, beta, rest) => s.add(s.mul(beta, m), s.mul(rest, g)), mean, g, 0.9, 1 - 0.9);
    const v = t.map(
      (v, g, beta, rest) => s.add(s.mul(beta, v), s.mul(rest, s.mul(g, g))),
      square,
      g,
      0.999,
      1 - 0.999,
    );
    const first = t.map(
      (one, p) => s.sub(one, p),
      t.number(1, "float64"),
      t.map(s.pow, t.number(0.9, "float64"), next),
    );
    const second = t.map(
      (one, p) => s.sub(one, p),
      t.number(1, "float64"),
      t.map(s.pow, t.number(0.999, "float64"), next),
    );
    const rate = t.cast(t.map(s.div, t.number(0.001, "float64"), first), "float32");
    const root = t.cast(t.map(s.sqrt, second), "float32");
    const p = t.map(
      (p, m, v, kept, rate, root, epsilon) =>
        s.sub(s.mul(kept, p), s.div(s.mul(rate, m), s.add(s.div(s.sqrt(v), root), epsilon))),
      weight,
      m,
      v,
      1,
      rate,
      root,
      1e-8,
    );
    return [p, m, v];
  });
  return [next, ...updated];
}

const relu = (t: Tracer, x: Traced): Traced => t.map((x) => s.max(x, 0), x);
const reluCotangent = (t: Tracer, x: Traced, cotangent: Traced): Traced =>
  t.map((x, g) => s.select(s.greater(x, 0), g, 0), x, cotangent);

/** Returns the mean cross-entropy of softmax, and its cotangent. */
function crossEntropy(t: Tracer, logits: Traced, target: Traced): readonly [loss: Traced, cotangent: Traced] {
  const [batch] = logits.shape as [number];
  const highest = t.reduceKept("max", logits, [1]);
  const shift = t.map(
    (test, x, other) => s.select(test, x, other),
    t.map(s.less, t.map(s.abs, highest), Infinity),
    highest,
    0,
  );
  const powers = t.map((x, shift) => s.exp(s.sub(x, shift)), logits, shift);
  const total = t.reduceKept("sum", powers, [1]);
  const log = t.map(s.sub, t.map(s.sub, logits, shift), t.map(s.log, total));
  const weighed = t.map((w, x) => s.select(s.equal(w, 0), 0, s.mul(w, x)), target, log);
  const losses = t.map(s.neg, t.reduce("sum", weighed, [1]));
  const loss = t.map(s.mul, t.reduce("sum", losses, [0]), 1 / batch);
  // Backward, from a cotangent of 1.
  const seed = t.map(s.mul, t.number(1), 1 / batch);
  const each = t.map(s.neg, t.broadcast(t.reshape(seed, [1]), [batch]));
  const wide = t.broadcast(t.reshape(each, [batch, 1]), logits.shape);
  const gLog = t.map((g, w) => s.mul(w, g), wide, target);
  const gTotal = t.map(s.div, t.map(s.neg, t.reduceKept("sum", gLog, [1])), total);
  const gPowers = t.broadcast(gTotal, logits.shape);
  const cotangent = t.map(s.add, gLog, t.map(s.mul, gPowers, powers));
  return [loss, cotangent];
}

/** Returns the largest element of every window of 2 x 2, and the backward function; both move elements by index. */
function maxPool(t: Tracer, x: Traced): readonly [result: Traced, back: (cotangent: Traced) => Traced] {
  const [batch, channels, height, width] = x.shape as [number, number, number, number], { dtype } = x;
  const counts = [height / 2, width / 2], windows = [batch, channels, height * width / 4];
  const flat = t.reshape(x, [batch, channels, height * width]);
  // Their results do not matter here, but they must be in the program.
  const host = (name: string, inputs: Traced[], shape: Shape) =>
    t.host(name, name, inputs, { dtype, shape }, () => {
      throw new Error("must not run");
    });
  const positions = host("maxPositions", [x], windows), picked = host("gather", [flat, positions], windows);
  return [
    t.reshape(picked, [batch, channels, ...counts]),
    (cotangent) => t.reshape(host("scatterAdd", [t.reshape(cotangent, windows), positions], flat.shape), x.shape),
  ];
}

/**
 * Three convolutions of 3 x 3 with relu, two of them with pooling, and a dense layer. Results: loss, step, weights.
 *
 * @param size Height and width of the images, a multiple of 4.
 */
export function cnnStep(batch: number, size: number, channels: readonly [number, number, number]): Program {
  const t = tracer(), x = t.parameter("float32", [batch, 1, size, size]), target = t.parameter("float32", [batch, 10]);
  const step = t.parameter("float64", []), padding = [1, 1, 1, 1] as const;
  const layers = channels.map((count, k) => ({
    weight: slotOf(t, [count, k === 0 ? 1 : channels[k - 1]!, 3, 3]),
    bias: slotOf(t, [count]),
  }));
  const features = channels[2] * (size / 4) ** 2;
  const dense = { weight: slotOf(t, [10, features]), bias: slotOf(t, [10]) };
  const inputs: Traced[] = [], sums: Traced[] = [], backs: ((cotangent: Traced) => Traced)[] = [];
  let h = x;
  for (const [k, { weight, bias }] of layers.entries()) {
    inputs.push(h);
    const y = t.convolution("conv2d", [h, weight.weight], [batch, channels[k]!, ...h.shape.slice(2)], { padding });
    const z = t.map(s.add, y, t.reshape(bias.weight, [channels[k]!, 1, 1])), [pooled, back] = maxPool(t, relu(t, z));
    sums.push(z);
    h = k < 2 ? pooled : relu(t, z);
    backs.push(k < 2 ? back : (cotangent) => cotangent);
  }
  const flat = t.reshape(h, [batch, features]);
  const [loss, last] = crossEntropy(
    t,
    t.map(s.add, t.gemm(flat, t.transpose(dense.weight.weight)), dense.bias.weight),
    target,
  );
  const gradients: Traced[] = [t.transpose(t.gemm(t.transpose(flat), last)), t.reduce("sum", last, [0])];
  let g = t.reshape(t.gemm(last, dense.weight.weight), h.shape);
  for (let k = layers.length - 1; k >= 0; k--) {
    g = reluCotangent(t, sums[k]!, backs[k]!(g));
    const { shape } = layers[k]!.weight.weight;
    const gBias = t.reshape(t.reduceKept("sum", g, [0, 2, 3]), [channels[k]!]);
    gradients.unshift(t.convolution("conv2dWeight", [inputs[k]!, g], shape, { padding }), gBias);
    if (k > 0) g = t.convolution("conv2dInput", [g, layers[k]!.weight.weight], inputs[k]!.shape, { padding });
  }
  return t.program(
    loss,
    ...adam(t, [...layers, dense].flatMap(({ weight, bias }) => [weight, bias]), gradients, step),
  );
}

/** A network of dense layers with relu between them: sizes from the input to the classes. Results: loss, step, weights. */
export function mlpStep(batch: number, sizes: readonly number[]): Program {
  const t = tracer(), x = t.parameter("float32", [batch, sizes[0]!]);
  const target = t.parameter("float32", [batch, sizes.at(-1)!]), step = t.parameter("float64", []);
  const layers = sizes.slice(1).map((size, k) => ({
    weight: slotOf(t, [size, sizes[k]!]),
    bias: slotOf(t, [size]),
  }));
  const inputs: Traced[] = [], sums: Traced[] = [];
  let h = x;
  for (const [k, { weight, bias }] of layers.entries()) {
    inputs.push(h);
    const z = t.map(s.add, t.gemm(h, t.transpose(weight.weight)), bias.weight);
    sums.push(z);
    h = k === layers.length - 1 ? z : relu(t, z);
  }
  const [loss, last] = crossEntropy(t, h, target);
  const gradients: Traced[] = [];
  let g = last;
  for (let k = layers.length - 1; k >= 0; k--) {
    if (k < layers.length - 1) g = reluCotangent(t, sums[k]!, g);
    const gBias = t.reduce("sum", g, [0]);
    const gWeight = t.transpose(t.gemm(t.transpose(inputs[k]!), g));
    if (k > 0) g = t.gemm(g, t.transpose(t.transpose(layers[k]!.weight.weight)));
    gradients.unshift(gWeight, gBias);
  }
  return t.program(loss, ...adam(t, layers.flatMap(({ weight, bias }) => [weight, bias]), gradients, step));
}
