import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { erfInverse } from "../../../blas/scalar/erf_inverse.ts";
import { erf, erfc } from "../../../blas/scalar/special_functions.ts";
import cases from "../../fixtures/special_functions.json" with { type: "json" };

/** The distance of two numbers, counted in float64 numbers of the size of `truth`. */
function unitsApart(value: number, truth: number): number {
  if (value === truth) return 0;
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(truth))));
  return Math.abs(value - truth) / 2 ** (exponent - 52);
}

// True values from tests/fixtures/make_special_functions.py (mpmath, 60 digits), on both sides of every seam.
for (const [name, f, units] of [["erf", erf, 1.2], ["erfc", erfc, 4], ["erfInverse", erfInverse, 3]] as const) {
  Deno.test(`${name}() is within ${units} units in the last place of the true value`, () => {
    for (const [x, truth] of cases[name] as [number, number][]) {
      const apart = unitsApart(f(x), truth);
      // The truth is rounded itself: by half a unit at most.
      assert(apart <= units + 0.5, `${name}(${x}) = ${f(x)} is ${apart} units from ${truth}`);
    }
  });
}

Deno.test("erf() keeps signed zeros, infinities and NaN", () => {
  for (const [x, y] of [[0, 0], [-0, -0], [Infinity, 1], [-Infinity, -1], [NaN, NaN]]) assertStrictEquals(erf(x!), y);
});

Deno.test("erfc() is exact at zero, infinities and NaN, and reaches 0 through the subnormal numbers", () => {
  assertEquals([erfc(0), erfc(-0), erfc(Infinity), erfc(-Infinity), erfc(NaN)], [1, 1, 0, 2, NaN]);
  assert(erfc(27.22) > 0 && erfc(27.22) < 1e-322);
  assertEquals(erfc(28), 0);
});

Deno.test("erfInverse() is infinite at 1 and -1, NaN beyond, and keeps signed zeros", () => {
  for (const [x, y] of [[0, 0], [-0, -0], [1, Infinity], [-1, -Infinity]]) assertStrictEquals(erfInverse(x!), y);
  for (const x of [1 + 2 ** -52, -2, Infinity, -Infinity, NaN]) assertStrictEquals(erfInverse(x), NaN);
});

Deno.test("erf() is odd and increasing, erfc() is decreasing, and their sum is 1", () => {
  const x = fc.double({ min: -30, max: 30, noNaN: true }), step = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(x, step, (x, step) => {
    assertEquals(erf(-x), -erf(x));
    // Not strictly: the errors of two neighbours may differ by as much as they are allowed to be.
    assert(erf(x + step) >= erf(x) - 2 ** -51);
    assert(erfc(x + step) <= erfc(x) * (1 + 2 ** -49));
    assert(Math.abs(erf(x) + erfc(x) - 1) <= 2 ** -51);
  }));
});

Deno.test("erfInverse() is odd and undoes erf()", () => {
  fc.assert(fc.property(fc.double({ min: -1, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }), (x) => {
    assertEquals(erfInverse(-x), -erfInverse(x));
    // A relative error of e in y is one of e * y * erf'(y) / erf(y) in erf(y): never more than e.
    assert(unitsApart(erf(erfInverse(x)), x) <= 9);
  }));
});
