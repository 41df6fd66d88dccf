/**
 * Distributions against torch.distributions (`tests/fixtures/make_probability.py`): autograd/probability/normal.ts,
 * autograd/probability/log_normal.ts, autograd/probability/uniform.ts, autograd/probability/exponential.ts,
 * autograd/probability/laplace.ts, autograd/probability/cauchy.ts, autograd/probability/student_t.ts,
 * autograd/probability/gamma.ts, autograd/probability/beta.ts, autograd/probability/dirichlet.ts,
 * autograd/probability/poisson.ts, autograd/probability/bernoulli.ts, autograd/probability/categorical.ts and
 * autograd/probability/parameters.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import json from "../../fixtures/probability.json" with { type: "json" };
import * as nanograd from "../../../mod.ts";
import {
  cast,
  compile,
  DTypeError,
  gradient,
  type Numeric,
  ShapeError,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  vmap,
} from "../../../mod.ts";

type Case = {
  readonly name: string;
  readonly args: readonly Numeric[];
  readonly value: unknown;
  readonly gradients: readonly (Numeric | null)[];
};
const cases = json as unknown as readonly Case[]; // -Infinity is a text in JSON
const flat = (value: unknown): readonly number[] => Array.isArray(value) ? value.flatMap(flat) : [Number(value)];
const functions = nanograd as unknown as Readonly<Record<string, (...args: readonly unknown[]) => Tensor>>;

for (const [index, { name, args, value, gradients }] of cases.entries()) {
  for (const [dtype, tolerance] of [["float64", 1e-9], ["float32", 1e-4]] as const) {
    for (const kind of ["plain", "compiled"] as const) {
      Deno.test(`${name} (${index}), ${kind} in ${dtype}, has PyTorch's values and derivatives`, () => {
        const f = functions[name]!, tensors = args.map((data) => cast(tensor64(data), dtype));
        // Where the density is 0, the sum has no use.
        const slopes = gradient((all: readonly Tensor[]) => sum(f(...all)));
        const run = (all: readonly Tensor[]) => ({ y: f(...all), slopes: slopes(all) });
        const found = (kind === "plain" ? run : compile(run))(tensors);
        const close = (t: Tensor, wanted: unknown, what: string): void =>
          toList(t).forEach((x, k) => {
            const number = flat(wanted)[k]!;
            if (Number.isFinite(number)) assertAlmostEquals(x, number, tolerance * Math.max(1, Math.abs(number)), what);
            else assertEquals(x, number);
          });
        assertEquals([found.y.dtype, toList(found.y).length], [dtype, flat(value).length]);
        close(found.y, value, "value");
        gradients.forEach((wanted, k) => wanted === null || close(found.slopes[k]!, wanted, `derivative ${k}`));
      });
    }
  }
}

Deno.test("log densities are -Infinity outside, and their derivatives there are finite", () => {
  const x = tensor64([-1, 0]);
  const f = [
    (t: Tensor<"float64">) => nanograd.gammaLogProb(t, 2, 1),
    (t: Tensor<"float64">) => nanograd.logNormalLogProb(t, 0, 1),
    (t: Tensor<"float64">) => nanograd.betaLogProb(t, 2, 2),
  ];
  for (const density of f) {
    assertEquals(toList(density(x)), [-Infinity, -Infinity]);
    assert(toList(gradient((t: Tensor<"float64">) => sum(density(t)))(x)).every(Number.isFinite));
  }
  assertEquals(toList(nanograd.exponentialLogProb(tensor64([-1, 0]), 1)), [-Infinity, 0]);
});

Deno.test("the divergence of a distribution from itself is 0", () => {
  const p = tensor64([0.3, 2.5]), q = tensor64([1.5, 0.7]);
  const zeros = [
    nanograd.normalKlDivergence(p, q, p, q),
    nanograd.gammaKlDivergence(p, q, p, q),
    nanograd.betaKlDivergence(p, q, p, q),
    nanograd.laplaceKlDivergence(p, q, p, q),
    nanograd.poissonKlDivergence(p, p),
    nanograd.exponentialKlDivergence(p, p),
    nanograd.bernoulliKlDivergence(p, p),
    nanograd.categoricalKlDivergence(p, p),
    nanograd.dirichletKlDivergence(p, p),
  ];
  for (const t of zeros) toList(t).forEach((x) => assertAlmostEquals(x, 0, 1e-12));
});

Deno.test("impossible classes add nothing to entropies and divergences", () => {
  const logits = tensor64([0, -Infinity, 0]);
  assertAlmostEquals(toNumber(nanograd.categoricalEntropy(logits)), Math.log(2), 1e-12);
  assertAlmostEquals(toNumber(nanograd.categoricalKlDivergence(logits, tensor64([0, 0, 0]))), Math.log(1.5), 1e-12);
  assert(toNumber(nanograd.categoricalKlDivergence(tensor64([0, 0, 0]), logits)) > 1e20);
});

Deno.test("numbers take the dtype of tensors, and are float32 alone", () => {
  assertEquals(nanograd.normalLogProb(tensor64([1]), 0, 1).dtype, "float64");
  assertEquals(nanograd.normalEntropy(2).dtype, "float32");
  assertEquals(nanograd.normalKlDivergence(0, 1, tensor64([[1], [2]]), tensor64([1, 2, 3])).shape, [2, 3]);
});

Deno.test("distributions can be mapped over examples", () => {
  const x = tensor64([1, 2, 3]), means = tensor64([0, 1, 5]);
  const each = vmap((a: Tensor<"float64">, m: Tensor<"float64">) => nanograd.normalLogProb(a, m, 2))(x, means);
  assertEquals(toList(each), toList(nanograd.normalLogProb(x, means, 2)));
});

Deno.test("what does not fit is refused by name", () => {
  const x = tensor64([1, 2]);
  assertThrows(
    () => nanograd.normalLogProb(x, 0, 0),
    RangeError,
    "Cannot apply normalLogProb with std 0: std must be a",
  );
  assertThrows(() => nanograd.gammaEntropy(NaN, 1), RangeError, "alpha NaN: alpha must be a finite number above 0");
  assertThrows(() => nanograd.uniformEntropy(Infinity, 1), RangeError, "min Infinity: min must be a finite number");
  assertThrows(() => nanograd.normalLogProb(x, tensor64([1, 2, 3]), 1), ShapeError, "normalLogProb");
  assertThrows(() => nanograd.normalLogProb(x, tensor32([1]) as never, 1), DTypeError, "normalLogProb");
  assertThrows(
    () => nanograd.normalLogProb("1" as never, 0, 1),
    TypeError,
    "it must be a number or a tensor; pass one",
  );
  assertThrows(() => nanograd.categoricalLogProb(x, tensor64([[1, 2]])), ShapeError, "one class for each row");
  assertThrows(() => nanograd.categoricalLogProb(tensor64([2]), tensor64([[1, 2]])), Error, "Cannot");
  assertThrows(
    () => nanograd.dirichletLogProb(x, tensor64([1])),
    ShapeError,
    "the last axes must be of the same length",
  );
  assertThrows(() => nanograd.dirichletEntropy(tensor64(1)), ShapeError, "the classes");
});

// python3 -c "from scipy import stats; print(stats.gamma(1, scale=.5).logpdf(0), stats.beta(1, 100).logpdf(0), stats.beta(100, 1).logpdf(1), stats.poisson(0).logpmf([0, 1]))"
//   ->  0.6931471805599453 4.605170185988092 4.605170185988092 [0. -inf]
Deno.test("log densities at the ends of where they are above 0 are their limits, with finite derivatives", () => {
  const near = (found: Tensor<"float64">, ...wanted: readonly number[]) =>
    toList(found).forEach((x, k) => x === wanted[k] || assertAlmostEquals(x, wanted[k]!, 1e-12));
  const zero = tensor64([0, 0, 0]), shapes = tensor64([1, 2, 0.5]);
  near(nanograd.gammaLogProb(zero, shapes, 2), Math.LN2, -Infinity, Infinity);
  near(nanograd.betaLogProb(zero, shapes, tensor64([100, 1, 1])), Math.log(100), -Infinity, Infinity);
  near(nanograd.betaLogProb(tensor64([1, 1, 1]), tensor64([100, 1, 1]), shapes), Math.log(100), -Infinity, Infinity);
  near(nanograd.betaLogProb(tensor64([-0.1, 1.1]), 2, 2), -Infinity, -Infinity);
  near(nanograd.dirichletLogProb(tensor64([[0, 0.5, 0.5]]), tensor64([[1, 1, 1]])), Math.LN2);
  near(nanograd.poissonLogProb(tensor64([0, 1]), tensor64([0, 0])), 0, -Infinity);
  const slope = gradient((a: Tensor<"float64">) => sum(nanograd.gammaLogProb(tensor64([0, 1]), a, 2)));
  assertEquals(toList(slope(tensor64([1, 1]))).every(Number.isFinite), true);
});

// scipy.stats: gamma.logpdf(nan, 2), beta.logpdf(nan, 2, 3), uniform.logpdf(nan) and lognorm.logpdf(nan, 1) are nan.
Deno.test("log densities of NaN are NaN, and not -Infinity as outside of where they are above 0", () => {
  const x = tensor64([NaN, -1]), half = tensor64([0.5, 0.5]), one = tensor64([1, 1]), none = tensor64([NaN, NaN]);
  for (
    const density of [
      nanograd.gammaLogProb(x, 2, 1),
      nanograd.betaLogProb(x, 2, 3),
      nanograd.uniformLogProb(x, 0, 1),
      nanograd.logNormalLogProb(x, 0, 1),
      nanograd.exponentialLogProb(x, 1),
    ]
  ) assertEquals(toList(density), [NaN, -Infinity]);
  for (const [low, high] of [[none, one], [half, none]] as const) {
    assertEquals(toList(nanograd.uniformLogProb(half, low, high)), [NaN, NaN]);
  }
});

Deno.test("the derivative of a categorical entropy keeps its digits among 30,000 classes", () => {
  const logits = nanograd.randomUniform(nanograd.key(0), [30_000]);
  const slope = gradient((t: Tensor) => nanograd.categoricalEntropy(t));
  const wanted = toList(slope(cast(logits, "float64"))), most = Math.max(...wanted.map(Math.abs));
  for (const f of [slope, compile(slope)]) {
    // 1.1e-5 where the exponential of a logarithm is differentiated.
    toList(f(logits)).forEach((x, k) => assertAlmostEquals(x / most, wanted[k]! / most, 5e-6));
  }
});
