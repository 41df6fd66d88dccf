/**
 * Networks over images.
 *
 * @module
 */
import {
  add,
  batchNorm,
  concat,
  conv2d,
  convTranspose2d,
  globalAvgPool2d,
  maxPool2d,
  mseLoss,
  relu,
  relu6,
  reshape,
  softmaxCrossEntropy,
  type Tensor,
  upsampleNearest2d,
} from "@nanograd/nanograd";
import { uniform, whole } from "../fill.ts";
import { AHEAD } from "../marks.ts";
import { network, type Workload } from "../workload.ts";
import { convParams, denseParams, linear, normParams } from "./parts.ts";

/** Convolution of a weight and a bias at `at` among the params. */
const conv = (p: readonly Tensor[], at: number, x: Tensor, options: Parameters<typeof conv2d>[3]): Tensor =>
  conv2d(x, p[at]!, p[at + 1]!, options);

/** Batch norm with the params at `at`. */
const norm = (p: readonly Tensor[], at: number, x: Tensor): Tensor => batchNorm(x, p[at]!, p[at + 1]!);

const residual = network("residual block", (d) => {
  const channels = d.between(8, 40), size = d.between(12, 30), count = d.between(4, 17), classes = d.between(5, 20);
  const block = () => [...convParams(channels, channels, 3), ...normParams(channels)];
  return {
    params: [
      ...convParams(3, channels, 3),
      ...normParams(channels),
      ...block(),
      ...block(),
      ...denseParams(channels, classes),
    ],
    data: [uniform([count, 3, size, size]), whole([count], classes)],
    loss: (p, [x, labels]) => {
      const stem = relu(norm(p, 2, conv(p, 0, x!, { padding: 1 })));
      const first = relu(norm(p, 6, conv(p, 4, stem, { padding: 1 })));
      const y = relu(add(stem, norm(p, 10, conv(p, 8, first, { padding: 1 }))));
      return softmaxCrossEntropy(linear(globalAvgPool2d(y), p[12]!, p[13]!), labels!);
    },
  };
}, { marks: AHEAD });

const separable = network("inverted residual block", (d) => {
  const channels = d.between(8, 32), size = d.between(12, 30), count = d.between(4, 17), classes = d.between(5, 20);
  const wide = 4 * channels;
  const depthwise = [uniform([wide, 1, 3, 3], { scale: 0.5 }), uniform([wide], { scale: 0.1 })];
  return {
    params: [
      ...convParams(channels, wide, 1),
      ...normParams(wide),
      ...depthwise,
      ...normParams(wide),
      ...convParams(wide, channels, 1),
      ...normParams(channels),
      ...denseParams(channels, classes),
    ],
    data: [uniform([count, channels, size, size]), whole([count], classes)],
    settings: { wide },
    loss: (p, [x, labels]) => {
      const expanded = relu6(norm(p, 2, conv(p, 0, x!, {})));
      const filtered = relu6(norm(p, 6, conv(p, 4, expanded, { padding: 1, groups: wide })));
      const y = add(x!, norm(p, 10, conv(p, 8, filtered, {})));
      return softmaxCrossEntropy(linear(globalAvgPool2d(y), p[12]!, p[13]!), labels!);
    },
  };
}, { marks: AHEAD });

/** Networks over images. */
export const imageNetworks: readonly Workload[] = [
  residual,
  separable,
  network("LeNet", (d) => {
    const size = 4 * d.count(5, 8), count = d.between(8, 40), [a, b] = [d.between(4, 16), d.between(8, 32)];
    const flat = b * (size / 4) ** 2, hidden = d.between(32, 130);
    return {
      params: [
        ...convParams(1, a, 5),
        ...convParams(a, b, 5),
        ...denseParams(flat, hidden),
        ...denseParams(hidden, 10),
      ],
      data: [uniform([count, 1, size, size]), whole([count], 10)],
      loss: (p, [x, labels]) => {
        const first = maxPool2d(relu(conv(p, 0, x!, { padding: 2 })), { size: 2 });
        const second = maxPool2d(relu(conv(p, 2, first, { padding: 2 })), { size: 2 });
        const y = relu(linear(reshape(second, [count, flat]), p[4]!, p[5]!));
        return softmaxCrossEntropy(linear(y, p[6]!, p[7]!), labels!);
      },
    };
  }),
  network("U-Net", (d) => {
    const size = 4 * d.count(4, 10), count = d.between(2, 9), [a, b] = [d.between(8, 24), d.between(12, 40)];
    return {
      params: [
        ...convParams(1, a, 3),
        ...convParams(a, b, 3),
        ...convParams(b, b, 3),
        ...convParams(a + b, a, 3),
        ...convParams(a, 1, 1),
      ],
      data: [uniform([count, 1, size, size]), uniform([count, 1, size, size])],
      loss: (p, [x, target]) => {
        const top = relu(conv(p, 0, x!, { padding: 1 })),
          down = relu(conv(p, 2, maxPool2d(top, { size: 2 }), { padding: 1 }));
        const up = upsampleNearest2d(relu(conv(p, 4, down, { padding: 1 })), 2);
        return mseLoss(conv(p, 8, relu(conv(p, 6, concat([top, up], 1), { padding: 1 })), {}), target!);
      },
    };
  }),
  network("convolutional autoencoder", (d) => {
    const size = 4 * d.count(5, 10), count = d.between(4, 17), [a, b] = [d.between(6, 20), d.between(8, 33)];
    const up = (from: number, to: number) => [uniform([from, to, 2, 2], { scale: 0.3 }), uniform([to], { scale: 0.1 })];
    return {
      params: [...convParams(1, a, 3), ...convParams(a, b, 3), ...up(b, a), ...up(a, 1)],
      data: [uniform([count, 1, size, size])],
      loss: (p, [x]) => {
        const code = relu(conv(p, 2, relu(conv(p, 0, x!, { stride: 2, padding: 1 })), { stride: 2, padding: 1 }));
        const half = relu(convTranspose2d(code, p[4]!, p[5]!, { stride: 2 }));
        return mseLoss(convTranspose2d(half, p[6]!, p[7]!, { stride: 2 }), x!);
      },
    };
  }),
  network("strided convolutions with batch norm", (d) => {
    const size = d.between(17, 40),
      count = d.between(4, 25),
      sizes = [d.pick([1, 3]), d.between(8, 24), d.between(16, 48)];
    const [from, a, b] = sizes as [number, number, number], classes = d.between(5, 20); // three sizes
    return {
      params: [
        ...convParams(from, a, 3),
        ...normParams(a),
        ...convParams(a, b, 3),
        ...normParams(b),
        ...denseParams(b, classes),
      ],
      data: [uniform([count, from, size, size]), whole([count], classes)],
      loss: (p, [x, labels]) => {
        const first = relu(norm(p, 2, conv(p, 0, x!, { stride: 2, padding: 1 })));
        const second = relu(norm(p, 6, conv(p, 4, first, { stride: 2, padding: 1 })));
        return softmaxCrossEntropy(linear(globalAvgPool2d(second), p[8]!, p[9]!), labels!);
      },
    };
  }),
  network("dense layers over image rows", (d) => {
    const [rows, columns, hidden, count] = [d.between(10, 40), d.between(10, 60), d.between(16, 80), d.between(8, 33)];
    return {
      params: [...denseParams(columns, hidden), ...denseParams(rows * hidden, 10)],
      data: [uniform([count, rows, columns]), whole([count], 10)],
      loss: (p, [x, labels]) => {
        const y = relu(linear(x!, p[0]!, p[1]!));
        return softmaxCrossEntropy(linear(reshape(y, [count, rows * hidden]), p[2]!, p[3]!), labels!);
      },
    };
  }),
];
