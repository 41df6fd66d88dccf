/**
 * Random tensors of distributions: autograd/random/transformed.ts, autograd/random/categorical.ts, autograd/random/gamma.ts,
 * autograd/random/gamma_sample.ts, autograd/random/poisson.ts and autograd/random/draw_arguments.ts, against JAX
 * (`tests/fixtures/make_jax_random.py`).
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import recorded from "../../fixtures/jax_random.json" with { type: "json" };
import {
  cast,
  compile,
  constant,
  type DType,
  DTypeError,
  exp,
  gradient,
  type Key,
  key,
  mean,
  type Numeric,
  randomBernoulli,
  randomBeta,
  randomCategorical,
  randomChoice,
  randomDirichlet,
  randomExponential,
  randomGamma,
  randomInteger,
  randomLaplace,
  randomPoisson,
  randomTruncatedNormal,
  reshape,
  ShapeError,
  shuffle,
  square,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toList,
  toNumber,
  vmap,
} from "../../../mod.ts";
import { gammaSample } from "../../../autograd/random/gamma_sample.ts";
import { splitKey } from "../../../autograd/random/key.ts";

type Draws = Readonly<Record<string, (k: Key, dtype: DType) => Tensor>>;
const c = (dtype: DType, ...numbers: readonly number[]): Tensor => constant<DType>(numbers, { dtype });
const logits = [[0.1, -1, 2, 0.5], [0, 0, -3, 1]], p = [0.1, 0.2, 0.3, 0.3, 0.1];
const numbers = (n: number, dtype: DType): Tensor => c(dtype, ...Array(n).keys());

const DRAWS: Draws = {
  bernoulli: (k, dtype) => randomBernoulli(k, c(dtype, 0.1, 0.5, 0.9, 0.3), [2, 4]),
  bernoulliNumber: (k, dtype) => randomBernoulli(k, 0.3, [9], { dtype }),
  categorical: (k, dtype) => randomCategorical(k, constant<DType>(logits, { dtype })),
  categoricalMany: (k, dtype) => randomCategorical(k, constant<DType>(logits, { dtype }), [5, 2]),
  exponential: (k, dtype) => randomExponential(k, [6], { dtype }),
  laplace: (k, dtype) => randomLaplace(k, [6], { dtype }),
  truncatedNormal: (k, dtype) => randomTruncatedNormal(k, -0.5, 1.5, [8], { dtype }),
  truncatedNormalTail: (k, dtype) => randomTruncatedNormal(k, 1, 3, [4], { dtype }),
  gamma: (k, dtype) => randomGamma(k, c(dtype, 0.1, 0.5, 1, 1.5, 3, 20, 100)),
  gammaShape: (k, dtype) => randomGamma(k, c(dtype, 0.3, 4), [3, 2]),
  beta: (k, dtype) => randomBeta(k, c(dtype, 0.01, 0.5, 2, 30), c(dtype, 0.02, 3, 2, 1)),
  dirichlet: (k, dtype) => randomDirichlet(k, c(dtype, 0.1, 0.5, 2, 5), [3]),
  poisson: (k, dtype) => randomPoisson(k, c(dtype, 0, 0.1, 1, 5, 9.9, 10, 50, 1000, 1e5)),
  poissonShape: (k, dtype) => randomPoisson(k, 12, [10], { dtype }),
  choiceWithout: (k, dtype) => randomChoice(k, 10, [6], { dtype, replace: false }),
  choiceP: (k, dtype) => randomChoice(k, 5, [8], { dtype, p }),
  choicePWithout: (k, dtype) => randomChoice(k, 5, [4], { dtype, p: c(dtype, ...p), replace: false }),
  shuffle: (k, dtype) => shuffle(k, reshape(numbers(12, dtype), [4, 3])),
  shuffleAxis: (k, dtype) => shuffle(k, reshape(numbers(12, dtype), [3, 4]), 1),
  shuffleVector: (k, dtype) => shuffle(k, numbers(7, dtype), -1),
};

for (const dtype of ["float32", "float64"] as const) {
  const wanted = recorded[dtype] as Readonly<Record<string, Numeric>>, tolerance = dtype === "float64" ? 1e-9 : 1e-4;
  for (const [name, draw] of Object.entries(DRAWS)) {
    Deno.test(`${name} in ${dtype}, plain and compiled, draws JAX's numbers`, () => {
      const expected = tensor64(wanted[name]!);
      const found = [draw(key(42), dtype), compile((k: Key) => draw(k, dtype))(key(42))];
      for (const t of found) {
        assertEquals([t.shape, t.dtype, t.requiresGrad], [expected.shape, dtype, false]);
        toList(t).forEach((x, k) => {
          const number = toList(expected)[k]!;
          assertAlmostEquals(x, number, tolerance * Math.max(Math.abs(number), 1e-3), `number ${k}`);
        });
      }
    });
  }

  Deno.test(`logarithms of gamma numbers in ${dtype} do not underflow, and are JAX's`, () => {
    const keys = splitKey(key(42), 6);
    (wanted.loggamma as readonly number[]).forEach((number, k) => {
      const alpha = [0.001, 0.1, 0.5, 1, 3, 20][k]!, given = dtype === "float32" ? Math.fround(alpha) : alpha;
      const x = gammaSample(keys[k]!.words, given, dtype, true);
      assertAlmostEquals(x, number, tolerance * Math.max(1, Math.abs(number)));
    });
  });
}

// The mean and the mean square of 20,000 numbers, within five standard errors.
const MOMENTS: readonly (readonly [name: string, draw: (k: Key) => Tensor, mean: number, variance: number])[] = [
  ["randomBernoulli", (k) => randomBernoulli(k, 0.2, [20_000]), 0.2, 0.16],
  ["randomExponential", (k) => randomExponential(k, [20_000], { rate: 0.5 }), 2, 4],
  ["randomLaplace", (k) => randomLaplace(k, [20_000], { mean: 3, scale: 0.5 }), 3, 0.5],
  ["randomGamma below 1", (k) => randomGamma(k, 0.4, [20_000]), 0.4, 0.4],
  ["randomGamma", (k) => randomGamma(k, 7, [20_000]), 7, 7],
  ["randomBeta", (k) => randomBeta(k, 2, 6, [20_000]), 0.25, 12 / (64 * 9)],
  ["randomPoisson of few", (k) => randomPoisson(k, 3.5, [20_000]), 3.5, 3.5],
  ["randomPoisson of many", (k) => randomPoisson(k, 80, [20_000]), 80, 80],
  ["randomChoice", (k) => randomChoice(k, 5, [20_000], { p }), 2.1, 1.29],
];

for (const [name, draw, average, variance] of MOMENTS) {
  Deno.test(`${name} has the mean and the variance of its distribution`, () => {
    const x = cast(draw(key(9)), "float64"), found = toNumber(mean(x)), squares = toNumber(mean(square(x)));
    assertAlmostEquals(found, average, 5 * Math.sqrt(variance / 20_000));
    assertAlmostEquals(squares - found ** 2, variance, 0.08 * variance);
  });
}

Deno.test("numbers between bounds are strictly between them, infinite ones included", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const inside = toList(randomTruncatedNormal(key(1), -2, 0.5, [5000], { dtype }));
    assert(inside.every((x) => x > -2 && x < 0.5));
    const open = toList(randomTruncatedNormal(key(1), -Infinity, Infinity, [5000], { dtype }));
    assert(open.every(Number.isFinite) && open.some((x) => x < -2) && open.some((x) => x > 2));
    const far = toList(randomTruncatedNormal(key(1), 20, 21, [10], { dtype }));
    assert(far.every((x) => x > 20 && x < 21), String(far));
  }
});

Deno.test("a choice with replacement is a whole number, JAX's of 32 bits", () => {
  assertEquals(toList(randomChoice(key(42), 10, [6])), toList(randomInteger(key(42), [6], { max: 10 })));
});

Deno.test("choices without replacement differ, and their gradients go to what was chosen", () => {
  const chosen = toList(randomChoice(key(2), 20, [4, 5], { replace: false }));
  assertEquals(new Set(chosen).size, 20);
  const t = tensor64([[1, 2, 3], [4, 5, 6]]);
  const slopes = gradient((x: Tensor<"float64">) => sum(randomChoice(key(0), x, [2, 2], { axis: 1 })))(t);
  assertEquals(randomChoice(key(0), t, [2, 2], { axis: 1 }).shape, [2, 2, 2]);
  assertEquals(toList(sum(slopes)), [8]);
  assertEquals(toList(gradient((x: Tensor<"float64">) => sum(square(shuffle(key(0), x, 1))))(t)), [2, 4, 6, 8, 10, 12]);
});

Deno.test("under vmap, each example draws from its own key and parameters", () => {
  const keys = splitKey(key(3), 3), alphas = tensor32([0.5, 2, 9]);
  for (const draw of [randomGamma, randomPoisson, randomBernoulli] as const) {
    const values = draw === randomBernoulli ? tensor32([0.1, 0.5, 0.9]) : alphas;
    const all = vmap((k: Key, a: Tensor<"float32">) => draw(k, a, [4]))(keys as never, values as never) as Tensor;
    keys.forEach((k, i) => {
      const one = toList(draw(k, toList(values)[i]!, [4]));
      assertEquals(toList(all).slice(4 * i, 4 * i + 4), one);
    });
  }
});

Deno.test("draws of a shape without elements, or of one number, work", () => {
  const k = key(0);
  for (const shape of [[0], [2, 0], []]) {
    assertEquals(randomGamma(k, 2, shape).shape, shape);
    assertEquals(randomPoisson(k, 2, shape).shape, shape);
    assertEquals(randomBernoulli(k, 0.5, shape).shape, shape);
    assertEquals(randomChoice(k, 3, shape).shape, shape);
    assertEquals(randomExponential(k, shape).shape, shape);
  }
  assertEquals(shuffle(k, constant([], { shape: [0, 2] })).shape, [0, 2]);
});

Deno.test("elements of tensors that no distribution has give NaN", () => {
  assertEquals(toList(randomGamma(key(0), tensor32([-1, 0, Infinity, NaN]))), [NaN, NaN, NaN, NaN]);
  assertEquals(toList(randomPoisson(key(0), tensor32([-1, Infinity, NaN]))), [NaN, NaN, NaN]);
});

Deno.test("impossible classes are never drawn, and logits of large numbers do no harm", () => {
  const impossible = randomCategorical(key(0), tensor32([-Infinity, 0, -Infinity]), [200]);
  assert(toList(impossible).every((x) => x === 1));
  assertEquals(toList(randomCategorical(key(0), tensor32([1e30, 0]), [3])), [0, 0, 0]);
  assertAlmostEquals(toNumber(mean(exp(randomCategorical(key(0), tensor64([5]), [3])))), 1);
});

Deno.test("invalid parameters are refused by name", () => {
  const k = key(0), junk = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
  const ranges: readonly (readonly [call: () => unknown, message: string])[] = [
    [() => randomBernoulli(k, 1.5), "Cannot apply randomBernoulli with p 1.5: p must be in [0, 1]; correct it"],
    [() => randomExponential(k, [2], { rate: 0 }), "rate 0: rate must be a finite number above 0"],
    [() => randomLaplace(k, [2], { scale: -1 }), "scale -1"],
    [() => randomTruncatedNormal(k, 1, 1, [2]), "between 1 and 1: both must be numbers, the first less"],
    [() => randomGamma(k, 0), "alpha 0: alpha must be a finite number above 0"],
    [() => randomBeta(k, 1, -1), "b -1"],
    [() => randomPoisson(k, -1), "lambda -1: lambda must be a finite number of 0 or more"],
    [() => randomChoice(k, 0), "there must be a whole number above 0 to choose from"],
    [() => randomChoice(k, 2, [3], { replace: false }), "3 of 2 without replacement"],
  ];
  for (const [call, message] of ranges) assertThrows(call, RangeError, message);
  const shapes: readonly (readonly [call: () => unknown, message: string])[] = [
    [() => randomBernoulli(k, tensor32([0.1, 0.2]), [3]), "the parameters must broadcast to the shape"],
    [() => randomGamma(k, tensor32([1, 2]), []), "the parameters must broadcast to the shape"],
    [() => randomCategorical(k, tensor32([[1, 2], [3, 4]]), [3]), "the shape must end with that of the logits"],
    [() => randomCategorical(k, tensor32(1)), "at least one class"],
    [() => randomDirichlet(k, tensor32(1)), "at least one axis"],
    [() => randomChoice(k, 3, [1], { p: [1] }), "p must have 3 probabilities"],
    [() => shuffle(k, tensor32(1)), "shuffle"],
  ];
  for (const [call, message] of shapes) assertThrows(call, ShapeError, message);
  assertThrows(() => junk(randomBeta)(k, tensor32([1]), tensor64([1])), DTypeError, "must have one dtype");
  assertThrows(() => junk(randomGamma)(k, "1"), TypeError, "it must be a number or a tensor");
  for (const f of [randomBernoulli, randomGamma, randomPoisson, randomCategorical, randomDirichlet, shuffle]) {
    assertThrows(() => junk(f)(3, tensor32([0.5])), TypeError, "randomness comes from a key");
  }
  assertThrows(() => junk(randomChoice)(k, 3, [1], { replace: 1 }), TypeError, "replace 1");
  assertThrows(() => junk(randomGamma)(k, 1, [1], { dtypes: 1 }), TypeError, 'the option "dtypes"');
});
