/**
 * All workloads.
 *
 * @module
 */
import type { Workload } from "../workload.ts";
import { broadcasts, elementwise } from "./elementwise.ts";
import { denseNetworks } from "./dense_networks.ts";
import { imageNetworks } from "./image_networks.ts";
import { convolutions, pooling } from "./images.ts";
import { moving } from "./moving.ts";
import { otherNetworks } from "./other_networks.ts";
import { products } from "./products.ts";
import { random } from "./random.ts";
import { reductions, rows } from "./reductions.ts";
import { sequenceNetworks } from "./sequence_networks.ts";

/** Single operations, then networks; names are unique. */
export const WORKLOADS: readonly Workload[] = [
  ...elementwise,
  ...broadcasts,
  ...moving,
  ...reductions,
  ...rows,
  ...products,
  ...convolutions,
  ...pooling,
  ...random,
  ...denseNetworks,
  ...sequenceNetworks,
  ...imageNetworks,
  ...otherNetworks,
];
