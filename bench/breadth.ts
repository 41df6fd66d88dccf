/**
 * Operations and networks that nobody tuned for, compiled and plain, against PyTorch on one thread.
 *
 *     OPENBLAS_NUM_THREADS=1 deno run -A --no-check bench/breadth.ts [--seed=1] [--only=pattern] [--rounds=3]
 *         [--slice=40] [--no-plain] [--json=path] [--list] [--programs]
 *
 * Shapes are drawn by the seed, the same for both. `--only` picks workloads by a regular expression on their names;
 * `--list` shows them with their shapes; `--programs` prints the programs that run; `--rounds=0` only compares values.
 * Times are in milliseconds, best (median). Ratios are PyTorch's time divided by ours, by medians, followed by the
 * mark to reach; an exclamation mark means that it is missed.
 *
 * - Compiled, single operations run inside a program with their arguments already there: the step of
 *   `compile(f).scan` whose carry holds the operands and the results (`breadth/runner.ts`). An operand that no
 *   instruction reads shows that the operation was folded away, and is reported. Networks are given their batch in
 *   each step, as in training.
 * - Plain, and in PyTorch, they are ordinary calls. "And backward" is the value together with the derivatives with
 *   respect to all operands, for a given cotangent.
 * - Compiled, plain and PyTorch take turns, several slices of time each, in several rounds. Around each slice a bare
 *   kernel is measured on the same core; slices in which it runs at less than 0.8 of its best in this run do not
 *   count (`slices kept`: the share that did, for each of the three). Time in which other programs had the core is
 *   excluded (`breadth/clock.ts`), on Linux; their use of the caches is not.
 * - Results are compared with PyTorch's (`breadth/fill.ts`); if they differ, the row says so.
 *
 * PyTorch's side is `breadth/torch_breadth.py`, run by `/usr/bin/python3` (Debian: python3-torch and
 * libopenblas0-pthread). A warning is printed if PyTorch uses the slow reference BLAS.
 *
 * @module
 */
import { compareWorkloads } from "./breadth/comparison.ts";
import { WORKLOADS } from "./breadth/workloads/mod.ts";

await compareWorkloads(WORKLOADS, Deno.args);
