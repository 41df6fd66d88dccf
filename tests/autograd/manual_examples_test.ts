import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  abs,
  add,
  addGradients,
  checkGradient,
  constant,
  div,
  dot,
  exp,
  gradient,
  log,
  matmul,
  max,
  maximum,
  mean,
  mseLoss,
  mul,
  pow,
  product,
  reduceTensor,
  scale,
  sgd,
  slice,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
  valueAndGradient,
} from "../../mod.ts";

// The advanced examples of NanoGrad 1.2's manual, each as a program of today would write it.

type T64 = Tensor<"float64">;

const slopes = (f: (x: T64) => T64, x: T64): number[] => toList(gradient(f)(x));

function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((x, i) => assertAlmostEquals(x, expected[i]!, tolerance * Math.max(1, Math.abs(expected[i]!))));
}

const positive = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 });
const distinct = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 })
  .map((xs) => xs.map((x, i) => i % 2 ? -x : x));

Deno.test("the L-infinity norm: by a reducer with its gradient, and composed", () => {
  const reduced = (t: T64) =>
    reduceTensor(t, (element, largest) => Math.max(Math.abs(element), Math.abs(largest)), {
      computeGradient: (gradOut, _, value, all) =>
        Math.abs(value) === Math.max(...all.map(Math.abs)) ? gradOut * Math.sign(value) : 0,
    });
  const composed = (t: T64) => max(abs(t));
  fc.assert(fc.property(distinct.filter((xs) => xs.length > 1), (xs) => {
    const x = tensor64(xs), largest = Math.max(...xs.map(Math.abs));
    assertEquals([toNumber(reduced(x)), toNumber(composed(x))], [largest, largest]);
    const expected = xs.map((v) => Math.abs(v) === largest ? Math.sign(v) : 0);
    assertEquals(slopes(reduced, x).map((s) => s + 0), expected);
    assertEquals(slopes(composed, x).map((s) => s + 0), expected);
  }));
});

Deno.test("the weighted sum: the reducer's default gradient goes through the product, and dot says the same", () => {
  fc.assert(fc.property(distinct, (xs) => {
    const x = tensor64(xs), weights = constant(xs.map((_, i) => i + 1), { dtype: "float64" });
    const reduced = (t: T64) => reduceTensor(mul(t, weights), (element, total) => total + element);
    assertEquals(toNumber(reduced(x)), toNumber(dot(x, weights)));
    assertEquals(slopes(reduced, x), toList(weights));
    assertEquals(slopes((t) => sum(mul(t, weights)), x), toList(weights));
  }));
});

Deno.test("the geometric mean: by a reducer, by product and root, and through logarithms", () => {
  const reduced = (t: T64) =>
    pow(
      reduceTensor(t, (element, all) => element * all, {
        computeGradient: (gradOut, index, _, all) => gradOut * all.reduce((p, x, i) => i === index ? p : p * x, 1),
      }),
      1 / t.view.size,
    );
  const rooted = (t: T64) => pow(product(t), 1 / t.view.size), composed = (t: T64) => exp(mean(log(t)));
  fc.assert(fc.property(positive, (xs) => {
    const x = tensor64(xs), g = Math.exp(xs.reduce((s, v) => s + Math.log(v), 0) / xs.length);
    for (const f of [reduced, rooted, composed]) {
      assertClose([toNumber(f(x))], [g]);
      assertClose(slopes(f, x), xs.map((v) => g / xs.length / v));
    }
  }));
  assertClose([toNumber(composed(tensor64(new Float64Array(1000).fill(1e300))))], [1e300], 1e-10);
});

Deno.test("clipping by norm: shorter tensors stay, longer ones keep their direction, and gradients follow", () => {
  const clip = (t: T64, maxNorm: number): T64 => mul(t, div(maxNorm, maximum(sqrt(sum(square(t))), maxNorm)));
  fc.assert(fc.property(distinct, fc.double({ min: 0.5, max: 200, noNaN: true }), (xs, maxNorm) => {
    const x = tensor64(xs), norm = Math.hypot(...xs), clipped = toList(clip(x, maxNorm));
    assertClose(clipped, norm > maxNorm ? xs.map((v) => v * maxNorm / norm) : xs);
    if (Math.abs(norm - maxNorm) > 1e-3) checkGradient((t) => clip(t as T64, maxNorm), x);
  }));
});

Deno.test("mini-batches by slicing: their gradients add up to that of all data", () => {
  const x = tensor64(Array.from({ length: 12 }, (_, i) => [i / 12, 1])),
    y = tensor64(Array.from({ length: 12 }, (_, i) => [i % 5]));
  const loss = (w: T64, first: number, count: number) =>
    mseLoss(matmul(slice(x, first, count), w), slice(y, first, count));
  const w = tensor64([[0.5], [-1]]), batchSize = 4;
  const batches = [0, 4, 8].map((first) => gradient(loss)(w, first, batchSize));
  assertClose(toList(scale(batches.reduce((a, b) => addGradients(a, b)), 1 / 3)), toList(gradient(loss)(w, 0, 12)));
});

Deno.test("mini-batches by slicing: a training loop finds the line that the data lie on", () => {
  const points = Array.from({ length: 100 }, (_, i) => 37 * i % 100 / 100);
  const x = tensor64(points.map((at) => [at])), y = tensor64(points.map((at) => [3 * at - 1]));
  const loss = valueAndGradient(({ slope, offset }: { slope: T64; offset: T64 }, first: number, count: number) =>
    mseLoss(add(matmul(slice(x, first, count), slope), offset), slice(y, first, count))
  );
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  const starts = Array.from({ length: 300 }, (_, step) => step % 10 * 10);
  const trained = starts.reduce(
    (state, first) => optimizer.step(state, loss(state.params, first, 10).gradients),
    optimizer.init<{ slope: T64; offset: T64 }>({ slope: tensor64([[0]]), offset: tensor64([0]) }),
  );
  assertClose([...toList(trained.params.slope), ...toList(trained.params.offset)], [3, -1], 0.02);
});
