/**
 * Operations that networks seldom need, compiled and plain, against PyTorch on one thread, at a million elements.
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/operations.ts [--only=pattern] [--rounds=3] [--slice=40]
 *         [--no-plain] [--json=path] [--list] [--programs]
 *
 * Options, columns and method are those of `breadth.ts`; the marks are 0.5 of PyTorch, compiled.
 *
 * @module
 */
import { compareWorkloads } from "./breadth/comparison.ts";
import { OPERATIONS } from "./breadth/workloads/operations.ts";

await compareWorkloads(OPERATIONS, Deno.args);
