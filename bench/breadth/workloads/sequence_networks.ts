/**
 * Networks over sequences: recurrent cells in loops, attention.
 *
 * @module
 */
import {
  add,
  concat,
  conv1d,
  gelu,
  layerNorm,
  matmul,
  mean,
  mseLoss,
  mul,
  relu,
  reshape,
  scale,
  scaledDotProductAttention,
  sigmoid,
  slice,
  softmaxCrossEntropy,
  split,
  stack,
  sub,
  take,
  tanh,
  type Tensor,
  transpose,
  zeros,
} from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform, whole } from "../fill.ts";
import { type Marks, TRANSFORMER } from "../marks.ts";
import { type Network, network, type Workload } from "../workload.ts";
import { asRow, cellParams, dense, denseParams, denseStack, linear, normParams } from "./parts.ts";

type Carry = readonly Tensor[];

/**
 * A step of a cell: from its four params, its carry and an input to the next carry, of which the first is the output.
 */
type Step = (p: readonly Tensor[], carry: Carry, x: Tensor) => Carry;

const gruStep: Step = (p, [h], x) => {
  const sizes = Array.from({ length: 3 }, () => h!.shape[1]!);
  const [ri, zi, ni] = split(linear(x, p[0]!, p[2]!), sizes, 1),
    [rh, zh, nh] = split(linear(h!, p[1]!, p[3]!), sizes, 1);
  const r = sigmoid(add(ri!, rh!)), z = sigmoid(add(zi!, zh!)), n = tanh(add(ni!, mul(r, nh!)));
  return [add(n, mul(z, sub(h!, n)))];
};

const lstmStep: Step = (p, [h, c], x) => {
  const sizes = Array.from({ length: 4 }, () => h!.shape[1]!);
  const [i, f, g, o] = split(add(linear(x, p[0]!, p[2]!), linear(h!, p[1]!, p[3]!)), sizes, 1);
  const next = add(mul(sigmoid(f!), c!), mul(sigmoid(i!), tanh(g!)));
  return [mul(sigmoid(o!), tanh(next)), next];
};

const plainStep: Step = (p, [h], x) => [tanh(add(linear(x, p[0]!, p[2]!), linear(h!, p[1]!, p[3]!)))];

/** A cell in a loop over the slices of a sequence, and a dense layer on its outputs: regression of a whole sequence. */
const recurrent = (name: string, step: Step, gates: number, carries: number): Workload =>
  network(name, (d) => {
    const [from, hidden, count] = [d.between(8, 100), d.between(32, 160), d.between(8, 48)], steps = d.count(8, 32);
    return {
      params: [...cellParams(from, hidden, gates), ...denseParams(hidden, from)],
      data: [uniform([steps, count, from]), uniform([steps, count, from])],
      settings: { hidden },
      loss: (p, [xs, target]) => {
        let carry: Carry = Array.from({ length: carries }, () => zeros([count, hidden]));
        const outputs = Array.from({ length: steps }, (_, k) => {
          carry = step(p, carry, reshape(slice(xs!, k, 1), [count, from]));
          return carry[0]!;
        });
        return mseLoss(linear(stack(outputs, 0), p[4]!, p[5]!), target!);
      },
    };
  });

/** The params of a transformer block, in order: norm, q, k, v, out, norm, two dense layers. */
const blockParams = (width: number) => [
  ...normParams(width),
  ...Array.from({ length: 4 }, () => denseParams(width, width)).flat(),
  ...normParams(width),
  ...denseStack([width, 4 * width, width]),
];
const BLOCK = 16;

/** A pre-norm transformer block on `[batch, time, width]`. */
function block(p: readonly Tensor[], x: Tensor, heads: number, causal: boolean): Tensor {
  const [batch, time, width] = x.shape as [number, number, number]; // three axes
  const apart = (y: Tensor) => transpose(reshape(y, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
  const normed = layerNorm(x, p[0]!, p[1]!);
  const [q, k, v] = [2, 4, 6].map((at) => apart(linear(normed, p[at]!, p[at + 1]!)));
  const attended = reshape(transpose(scaledDotProductAttention(q!, k!, v!, { causal }), [0, 2, 1, 3]), x.shape);
  const after = add(x, linear(attended, p[8]!, p[9]!));
  return add(after, dense(p.slice(12), layerNorm(after, p[10]!, p[11]!), (y) => gelu(y)));
}

/** Transformer blocks one after another. */
function blocks(
  p: readonly Tensor[],
  x: Tensor,
  { heads, layers, causal }: { heads: number; layers: number; causal: boolean },
) {
  let y = x;
  for (let k = 0; k < layers; k++) y = block(p.slice(BLOCK * k, BLOCK * (k + 1)), y, heads, causal);
  return y;
}

const drawBlocks = (d: Draw) => {
  const heads = d.count(2, 5), layers = d.count(1, 2), width = heads * d.between(12, 33);
  return { heads, layers, width, params: Array.from({ length: layers }, () => blockParams(width)).flat() };
};

const attention = (name: string, draw: (d: Draw) => Network, marks: Marks = TRANSFORMER): Workload =>
  network(name, draw, { marks });

/** Networks over sequences. */
export const sequenceNetworks: readonly Workload[] = [
  recurrent("GRU in a loop", gruStep, 3, 1),
  recurrent("LSTM in a loop", lstmStep, 4, 2),
  recurrent("LSTM against nn.LSTM", lstmStep, 4, 2),
  recurrent("plain recurrent network in a loop", plainStep, 1, 1),
  attention("transformer", (d) => {
    const { heads, layers, width, params } = drawBlocks(d), words = d.between(30, 200), time = d.between(16, 65);
    const count = d.between(4, 17);
    return {
      params: [
        uniform([words, width]),
        uniform([time, width], { scale: 0.1 }),
        ...params,
        ...denseParams(width, words),
      ],
      data: [whole([count, time], words), whole([count, time], words)],
      settings: { heads, layers, words },
      loss: (p, [x, y]) => {
        const embedded = add(take(p[0]!, x!), asRow(p[1]!));
        const out = blocks(p.slice(2, -2), embedded, { heads, layers, causal: true });
        return softmaxCrossEntropy(linear(out, p.at(-2)!, p.at(-1)!), y!);
      },
    };
  }),
  attention("vision transformer", (d) => {
    const { heads, layers, width, params } = drawBlocks(d), side = d.count(3, 5), patches = d.count(4, 7);
    const size = side * patches, count = d.between(4, 13), classes = d.between(5, 20);
    return {
      params: [
        ...denseParams(3 * side * side, width),
        uniform([patches ** 2, width], { scale: 0.1 }),
        ...params,
        ...denseParams(width, classes),
      ],
      data: [uniform([count, 3, size, size]), whole([count], classes)],
      settings: { heads, layers, side, patches },
      loss: (p, [images, labels]) => {
        const cut = transpose(reshape(images!, [count, 3, patches, side, patches, side]), [0, 2, 4, 1, 3, 5]);
        const embedded = add(linear(reshape(cut, [count, patches ** 2, -1]), p[0]!, p[1]!), asRow(p[2]!));
        const out = mean(blocks(p.slice(3, -2), embedded, { heads, layers, causal: false }), { axes: 1 });
        return softmaxCrossEntropy(linear(out, p.at(-2)!, p.at(-1)!), labels!);
      },
    };
  }),
  attention("attention between two sequences", (d) => {
    const [count, from, to, width] = [d.between(4, 17), d.between(20, 90), d.between(20, 90), d.between(16, 90)];
    return {
      params: [...denseParams(width, width), ...denseParams(width, width), ...denseParams(width, width)],
      data: [uniform([count, from, width]), uniform([count, to, width])],
      loss: (p, [x, y]) => {
        const q = linear(x!, p[0]!, p[1]!), k = linear(y!, p[2]!, p[3]!), v = linear(y!, p[4]!, p[5]!);
        return mseLoss(scaledDotProductAttention(q, k, v), x!);
      },
    };
  }),
  network("temporal convolutions", (d) => {
    const [from, width, time, count] = [d.between(2, 16), d.between(16, 48), d.between(60, 200), d.between(4, 17)];
    const kernel = (
      a: number,
      b: number,
    ) => [uniform([b, a, 3], { scale: Math.sqrt(1 / a) }), uniform([b], { scale: 0.1 })];
    return {
      params: [...kernel(from, width), ...kernel(width, width), ...kernel(width, from)],
      data: [uniform([count, from, time])],
      loss: (p, [x]) => {
        const first = relu(conv1d(x!, p[0]!, p[1]!, { padding: 1 }));
        const second = relu(conv1d(first, p[2]!, p[3]!, { padding: 2, dilation: 2 }));
        return mseLoss(conv1d(second, p[4]!, p[5]!, { padding: 1 }), x!);
      },
    };
  }),
  network("bidirectional context by concat", (d) => {
    const [time, count, width] = [d.count(6, 16), d.between(8, 40), d.between(16, 80)];
    return {
      params: [...denseParams(3 * width, width), ...denseParams(width, width)],
      data: [uniform([time, count, width]), uniform([time, count, width])],
      loss: (p, [xs, target]) => {
        const parts = Array.from({ length: time }, (_, k) => reshape(slice(xs!, k, 1), [count, width]));
        const none = zeros([count, width]);
        const outputs = parts.map((x, k) => dense(p, concat([parts[k - 1] ?? none, x, parts[k + 1] ?? none], 1), relu));
        return mseLoss(scale(stack(outputs, 0), 2), target!);
      },
    };
  }),
  network("linear attention", (d) => {
    const [count, time, width] = [d.between(4, 17), d.between(64, 257), d.between(16, 65)];
    return {
      params: [...denseParams(width, width), ...denseParams(width, width), ...denseParams(width, width)],
      data: [uniform([count, time, width])],
      loss: (p, [x]) => {
        const q = sigmoid(linear(x!, p[0]!, p[1]!)),
          k = sigmoid(linear(x!, p[2]!, p[3]!)),
          v = linear(x!, p[4]!, p[5]!);
        return mseLoss(scale(matmul(q, matmul(transpose(k, [0, 2, 1]), v)), 1 / time), x!);
      },
    };
  }),
];
