/**
 * What has to be reached: PyTorch's time over ours, one thread each.
 *
 * @module
 */

/** Kinds of workloads, for their marks. */
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
  | "network";

/** The least ratios wanted, compiled and plain; without `plain`, a plain call has none: it is bound by its fresh result. */
export type Marks = { readonly compiled: number; readonly plain?: number };

const COMPILED = 0.6, PLAIN = 0.35;

/** The marks of a family, where a workload has none of its own. */
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
  network: { compiled: COMPILED, plain: PLAIN },
};

/** Of products that are bound by the width of vectors: WebAssembly has 128 bits, PyTorch's library 512. */
export const WIDE_PRODUCT: Marks = { compiled: 0.45 };

/** Of networks that are bound by such products. */
export const WIDE_NETWORK: Marks = { compiled: 0.45, plain: PLAIN };

/** Of networks that must do better than the rest. */
export const TRANSFORMER: Marks = { compiled: 0.8, plain: PLAIN };

/** Of the variational autoencoder, the network with dropout and the physics-informed one. */
export const EVEN: Marks = { compiled: 1, plain: PLAIN };

/** Of residual and separable convolutional networks. */
export const AHEAD: Marks = { compiled: 1.2, plain: PLAIN };
