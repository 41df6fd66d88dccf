/**
 * Makes workloads of a million elements.
 *
 * @module
 */
import type { Tensor } from "@nanograd/nanograd";
import type { InputSpec } from "../fill.ts";
import { type Family, SINGLE } from "../marks.ts";
import { operation, type Settings, type Workload } from "../workload.ts";

/** An operation with fixed shapes, which must reach half of PyTorch's speed. */
export function million(
  family: Family,
  name: string,
  inputs: readonly InputSpec[],
  run: (inputs: readonly Tensor[]) => Tensor | readonly Tensor[],
  { settings, tolerance = 1e-4 }: { readonly settings?: Settings; readonly tolerance?: number } = {},
): readonly Workload[] {
  return operation(family, name, () => ({ inputs, run, marks: SINGLE, ...settings && { settings } }), {
    comparison: { kind: "values", tolerance },
  });
}
