/**
 * The part of the default engine that sums over axes, with kernels that need no assembler.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { type EnginePart, enginePart } from "../engine_in_use.ts";
import { sumByLoops } from "../reference/sum.ts";
import { shared } from "../shared.ts";
import { sumKernels, windowSumKernel } from "../simd/ready/sum.ts";
import { createReduceOf } from "../simd/reduce.ts";
import { standardScratch } from "./context.ts";

/** The function that computes all other reductions, and sums too, once an operation has brought it. */
export const reducingInUse: { current: Engine["reduce"] | undefined } = /* @__PURE__ */ shared(
  "reductions of the default engine",
  () => ({ current: undefined }),
);

/** Computes sums, and no other reduction. */
export const sumPart: EnginePart<"reduce"> = /* @__PURE__ */ enginePart(["reduce"], () => {
  const scratch = standardScratch();
  const ready = scratch === undefined ? undefined : createReduceOf(scratch, {
    kernels: (_, dtype) => sumKernels(scratch.memory, dtype),
    windows: (_, dtype) => windowSumKernel(scratch.memory, dtype),
  });
  const sum: Engine["reduce"] = ready ?? ((_, input, output) => sumByLoops(input, output));
  return { reduce: (reduction, input, output) => (reducingInUse.current ?? sum)(reduction, input, output) };
});
