/**
 * Networks of dense layers.
 *
 * @module
 */
import {
  add,
  batchNorm,
  binaryCrossEntropyWithLogits,
  exp,
  huberLoss,
  layerNorm,
  less,
  mean,
  mseLoss,
  mul,
  ones,
  randomNormal,
  randomUniform,
  relu,
  scale,
  softmaxCrossEntropy,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  type Tensor,
  zeros,
} from "@nanograd/nanograd";
import type { Draw } from "../draw.ts";
import { uniform, whole } from "../fill.ts";
import { EVEN, type Marks, WIDE_NETWORK } from "../marks.ts";
import { type Comparison, network, type Workload } from "../workload.ts";
import { ACTIVATIONS, dense, denseParams, denseStack, linear, normParams } from "./parts.ts";

const AVERAGE: Comparison = { kind: "average", tolerance: 0.2 };

/** A classifier: dense layers with one activation, softmax cross-entropy. */
function classifier(
  name: string,
  activation: keyof typeof ACTIVATIONS,
  sizes: (d: Draw) => readonly number[],
  batch: (d: Draw) => number,
  options: { readonly marks?: Marks; readonly optimizer?: "adam" | "sgd" } = {},
): Workload {
  return network(name, (d) => {
    const drawn = sizes(d), count = batch(d);
    return {
      params: denseStack(drawn),
      data: [uniform([count, drawn[0]!]), whole([count], drawn.at(-1)!)],
      settings: { activation },
      loss: (params, [x, labels]) => softmaxCrossEntropy(dense(params, x!, ACTIVATIONS[activation]), labels!),
    };
  }, options);
}

const usual = (
  d: Draw,
): readonly number[] => [d.between(64, 900), d.between(48, 300), d.between(32, 200), d.between(5, 40)];
const batch = (d: Draw): number => d.between(16, 257);

/** Generator and discriminator of images as vectors, in one step. */
const gan = network("GAN", (d) => {
  const [noise, size, hidden, count] = [d.between(8, 64), d.between(64, 400), d.between(64, 257), d.between(16, 128)];
  const generator = denseStack([noise, hidden, size]), discriminator = denseStack([size, hidden, 1]);
  return {
    params: [...generator, ...discriminator],
    data: [uniform([count, size])],
    settings: { noise },
    loss: (params, [real], key) => {
      const made = tanh(dense(params.slice(0, 4), randomNormal(key, [count, noise]), relu)), judge = params.slice(4);
      const [yes, no] = [ones([count, 1]), zeros([count, 1])];
      const judged = (x: Tensor, by: readonly Tensor[]) => dense(by, x, (y) => relu(y));
      return add(
        binaryCrossEntropyWithLogits(judged(made, judge.map((p) => stopGradient(p))), yes),
        add(
          binaryCrossEntropyWithLogits(judged(real!, judge), yes),
          binaryCrossEntropyWithLogits(judged(stopGradient(made), judge), no),
        ),
      );
    },
  };
}, { comparison: AVERAGE });

const variational = network("variational autoencoder", (d) => {
  const [size, hidden, code, count] = [d.between(100, 800), d.between(64, 300), d.between(4, 33), d.between(16, 129)];
  return {
    params: [
      ...denseParams(size, hidden),
      ...denseParams(hidden, code),
      ...denseParams(hidden, code),
      ...denseStack([code, hidden, size]),
    ],
    data: [uniform([count, size], { offset: 0.5, scale: 0.5 })],
    loss: (p, [x], key) => {
      const hidden = relu(linear(x!, p[0]!, p[1]!)), middle = linear(hidden, p[2]!, p[3]!);
      const logVariance = linear(hidden, p[4]!, p[5]!);
      const z = add(middle, mul(exp(scale(logVariance, 0.5)), randomNormal(key, [count, code])));
      const rebuilt = binaryCrossEntropyWithLogits(dense(p.slice(6), z, relu), x!, { reduction: "sum" });
      const divergence = scale(sum(sub(add(square(middle), exp(logVariance)), add(logVariance, 1))), 0.5);
      return scale(add(rebuilt, divergence), 1 / count);
    },
  };
}, { comparison: AVERAGE, marks: EVEN });

const dropout = network("MLP with dropout", (d) => {
  const sizes = usual(d), count = batch(d), kept = 0.8;
  return {
    params: denseStack(sizes),
    data: [uniform([count, sizes[0]!]), whole([count], sizes.at(-1)!)],
    settings: { kept },
    loss: (params, [x, labels], key) => {
      const mask = (y: Tensor): Tensor => mul(y, scale(less(randomUniform(key, y.shape), kept), 1 / kept));
      return softmaxCrossEntropy(dense(params, x!, (y) => mask(relu(y))), labels!);
    },
  };
}, { comparison: AVERAGE, marks: EVEN });

/** Networks of dense layers. */
export const denseNetworks: readonly Workload[] = [
  classifier("MLP with ReLU", "relu", usual, batch),
  classifier("MLP with tanh", "tanh", usual, batch),
  classifier("MLP with GELU", "gelu", usual, batch),
  classifier("MLP with SiLU", "silu", usual, batch),
  classifier("MLP with Mish", "mish", usual, batch),
  classifier("MLP, SGD", "relu", usual, batch, { optimizer: "sgd" }),
  classifier(
    "large MLP",
    "relu",
    (d) => [d.between(768, 1100), d.between(768, 1100), d.between(768, 1100), 10],
    (d) => d.between(128, 300),
    {
      marks: WIDE_NETWORK,
    },
  ),
  classifier("deep narrow MLP", "tanh", (d) => [
    d.between(8, 40),
    ...Array.from({ length: d.count(8, 20) }, () => d.between(16, 48)),
    d.between(2, 10),
  ], (d) => d.between(16, 100)),
  classifier("softmax regression", "relu", (d) => [d.between(100, 1000), d.between(5, 50)], batch),
  classifier("MLP, batch 1", "relu", usual, () => 1),
  classifier("tiny network, batch 1", "sigmoid", (d) => [d.count(2, 6), d.count(4, 16), d.count(2, 4)], () => 1),
  classifier("small network, batch 8", "elu", (d) => [d.between(4, 30), d.between(8, 33), d.between(3, 8)], () => 8),
  network("autoencoder", (d) => {
    const [size, hidden, code] = [d.between(200, 900), d.between(64, 300), d.between(8, 65)];
    return {
      params: denseStack([size, hidden, code, hidden, size]),
      data: [uniform([batch(d), size])],
      loss: (params, [x]) => mseLoss(dense(params, x!, relu), x!),
    };
  }),
  network("regression by Huber loss", (d) => {
    const sizes = [d.between(5, 60), d.between(32, 200), d.between(32, 200), 1], count = batch(d);
    return {
      params: denseStack(sizes),
      data: [uniform([count, sizes[0]!]), uniform([count, 1])],
      loss: (params, [x, y]) => huberLoss(dense(params, x!, ACTIVATIONS.softplus), y!),
    };
  }),
  network("MLP with batch norm", (d) => {
    const [size, hidden, classes, count] = [d.between(64, 600), d.between(48, 300), d.between(5, 40), batch(d)];
    return {
      params: [
        ...denseParams(size, hidden),
        ...normParams(hidden),
        ...denseParams(hidden, hidden),
        ...normParams(hidden),
        ...denseParams(hidden, classes),
      ],
      data: [uniform([count, size]), whole([count], classes)],
      loss: (p, [x, labels]) => {
        const first = relu(batchNorm(linear(x!, p[0]!, p[1]!), p[2]!, p[3]!));
        const second = relu(batchNorm(linear(first, p[4]!, p[5]!), p[6]!, p[7]!));
        return softmaxCrossEntropy(linear(second, p[8]!, p[9]!), labels!);
      },
    };
  }),
  network("residual MLP with layer norm", (d) => {
    const width = d.between(48, 257), blocks = d.count(2, 5), count = batch(d);
    const block = [...normParams(width), ...denseStack([width, 2 * width, width])];
    return {
      params: Array.from({ length: blocks }, () => block).flat(),
      data: [uniform([count, width]), uniform([count, width])],
      settings: { blocks },
      loss: (p, [x, y]) => {
        let now = x!;
        for (let k = 0; k < blocks * 6; k += 6) {
          now = add(now, dense(p.slice(k + 2, k + 6), layerNorm(now, p[k]!, p[k + 1]!), ACTIVATIONS.gelu));
        }
        return mean(square(sub(now, y!)));
      },
    };
  }),
  variational,
  dropout,
  gan,
];
