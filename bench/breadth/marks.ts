/**
 * The marks to reach: PyTorch's time divided by ours, one thread each.
 *
 * @module
 */

/** Kinds of workloads, which determine their marks. */
export type Family =
  | "elementwise"
  | "broadcast"
  | "moving"
  | "reduction"
  | "rows"
  | "product"
  | "convolution"
  | "pooling"
  | "random"
  | "order"
  | "signals"
  | "linear algebra"
  | "network";

/**
 * The smallest acceptable ratios, compiled and plain; without `plain`, plain calls have no mark, since allocating the
 * result limits them.
 */
export type Marks = { readonly compiled: number; readonly plain?: number };

const COMPILED = 0.6, PLAIN = 0.35, OPERATION = 0.5;

/** The marks of a family, for workloads without their own. */
export const MARKS: { readonly [F in Family]: Marks } = {
  elementwise: { compiled: COMPILED },
  broadcast: { compiled: COMPILED },
  moving: { compiled: COMPILED, plain: PLAIN },
  reduction: { compiled: COMPILED, plain: PLAIN },
  rows: { compiled: COMPILED, plain: PLAIN },
  product: { compiled: COMPILED },
  convolution: { compiled: COMPILED },
  pooling: { compiled: COMPILED, plain: PLAIN },
  random: { compiled: COMPILED },
  order: { compiled: OPERATION },
  signals: { compiled: OPERATION },
  "linear algebra": { compiled: OPERATION },
  network: { compiled: COMPILED, plain: PLAIN },
};

/** For products bound by the width of vectors: WebAssembly has 128 bits, PyTorch's library 512. */
export const WIDE_PRODUCT: Marks = { compiled: 0.45 };

/** For networks bound by such products. */
export const WIDE_NETWORK: Marks = { compiled: 0.45, plain: PLAIN };

/** For networks that must do better than the rest. */
export const TRANSFORMER: Marks = { compiled: 0.8, plain: PLAIN };

/** For the variational autoencoder, the network with dropout and the physics-informed one. */
export const EVEN: Marks = { compiled: 1, plain: PLAIN };

/** For residual and separable convolutional networks. */
export const AHEAD: Marks = { compiled: 1.2, plain: PLAIN };

/** For all that `operations.ts` measures. */
export const SINGLE: Marks = { compiled: OPERATION };
