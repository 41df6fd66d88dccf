/**
 * Operations that networks seldom need, at a million elements; `torch_more_operations.py` has their twins.
 *
 * @module
 */
import type { Workload } from "../workload.ts";
import { moreElementwise } from "./more_elementwise.ts";
import { linearAlgebra } from "./linear_algebra.ts";
import { moreMoving } from "./more_moving.ts";
import { order } from "./order.ts";
import { signals } from "./signals.ts";

/** Names are unique, those of `mod.ts` included. */
export const OPERATIONS: readonly Workload[] = [
  ...moreElementwise,
  ...order,
  ...moreMoving,
  ...signals,
  ...linearAlgebra,
];
