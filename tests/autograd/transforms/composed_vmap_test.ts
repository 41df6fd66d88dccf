/**
 * Operations composed of others under `vmap`: what they compute for a batch is the stack of what they compute for each example.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";

const OPERATIONS: Readonly<Record<string, (t: Tensor) => Tensor>> = {
  sort: (t) => ng.sort(t, { axis: 0, descending: true }),
  topK: (t) => ng.topK(t, 2).values,
  cumprod: (t) => ng.cumprod(t, 1),
  cummax: (t) => ng.cummax(t),
  logCumSumExp: (t) => ng.logCumSumExp(t, -1),
  any: (t) => ng.any(ng.greater(t, 1), { axes: 0 }),
  all: (t) => ng.all(ng.greater(t, -1), { axes: 1, keepDims: true }),
  median: (t) => ng.median(t, { axes: 0 }),
  quantile: (t) => ng.quantile(t, [0.2, 0.7]),
  histogram: (t) => ng.histogram(t, { bins: 4 }).counts,
  roll: (t) => ng.roll(t, 1),
  tril: (t) => ng.tril(t),
  diagonal: (t) => ng.diagonal(t, { offset: 1 }),
  trace: (t) => ng.trace(t),
  rearrange: (t) => ng.rearrange(t, "a (b c) -> c (a b)", { c: 2 }),
  reduce: (t) => ng.reduce(t, "a b -> b", "max"),
  repeat: (t) => ng.repeat(t, "a b -> b (a 2)"),
  scatter: (t) => ng.scatter(t, [1, 1], ng.sum(t), { mode: "multiply" }),
  "scatter, set": (t) => ng.scatter(ng.zeros([5], { dtype: t.dtype }), [4, 0, 4, 1], ng.sum(t, { axes: 0 })),
  scatterND: (t) => ng.scatterND(t, [[0, 1], [2, 3]], ng.max(t), { mode: "add" }),
  gatherND: (t) => ng.gatherND(t, [[0, 1], [2, 3], [0, 1]]),
  unfold: (t) => ng.unfold(ng.reshape(t, [1, 3, 4]), { size: 2, padding: 1 }),
  fold: (t) => ng.fold(ng.reshape(t, [4, 3]), [2, 4], { size: 2 }),
  spaceToDepth: (t) => ng.spaceToDepth(ng.reshape(t, [1, 2, 6]), 2),
  meshgrid: (t) => ng.meshgrid([ng.flatten(t), ng.sum(t, { axes: 0 })])[1]!,
};

for (const [name, f] of Object.entries(OPERATIONS)) {
  Deno.test(`vmap of ${name} is the stack of each, with its gradients`, () => {
    const batch = ng.randomNormal(ng.key(3), [4, 3, 4], { dtype: "float64" });
    const examples = Array.from({ length: 4 }, (_, k) => ng.squeeze(ng.slice(batch, k, 1), 0));
    const slope = ng.gradient((t: Tensor) => ng.sum(ng.square(f(t))));
    for (const own of [f, slope]) {
      const found = ng.vmap(own)(batch), wanted = ng.stack(examples.map(own));
      assertEquals(found.shape, wanted.shape);
      const numbers = ng.toList(wanted);
      ng.toList(found).forEach((x, k) => assertAlmostEquals(x, numbers[k]!, 1e-12));
    }
  });
}
