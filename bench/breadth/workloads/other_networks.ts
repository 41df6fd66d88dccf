/**
 * Models that are not sequences of layers: physics, factors, mixtures, kernels.
 *
 * @module
 */
import {
  add,
  argmin,
  clamp,
  cosineSimilarity,
  div,
  dot,
  type DType,
  exp,
  expandDims,
  gradient,
  l2Normalize,
  logSumExp,
  matmul,
  mean,
  mseLoss,
  mul,
  neg,
  oneHot,
  relu,
  scale,
  sin,
  softmaxCrossEntropy,
  square,
  sub,
  sum,
  take,
  takeAlong,
  tanh,
  type Tensor,
  transpose,
} from "@nanograd/nanograd";
import { uniform, whole } from "../fill.ts";
import { EVEN, MARKS } from "../marks.ts";
import { network, operation, type Workload } from "../workload.ts";
import { ACTIVATIONS, asRow, dense, denseParams, denseStack, linear } from "./parts.ts";

/** Returns the squared distance of each row of `a` to each row of `b`. */
const distances = (a: Tensor, b: Tensor): Tensor => {
  const along = { axes: 1 }, cross = matmul(a, transpose(b));
  return add(sub(expandDims(sum(square(a), along), 1), scale(cross, 2)), asRow(sum(square(b), along)));
};

/** u'' + sin(u) = f(x) at random points: derivatives with respect to x inside, with respect to the params outside. */
const physics = network("physics-informed MLP", (d) => {
  const hidden = d.between(24, 100), layers = d.count(2, 4), count = d.between(64, 520);
  return {
    params: denseStack([1, ...Array.from({ length: layers }, () => hidden), 1]),
    data: [uniform([count, 1]), uniform([count, 1])],
    loss: (params, [x, force]) => {
      const u = (x: Tensor) => dense(params, x, tanh), slope = gradient((x: Tensor) => sum(u(x)));
      const curvature = gradient((x: Tensor) => sum(slope(x)));
      return mseLoss(add(curvature(x!), sin(u(x!))), force!);
    },
  };
}, { marks: EVEN });

const kmeans = operation("network", "k-means step", (d) => {
  const [points, width, centers] = [d.between(1000, 5000), d.between(4, 40), d.between(5, 65)];
  return {
    inputs: [uniform([points, width]), uniform([centers, width])],
    run: ([x, c]) => {
      const nearest = oneHot(argmin(distances(x!, c!), 1), centers);
      const counts = expandDims(clamp(sum(nearest, { axes: 0 }), 1, Infinity), 1);
      return div(matmul<DType>(transpose(nearest), x!), counts);
    },
  };
}, { comparison: { kind: "values", tolerance: 1e-2 } }); // a point as near to two centers may change sides

/** Other models. */
export const otherNetworks: readonly Workload[] = [
  physics,
  ...kmeans,
  network("matrix factorization", (d) => {
    const [users, items, width, count] = [
      d.between(300, 3000),
      d.between(300, 3000),
      d.between(8, 65),
      d.between(100, 1100),
    ];
    return {
      params: [uniform([users, width], { scale: 0.3 }), uniform([items, width], { scale: 0.3 })],
      data: [whole([count], users), whole([count], items), uniform([count])],
      loss: ([u, v], [user, item, rating]) => mseLoss(sum(mul(take(u!, user!), take(v!, item!)), { axes: 1 }), rating!),
    };
  }, { optimizer: "sgd" }),
  network("bag of embeddings", (d) => {
    const [words, width, count, time, classes] = [
      d.between(500, 4000),
      d.between(16, 100),
      d.between(16, 65),
      d.between(10, 50),
      d.between(2, 20),
    ];
    return {
      params: [uniform([words, width], { scale: 0.3 }), ...denseParams(width, classes)],
      data: [whole([count, time], words), whole([count], classes)],
      loss: (p, [x, labels]) => softmaxCrossEntropy(linear(mean(take(p[0]!, x!), { axes: 1 }), p[1]!, p[2]!), labels!),
    };
  }),
  network("mixture of Gaussians", (d) => {
    const [parts, width, count] = [d.between(3, 24), d.between(2, 12), d.between(200, 1500)];
    return {
      params: [uniform([parts, width]), uniform([parts], { scale: 0.1 }), uniform([parts], { scale: 0.1 })],
      data: [uniform([count, width])],
      loss: ([centers, logWeight, logScale], [x]) => {
        const exponent = sub(
          mul(scale(distances(x!, centers!), -0.5), asRow(exp(scale(logScale!, -2)))),
          asRow(scale(logScale!, width)),
        );
        const weights = sub(logWeight!, logSumExp(logWeight!));
        return neg(mean(logSumExp(add(exponent, asRow(weights)), { axes: 1 })));
      },
    };
  }),
  network("Gaussian process by descent", (d) => {
    const [count, width] = [d.between(100, 400), d.between(1, 8)];
    return {
      params: [uniform([count], { scale: 0.1 }), uniform([], { scale: 0.1 })],
      data: [uniform([count, width]), uniform([count])],
      loss: ([alpha, logLength], [x, y]) => {
        const kernel = exp(mul(scale(distances(x!, x!), -0.5), exp(scale(logLength!, -2))));
        const smooth = add(matmul(kernel, alpha!), scale(alpha!, 0.1));
        return scale(sub(scale(dot(alpha!, smooth), 0.5), dot(alpha!, y!)), 1 / count);
      },
    };
  }),
  network("activation zoo", (d) => {
    const width = d.between(48, 200), count = d.between(32, 200), all = Object.values(ACTIVATIONS);
    return {
      params: denseParams(width, width),
      data: [uniform([count, width]), uniform([count, width])],
      loss: ([w, b], [x, y]) => {
        const z = linear(x!, w!, b!);
        return mseLoss(all.map((f) => f(z)).reduce((sum, one) => add(sum, one)), y!);
      },
    };
  }),
  network("contrastive loss", (d) => {
    const [size, hidden, code, count] = [d.between(30, 200), d.between(48, 200), d.between(16, 65), d.between(16, 130)];
    return {
      params: denseStack([size, hidden, code]),
      data: [uniform([count, size]), uniform([count, size]), whole([count], count)],
      loss: (params, [a, b, labels]) => {
        const [x, y] = [a!, b!].map((one) => dense(params, one, relu));
        const likeness = matmul(l2Normalize(x!, { axis: 1 }), transpose(l2Normalize(y!, { axis: 1 })));
        const pairs = mean(cosineSimilarity(x!, y!, { axis: 1 }));
        return sub(softmaxCrossEntropy(scale(likeness, 5), labels!), pairs);
      },
    };
  }),
  network("RBF network", (d) => {
    const [width, centers, count] = [d.between(2, 16), d.between(20, 200), d.between(64, 400)];
    return {
      params: [uniform([centers, width]), uniform([centers], { scale: 0.1 }), ...denseParams(centers, 1)],
      data: [uniform([count, width]), uniform([count, 1])],
      loss: ([c, logWidth, w, b], [x, y]) => {
        const features = exp(neg(mul(distances(x!, c!), asRow(exp(logWidth!)))));
        return mseLoss(linear(features, w!, b!), y!);
      },
    };
  }),
  network("neural differential equation", (d) => {
    const [width, hidden, count, steps] = [d.between(4, 24), d.between(24, 100), d.between(16, 100), d.count(6, 20)];
    return {
      params: denseStack([width, hidden, width]),
      data: [uniform([count, width]), uniform([count, width])],
      settings: { steps },
      loss: (params, [x, y]) => {
        let now = x!;
        for (let k = 0; k < steps; k++) now = add(now, scale(dense(params, now, tanh), 1 / steps));
        return mseLoss(now, y!);
      },
    };
  }),
  network("graph convolutions", (d) => {
    const [nodes, from, hidden, classes] = [d.between(60, 400), d.between(8, 100), d.between(16, 65), d.between(3, 12)];
    return {
      params: denseStack([from, hidden, classes]),
      data: [
        uniform([nodes, nodes], { scale: 1 / nodes, offset: 1 / nodes }),
        uniform([nodes, from]),
        whole([nodes], classes),
      ],
      loss: (p, [adjacency, x, labels]) => {
        const first = relu(linear(matmul(adjacency!, x!), p[0]!, p[1]!));
        return softmaxCrossEntropy(linear(matmul(adjacency!, first), p[2]!, p[3]!), labels!);
      },
    };
  }),
  network("Q-learning", (d) => {
    const [size, hidden, actions, count] = [d.between(4, 30), d.between(32, 130), d.between(2, 12), d.between(32, 257)];
    return {
      params: denseStack([size, hidden, hidden, actions]),
      data: [uniform([count, size]), whole([count, 1], actions), uniform([count, 1])],
      loss: (params, [x, action, reward]) => mseLoss(takeAlong(dense(params, x!, relu), action!, 1), reward!),
    };
  }),
  network("logistic regression of polynomials", (d) => {
    const [width, count] = [d.between(4, 30), d.between(200, 2000)];
    return {
      params: [uniform([width]), uniform([width]), uniform([width])],
      data: [uniform([count, width]), uniform([count])],
      loss: ([a, b, c], [x, y]) => {
        const cubic = add(add(matmul(x!, a!), matmul(square(x!), b!)), matmul(mul(x!, square(x!)), c!));
        return mean(ACTIVATIONS.softplus(mul(cubic, neg(y!))));
      },
    };
  }, { optimizer: "sgd", marks: MARKS.network }),
];
