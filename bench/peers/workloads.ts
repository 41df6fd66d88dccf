/**
 * The workloads of the comparison with other libraries: some of `bench/breadth.ts`, with round sizes.
 *
 * @module
 */
import type { Workload } from "../breadth/workload.ts";
import { WORKLOADS } from "../breadth/workloads/mod.ts";

/** The seed: 0 draws round sizes, which suit every library. */
export const SEED = 0;

const NAMES = [
  "tiny network, batch 1",
  "MLP with ReLU",
  "large MLP",
  "LeNet",
  "residual block",
  "LSTM in a loop",
  "transformer",
  "3x3 convolution",
  "large product",
  "add",
  "exp",
  "gelu",
  "softmax",
  "layer norm",
  "sum over rows",
] as const;

/** Training steps with Adam, then single operations. */
export const PEER_WORKLOADS: readonly Workload[] = NAMES.map((name) => WORKLOADS.find((one) => one.name === name)!);
