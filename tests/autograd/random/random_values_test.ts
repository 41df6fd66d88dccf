import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Key, key, splitKey } from "../../../autograd/random/key.ts";
import { permutation, randomInteger, randomNormal, randomUniform } from "../../../autograd/random/random.ts";
import { tensorData } from "../../../autograd/values/read.ts";
import type { DType } from "../../../blas/dtype.ts";
import type { Words } from "../../../blas/threefry.ts";
import { DTypeError, ShapeError } from "../../../blas/errors.ts";
import { erfc } from "../../../blas/scalar/special_functions.ts";
import cases from "../../fixtures/random.json" with { type: "json" };

const keyOf = (words: readonly number[]): Key => ({ tag: "key", words: words as unknown as Words });
const uniformValues = (k: Key, n: number, dtype: DType, min: number, max: number) =>
  tensorData(randomUniform(k, [n], { dtype, min, max }));
const normalValues = (k: Key, n: number, dtype: DType, mean: number, std: number) =>
  tensorData(randomNormal(k, [n], { dtype, mean, std }));
const integerValues = (k: Key, n: number, min: number, max: number) =>
  tensorData(randomInteger(k, [n], { dtype: "float64", min, max }));
const permutationValues = (k: Key, n: number) => tensorData(permutation(k, n, { dtype: "float64" }));
const DTYPES = ["float32", "float64"] as const;
const seeds = fc.maxSafeInteger();

// --- numbers from JAX ------------------------------------------------------------------------------------------------

Deno.test("randomUniform() gives the numbers that JAX prints", () => {
  // JAX's documentation of jax.random: random.uniform(random.key(0)), and of the second key of its split.
  assertAlmostEquals(uniformValues(key(0), 1, "float32", 0, 1)[0]!, 0.947667, 5e-7);
  assertAlmostEquals(uniformValues(splitKey(key(0))[1], 1, "float32", 0, 1)[0]!, 0.00729382, 5e-9);
  // A test-suite's snapshot of JAX: uniform(PRNGKey(0), (4,)), to the last bit.
  const four = [0.9476670027, 0.9785798788, 0.3322914839, 0.4686684608].map(Math.fround);
  assertEquals([...uniformValues(key(0), 4, "float32", 0, 1)], four);
  // The test-suite of EnsKit, captured under JAX 0.10.2 with 64-bit floats.
  assertEquals(uniformValues(key(0), 1, "float64", 0, 1)[0], 0.41845711171638644);
});

Deno.test("randomNormal() gives JAX's float32 numbers to the last bit", () => {
  const draw = (k: Key, n: number) => [...normalValues(k, n, "float32", 0, 1)];
  // EnsKit, as above: jax.random.normal(jax.random.key(0), (2, 3), jnp.float32).
  assertEquals(draw(key(0), 6), [
    1.622642159461975,
    2.0252647399902344,
    -0.4335944354534149,
    -0.07861734926700592,
    0.17609089612960815,
    -0.9720892310142517,
  ]);
  // JAX's documentation, "Pseudorandom numbers": normal(key(42)); all at once; one for each key of split(key(42), 3).
  assertEquals(draw(key(42), 1), [Math.fround(-0.028304616)]);
  assertEquals(draw(key(42), 3).slice(1), [0.46713185, 0.29570296].map(Math.fround));
  const individually = splitKey(key(42), 3).flatMap((k) => draw(k, 1));
  assertEquals(individually, [0.07592554, 0.60576403, 0.4323065].map(Math.fround));
  // There too: three turns of key, subkey = split(key), normal(subkey).
  const first = splitKey(key(42)), second = splitKey(first[0]), third = splitKey(second[0]);
  const turns = [first, second, third].flatMap(([, subkey]) => draw(subkey, 1));
  assertEquals(turns, [0.6057640314102173, -0.21089035272598267, -0.3948981463909149]);
  // The documentation of the package inox: normal(key, (5,)) of a key split from key(42) three times over.
  const inner = splitKey(splitKey(splitKey(key(42))[1], 4)[3])[0];
  assertEquals(draw(inner, 5), [0.6611632, -1.0414096, 0.5554834, -1.8841821, 0.36664668].map(Math.fround));
});

Deno.test("randomNormal() gives JAX's float64 numbers", () => {
  // EnsKit, as above: normal(split(key(0))[i], (2, 2)) in float64. JAX's own error is a few units in the last place.
  const expected = [
    [1.8800298928929466, -0.4812149737008219, 0.4154572296392434, 2.381840078208049],
    [-1.400884102827668, 1.4321449977776874, 0.6248106961344603, 0.20048727190797802],
  ];
  splitKey(key(0)).forEach((k, i) => {
    normalValues(k, 4, "float64", 0, 1).forEach((x, j) => assertAlmostEquals(x, expected[i]![j]!, 1e-15));
  });
});

Deno.test("randomInteger() and permutation() give the numbers that JAX prints", () => {
  // Printed by JAX 0.11: randint(key(1), (5,), 0, 10) and permutation(key(3), jnp.arange(5)).
  assertEquals([...integerValues(key(1), 5, 0, 10)], [6, 7, 0, 3, 8]);
  assertEquals([...permutationValues(key(3), 5)], [0, 4, 2, 1, 3]);
});

// --- numbers from a second implementation, tests/fixtures/make_random.py ---------------------------------------------

Deno.test("all draws agree with a second implementation", () => {
  type Range = [number[], number, number, number[]];
  for (const [words, min, max, values] of cases.uniform32 as Range[]) {
    assertEquals([...uniformValues(keyOf(words), 3, "float32", min, max)], values);
  }
  for (const [words, min, max, values] of cases.uniform64 as Range[]) {
    assertEquals([...uniformValues(keyOf(words), 3, "float64", min, max)], values);
  }
  for (const [words, values] of cases.normal64 as [number[], number[]][]) {
    normalValues(keyOf(words), 4, "float64", 0, 1).forEach((x, i) =>
      assertAlmostEquals(x, values[i]!, 8 * 2 ** -53 * Math.abs(values[i]!))
    );
  }
  for (const [words, min, max, values] of cases.integer as Range[]) {
    assertEquals([...integerValues(keyOf(words), 4, min, max)], values);
  }
  for (const [words, n, start, moment] of cases.permutation as [number[], number, number[], number][]) {
    const order = permutationValues(keyOf(words), n);
    assertEquals([...order.slice(0, 8)], start);
    assertEquals(order.reduce((sum, x, i) => sum + i * x, 0), moment);
  }
});

// --- distributions: fixed keys, so that a test passes always or never ------------------------------------------------

/** Kolmogorov and Smirnov's statistic times the root of the size: below 1.63 in 99 of 100 samples. */
function distance(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort(), n = sorted.length;
  const gap = (x: number, i: number) => Math.max(Math.abs(cdf(x) - i / n), Math.abs(cdf(x) - (i + 1) / n));
  return Math.sqrt(n) * sorted.reduce((worst, x, i) => Math.max(worst, gap(x, i)), 0);
}

/** Pearson's chi-squared statistic of counts that should be equal, less its mean, in standard deviations. */
function unevenness(counts: readonly number[]): number {
  const mean = counts.reduce((a, b) => a + b) / counts.length, freedom = counts.length - 1;
  return (counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0) - freedom) / Math.sqrt(2 * freedom);
}

for (const dtype of DTYPES) {
  Deno.test(`randomUniform() in ${dtype} is uniform`, () => {
    for (const [min, max] of [[0, 1], [-3, 5]] as const) {
      const values = uniformValues(key(5), 20_000, dtype, min, max);
      assert(distance(values, (x) => (x - min) / (max - min)) < 1.63);
      assert(values.every((x) => x >= min && x < max));
    }
  });

  Deno.test(`randomNormal() in ${dtype} is normal, to the tails`, () => {
    const values = normalValues(key(6), 200_000, dtype, 2, 3);
    assert(distance(values, (x) => erfc((2 - x) / (3 * Math.SQRT2)) / 2) < 1.63);
    const z = Array.from(values, (x) => (x - 2) / 3),
      mean = (f: (x: number) => number) => z.reduce((sum, x) => sum + f(x), 0) / z.length;
    // Moments 0, 1, 0, 3; the bounds are four standard errors: the root of the variance of x^k over the size.
    const bound = (variance: number) => 4 * Math.sqrt(variance / z.length);
    assertAlmostEquals(mean((x) => x), 0, bound(1));
    assertAlmostEquals(mean((x) => x ** 2), 1, bound(2));
    assertAlmostEquals(mean((x) => x ** 3), 0, bound(15));
    assertAlmostEquals(mean((x) => x ** 4), 3, bound(96));
    assert(z.some((x) => x > 4) && z.some((x) => x < -4) && z.every(Number.isFinite));
  });

  Deno.test(`keys that were split draw independently in ${dtype}`, () => {
    const [a, b] = splitKey(key(9)), n = 50_000;
    const [x, y] = [a, b].map((k) => Array.from(normalValues(k, n, dtype, 0, 1))) as [number[], number[]];
    const correlation = (u: number[], v: number[], shift: number) =>
      u.reduce((sum, value, i) => sum + value * v[(i + shift) % n]!, 0) / n;
    for (const shift of [0, 1, 2]) assertAlmostEquals(correlation(x, y, shift), 0, 4 / Math.sqrt(n));
    for (const shift of [1, 2, 3]) assertAlmostEquals(correlation(x, x, shift), 0, 4 / Math.sqrt(n));
  });
}

Deno.test("randomInteger() gives every number of a small range as often", () => {
  for (const [min, max] of [[0, 2], [-5, 5], [1, 7], [0, 100]] as const) {
    const counts = new Array<number>(max - min).fill(0);
    for (const x of integerValues(key(11), 50_000, min, max)) counts[x - min]!++;
    assert(unevenness(counts) < 3);
  }
});

Deno.test("permutation() gives every order of four as often", () => {
  const counts = new Map<string, number>();
  for (const k of splitKey(key(12), 12_000)) {
    const order = permutationValues(k, 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  assert(unevenness([...counts.values()]) < 3);
});

// --- laws ------------------------------------------------------------------------------------------------------------

Deno.test("draws depend only on the key, and a longer draw begins with the shorter one", () => {
  fc.assert(fc.property(seeds, fc.nat(60), fc.nat(60), fc.constantFrom(...DTYPES), (seed, a, b, dtype) => {
    const [short, long] = [Math.min(a, b), Math.max(a, b)];
    const draws = [
      (n: number) => uniformValues(key(seed), n, dtype, -1, 1),
      (n: number) => normalValues(key(seed), n, dtype, 0, 1),
      (n: number) => integerValues(key(seed), n, -100, 100),
    ];
    for (const draw of draws) {
      assertEquals(draw(long).length, long);
      assertEquals(draw(long).slice(0, short), draw(short));
    }
    assertEquals(permutationValues(key(seed), long), permutationValues(key(seed), long));
  }));
});

Deno.test("randomUniform() stays within its bounds, and at the bound where they meet", () => {
  const bound = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(fc.property(seeds, bound, bound, fc.constantFrom(...DTYPES), (seed, a, b, dtype) => {
    const round = dtype === "float32" ? Math.fround : (x: number) => x;
    const [min, max] = [Math.min(a, b), Math.max(a, b)];
    for (const x of uniformValues(key(seed), 20, dtype, min, max)) assert(x >= round(min) && x <= round(max));
    assertEquals(new Set(uniformValues(key(seed), 20, dtype, a, a)), new Set([round(a)]));
  }));
});

Deno.test("randomNormal() scales and shifts the standard draw", () => {
  const parameter = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(fc.property(seeds, parameter, parameter, (seed, mean, std) => {
    const standard = normalValues(key(seed), 5, "float64", 0, 1);
    const scaled = normalValues(key(seed), 5, "float64", mean, Math.abs(std));
    assertEquals([...scaled], Array.from(standard, (z) => mean + Math.abs(std) * z));
  }));
  assertEquals([...normalValues(key(1), 3, "float32", 7, 0)], [7, 7, 7]);
});

Deno.test("randomInteger() stays in range, up to all of 32 bits", () => {
  const edge = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
  fc.assert(fc.property(seeds, edge, edge, (seed, a, b) => {
    fc.pre(a !== b);
    const [min, max] = [Math.min(a, b), Math.max(a, b)];
    assert(integerValues(key(seed), 20, min, max).every((x) => x >= min && x < max));
  }));
  const all = integerValues(key(0), 1000, -(2 ** 31), 2 ** 31);
  assert(Math.min(...all) < -2e9 && Math.max(...all) > 2e9);
});

Deno.test("permutation() has every number once", () => {
  fc.assert(
    fc.property(seeds, fc.nat(3000), (seed, n) => {
      assertEquals([...permutationValues(key(seed), n)].sort((a, b) => a - b), Array.from({ length: n }, (_, i) => i));
    }),
    { numRuns: 30 },
  );
  assertEquals([...permutationValues(key(0), 0)], []);
  assertEquals([...permutationValues(key(0), 1)], [0]);
});

// --- what the user reads when it goes wrong --------------------------------------------------------------------------

Deno.test("draws refuse bad settings and name them", () => {
  const k = key(0);
  for (const [min, max] of [[2, 1], [NaN, 1], [0, NaN], [0, Infinity], [-Infinity, 0], [-1.7e308, 1.7e308]] as const) {
    const message = `Cannot draw uniform values from min ${min} to max ${max}`;
    assertThrows(() => uniformValues(k, 1, "float64", min, max), RangeError, message);
  }
  assertThrows(() => uniformValues(k, 1, "float32", 0, 1e39), RangeError, "finite in float32");
  for (const [mean, std] of [[0, -1], [NaN, 1], [0, NaN], [Infinity, 1], [0, Infinity]] as const) {
    const message = `Cannot draw normal values with mean ${mean} and std ${std}`;
    assertThrows(() => normalValues(k, 1, "float32", mean, std), RangeError, message);
  }
  for (const [min, max] of [[1, 1], [2, 1], [0.5, 2], [0, 1.5], [NaN, 1], [0, 2 ** 31 + 1], [-(2 ** 31) - 1, 0]]) {
    const message = `Cannot draw whole numbers from min ${min} up to max ${max}`;
    assertThrows(() => integerValues(k, 1, min!, max!), RangeError, message);
  }
  for (const size of [-1, 1.5, NaN, 2 ** 31]) {
    const draws = [
      () => uniformValues(k, size, "float32", 0, 1),
      () => normalValues(k, size, "float64", 0, 1),
      () => integerValues(k, size, 0, 1),
    ];
    for (const draw of draws) assertThrows(draw, ShapeError);
    assertThrows(() => permutationValues(k, size), RangeError, `of size ${size}: a size must be a whole number`);
  }
});

Deno.test("draws refuse invalid keys and dtypes", () => {
  // @ts-expect-error a seed is not a key
  assertThrows(() => uniformValues(42, 1, "float32", 0, 1), TypeError, "make one with key(seed)");
  // @ts-expect-error a seed is not a key
  assertThrows(() => permutationValues(42, 1), TypeError, "make one with key(seed)");
  // @ts-expect-error there is no float16
  assertThrows(() => normalValues(key(0), 1, "float16", 0, 1), DTypeError, "float32 and float64");
});
