/**
 * Sorting, running results, quantiles and histograms against PyTorch's and NumPy's numbers; `tests/fixtures/make_order.py` wrote
 * them.
 *
 * Covers autograd/ops/sort.ts, autograd/ops/cumulative.ts, autograd/ops/linear_recurrence.ts, autograd/ops/any_all.ts,
 * autograd/ops/quantile.ts, autograd/ops/histogram.ts and autograd/ops/search_sorted.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import { type DType, ShapeError, type Tensor } from "../../../autograd/mod.ts";
import recorded from "../../fixtures/order.json" with { type: "json" };
import { constantFrom, type Recorded } from "../../torch/fixtures.ts";

type Function = (t: Tensor, ...args: readonly unknown[]) => Tensor | Readonly<Record<string, Tensor>>;
const functions = ng as unknown as Readonly<Record<string, Function>>;

const TOLERANCE: { readonly [D in DType]: number } = { float32: 1e-4, float64: 1e-9 };
const READING = ["unique"]; // it reads values

function assertNear(found: Tensor, wanted: Recorded, what: string): void {
  assertEquals(found.shape, wanted.shape, what);
  const tolerance = TOLERANCE[found.dtype];
  ng.toList(found).forEach((own, k) => {
    const value = Number(wanted.data[k]);
    assert(
      Object.is(own, value) || own === value || Math.abs(own - value) <= tolerance * Math.max(1, Math.abs(value)),
      `${what} at ${k}: ${own}, not ${value}`,
    );
  });
}

const titleOf = ({ op, args }: { readonly op: string; readonly args: readonly unknown[] }, k: number): string =>
  `${op}(t${args.map((arg) => `, ${JSON.stringify(arg)}`).join("")}), case ${k},`;

recorded.differentiable.forEach((one, k) => {
  Deno.test(`${titleOf(one, k)} has PyTorch's values and gradients, plain and compiled, in both dtypes`, () => {
    for (const dtype of ["float64", "float32"] as const) {
      const x = constantFrom(one.x as Recorded, dtype), weights = constantFrom(one.weights as Recorded, dtype);
      const f = (t: Tensor): Tensor => functions[one.op]!(t, ...one.args) as Tensor; // those with derivatives return one
      const both = (t: Tensor) => [f(t), ng.gradient((u: Tensor) => ng.sum(ng.mul(f(u), weights)))(t)] as const;
      for (const run of [both, ng.compile(both)]) {
        const [value, gradient] = run(x);
        assertNear(value, one.output as Recorded, one.op);
        assertNear(gradient, one.gradient as Recorded, `the gradient of ${one.op}`);
      }
    }
  });
});

recorded.others.forEach((one, k) => {
  Deno.test(`${titleOf(one, k)} has NumPy's or PyTorch's values, plain and compiled`, () => {
    const f = (t: Tensor): readonly Tensor[] => {
      const result = functions[one.op]!(t, ...one.args);
      return ng.isTensor(result) ? [result] : Object.values(result);
    };
    for (const run of READING.includes(one.op) ? [f] : [f, ng.compile(f)]) {
      const found = run(constantFrom(one.x as Recorded, "float64"));
      assertEquals(found.length, one.results.length);
      found.forEach((t, i) => assertNear(t, one.results[i] as Recorded, one.op));
    }
  });
});

Deno.test("the second derivative of cumprod() and of logCumSumExp() agrees with central differences, at zeros too", () => {
  const x = ng.tensor64([2, 0, 3, -1, 0.5]), weights = ng.constant([1, -2, 3, 0.5, 2], { dtype: "float64" });
  for (const f of [ng.cumprod, ng.logCumSumExp] as const) {
    const slope = ng.gradient((t: Tensor) => ng.sum(ng.mul(f(t), weights)));
    ng.checkGradient((t) => slope(t), x);
  }
});

Deno.test("running products of nothing have empty slopes, and running logarithms finite ones after -Infinity", () => {
  const slope = ng.gradient((t: Tensor) => ng.sum(ng.cumprod(t, 1)));
  assertEquals(slope(ng.tensor64([], [2, 0])).shape, [2, 0]);
  const slopes = ng.toList(ng.gradient((t: Tensor) => ng.sum(ng.logCumSumExp(t)))(ng.tensor64([-Infinity, 0, 0])));
  [0, 1.5, 0.5].forEach((wanted, k) => assertAlmostEquals(slopes[k]!, wanted, 1e-12));
});

Deno.test("the second derivative of logCumSumExp() is that of the same numbers less their largest, however large", () => {
  const curvature = ng.hessian((t: Tensor) => ng.sum(ng.mul(ng.logCumSumExp(t), ng.tensor64([1, -2, 3]))));
  const near = ng.toList(curvature(ng.tensor64([-1, 0.5, 0]))),
    far = ng.toList(curvature(ng.tensor64([2047, 2048.5, 2048])));
  far.forEach((value, k) => assertAlmostEquals(value, near[k]!, 1e-12));
});

Deno.test("sort() of equal elements is stable in both directions, -0 and 0 among them", () => {
  const t = ng.tensor64([1, 0, 1, -0, 1]);
  assertEquals(ng.toList(ng.argsort(t)), [1, 3, 0, 2, 4]);
  assertEquals(ng.toList(ng.argsort(t, { descending: true })), [0, 2, 4, 1, 3]);
});

Deno.test("cummax() and cummin() of zeros of both signs are those that max() and min() find, plain and compiled", () => {
  const zeros = ng.tensor64([-0, 0, -0, 0]);
  for (
    const wrap of [<F>(f: F) => f, ng.compile] as ((f: (x: ng.Tensor) => ng.Tensor) => (x: ng.Tensor) => ng.Tensor)[]
  ) {
    assertEquals(ng.toList(wrap((x) => ng.cummax(x))(zeros)), [-0, 0, 0, 0]);
    assertEquals(ng.toList(wrap((x) => ng.cummin(x))(zeros)), [-0, -0, -0, -0]);
  }
});

Deno.test("any() of nothing is 0 and all() of nothing is 1; NaN counts as true", () => {
  const none = ng.zeros([0, 2], { dtype: "float64" });
  assertEquals([ng.toNumber(ng.any(none)), ng.toNumber(ng.all(none))], [0, 1]);
  assertEquals(ng.toArray(ng.all(none, { axes: 0, keepDims: true })), [[1, 1]]);
  assertEquals([ng.toNumber(ng.any(ng.tensor64([0, NaN]))), ng.toNumber(ng.all(ng.tensor64([1, NaN])))], [1, 1]);
});

Deno.test("operations on order refuse what cannot be put in order, and say why", () => {
  const t = ng.tensor64([3, 1, 2]), empty = ng.zeros([0]);
  assertThrows(() => ng.topK(t, 4), RangeError, "Cannot apply topK with k 4: it must be a whole number from 0 to 3");
  assertThrows(() => ng.sort(ng.tensor64(1)), ShapeError, "a 0-d tensor has no axes");
  assertThrows(() => ng.quantile(t, 25), RangeError, "divide percents by 100");
  assertThrows(() => ng.median(empty), ShapeError, "there must be an element along axes 0");
  assertThrows(() => ng.histogram(t, { bins: 0 }), RangeError, "Cannot apply histogram with bins 0");
  assertThrows(() => ng.histogram(t, { min: 3, max: 1 }), RangeError, "min must not exceed max; exchange them");
  assertThrows(() => ng.histogram(empty), ShapeError, "pass min and max");
  assertThrows(() => ng.searchSorted(ng.ones([2, 2]), [1]), ShapeError, "sorted must have one axis");
  assertThrows(() => ng.compile((x: Tensor) => ng.unique(x).values)(t), Error);
});

Deno.test("quantile() of no quantiles is an empty tensor, and topK() of 0 elements too", () => {
  assertEquals(ng.quantile(ng.ones([2, 3]), [], { axes: 1 }).shape, [0, 2]);
  assertEquals(ng.topK(ng.ones([2, 3]), 0).values.shape, [2, 0]);
});

Deno.test("searchSorted() finds places in batches of sorted vectors, and of numbers of another dtype", () => {
  const rows = ng.tensor64([[1, 2, 3, 4, 5], [2, 2, 2, NaN, NaN]]), wanted = ng.tensor32([[0, 2, 9], [2, 3, NaN]]);
  const places = (side: "left" | "right") =>
    ng.toArray(ng.vmap((row: Tensor, x: Tensor) => ng.searchSorted(row, x, { side }))(rows, wanted));
  assertEquals(places("left"), [[0, 1, 5], [0, 3, 3]]);
  assertEquals(places("right"), [[0, 2, 5], [3, 3, 5]]);
  assertEquals(ng.searchSorted(ng.zeros([0]), [1, 2]).shape, [2]);
});

Deno.test("the values of unique() pass their gradients to where they occur first", () => {
  const x = ng.tensor64([3, 1, 3, 2]), { values } = ng.unique(x);
  assertEquals(ng.toList(ng.backward(ng.mul(values, ng.constant([1, 10, 100], { dtype: "float64" }))).get(x)!), [
    100,
    1,
    0,
    10,
  ]);
});

Deno.test("quantile() and median() next to infinities are those that NumPy gives, or the infinity where that has NaN", () => {
  for (const wrap of [(f: (x: Tensor) => Tensor) => f, ng.compile]) {
    const of = (q: number, x: readonly number[]) => ng.toNumber(wrap((x: Tensor) => ng.quantile(x, q))(ng.tensor64(x)));
    assertEquals([of(1, [2, Infinity, 5]), of(0, [2, -Infinity, 5]), of(0.5, [-Infinity, 1, Infinity])], [
      Infinity,
      -Infinity,
      1,
    ]);
    assertEquals([of(0.1, [-Infinity, 1]), of(0.25, [Infinity, Infinity, 1]), of(0.5, [-Infinity, Infinity])], [
      -Infinity,
      Infinity,
      NaN,
    ]);
    assertEquals(ng.toNumber(wrap((x: Tensor) => ng.median(x))(ng.tensor64([Infinity, 3, Infinity, -3]))), Infinity);
  }
  const x = ng.tensor64([-Infinity, 1, 3, 4, Infinity]);
  assertEquals(ng.toList(ng.backward(ng.quantile(x, 0.375)).get(x)!), [0, 0.5, 0.5, 0, 0]);
});

Deno.test("the derivative of logCumSumExp() keeps its digits over 10,000 elements of float32, all equal or not", () => {
  const slope = (t: Tensor) => ng.gradient((t: Tensor) => ng.sum(ng.logCumSumExp(t)))(t);
  for (const x of [ng.full([10_000], 0.1), ng.randomUniform(ng.key(0), [10_000])]) {
    const wanted = ng.toList(slope(ng.cast(x, "float64"))), most = Math.max(...wanted);
    for (const f of [slope, ng.compile(slope)]) {
      // 4e-6 where factors of nearly 1 are rounded.
      ng.toList(f(x)).forEach((own, k) => assertAlmostEquals(own / most, wanted[k]! / most, 2e-7));
    }
  }
});

Deno.test("the derivative of logCumSumExp() stays right where elements jump by hundreds, or are infinite", () => {
  const x = ng.tensor64([-Infinity, -800, -Infinity, 0, -500, 700, 701]);
  const slopes = ng.toList(
    ng.gradient((t: Tensor<"float64">) => ng.sum(ng.where(ng.isFinite(ng.logCumSumExp(t)), ng.logCumSumExp(t), 0)))(x),
  );
  const own = 1 / (1 + Math.exp(-1));
  [0, 2, 0, 2, Math.exp(-500) * 2, 1 + (1 - own), own].forEach((wanted, k) =>
    assertAlmostEquals(slopes[k]!, wanted, 1e-12, `element ${k}`)
  );
});

Deno.test("histogram() of more than 2^24 float32 elements counts in float64: 2^24 + 1 would stay 2^24", () => {
  const count = ng.compile((t: Tensor) => ng.histogram(t, { bins: 2, min: 0, max: 1 }).counts);
  const program = (length: number) => ng.formatProgram(count, ng.zeros([length])).split("As it runs:")[0]!;
  assert(/float64\[2\].*scatter/i.test(program(2 ** 24 + 1)), program(2 ** 24 + 1));
  assert(/float32\[2\].*scatter/i.test(program(2 ** 24)));
});
