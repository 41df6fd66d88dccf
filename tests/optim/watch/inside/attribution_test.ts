import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  key,
  ones,
  randomNormal,
  square,
  sub,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toList,
  toNumber,
  zeros,
} from "../../../../autograd/mod.ts";
import { activations, denseLayer, forward, lambda, sequential } from "../../../../layers/mod.ts";
import { integratedGradients, saliency } from "../../../../optim/watch/inside/attribution.ts";

const dtype = "float64";
const model = sequential([
  denseLayer(3, 8, { activation: activations.tanh, dtype }),
  denseLayer(8, 4, { activation: activations.softplus(1), dtype }),
]);

Deno.test("integratedGradients() is complete: contributions add up to the change of the output", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3 }), (seed, of) => {
      const variables = model.init(key(seed >>> 0)), drawn = randomNormal(key((seed + 1) >>> 0), [2, 4, 3], { dtype });
      const [x, baseline] = (toArray(drawn) as readonly number[][][]).map((rows) => tensor64(rows)) as [
        Tensor<"float64">,
        Tensor<"float64">,
      ];
      const contributions = toArray(
        sum(integratedGradients(model, variables, x, { of, baseline, steps: 200 }), { axes: 1 }),
      );
      const change = toArray(
        sub(forward(model, variables, x), forward(model, variables, baseline)),
      ) as readonly number[][];
      (contributions as readonly number[]).forEach((total, k) => assertAlmostEquals(total, change[k]![of]!, 1e-3));
    }),
    { numRuns: 8 },
  );
});

Deno.test("integratedGradients() comes closer with more steps, as midpoints do", () => {
  const variables = model.init(key(1)), x = randomNormal(key(2), [3], { dtype, std: 2 });
  const change = toList(sub(forward(model, variables, x), forward(model, variables, zeros([3], { dtype }))))[0]!;
  const gap = (steps: number): number =>
    Math.abs(toNumber(sum(integratedGradients(model, variables, x, { of: 0, steps }))) - change);
  assert(gap(64) < gap(8) / 30, `${gap(64)} ${gap(8)}`); // quadratic: 64 times
});

Deno.test("integratedGradients() explains the best class of the input, all along the way", () => {
  // From the baseline, the other class is the best one at first.
  const layer = denseLayer(1, 2, { dtype }),
    variables = { params: { weight: tensor64([[0], [2]]), bias: tensor64([1, 0]) }, state: [] } as const;
  assertEquals(toList(integratedGradients(layer, variables, tensor64([[3]]))), [6]);
  assertEquals(toList(integratedGradients(layer, variables, tensor64([[3], [3]]), { of: [1, 0] })), [6, 0]);
});

Deno.test("saliency() is the absolute derivative of what is asked for", () => {
  const layer = denseLayer(2, 2, { dtype, bias: false }),
    variables = { params: { weight: tensor64([[3, -4], [1, 1]]) }, state: [] } as const;
  assertEquals(toList(saliency(layer, variables, tensor64([[1, 0], [0, 1]]))), [3, 4, 1, 1]);
  assertEquals(toList(saliency(layer, variables, tensor64([1, 2]), { of: (y) => sum(square(y)) })), [24, 46]);
  assertEquals(toList(saliency(layer, variables, tensor64([[1, 0]]), { of: tensor64([1]) })), [1, 1]);
  // An output without axes is what is explained.
  const total = lambda((x) => sum(x));
  assertEquals(toList(saliency(total, total.init(key(0)), tensor64([1, 2]))), [1, 1]);
});

Deno.test("attributions refuse classes and baselines that do not fit", () => {
  const variables = model.init(key(0)), x = ones([2, 3], { dtype });
  assertThrows(
    () => saliency(model, variables, x, { of: [1] }),
    TypeError,
    "there must be a class for each example, [2]",
  );
  assertThrows(() => saliency(model, variables, x, { of: 9 }), Error, "takeAlong");
  assertThrows(
    () => integratedGradients(model, variables, x, { steps: 0 }),
    RangeError,
    "in 0 steps: it must be a whole number",
  );
  assertThrows(
    () => integratedGradients(model, variables, x, { baseline: ones([3], { dtype }) }),
    TypeError,
    "from the baseline",
  );
});
