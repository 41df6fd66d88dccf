import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BINARY_FUNCTIONS } from "../../../../blas/scalar/functions.ts";
import { remainder } from "../../../../blas/simd/math/remainder.ts";
import { inLanes, VARIANTS } from "./lanes.ts";

const SPECIAL = [0, -0, 1, -1, 2.5, -6, Infinity, -Infinity, NaN];

for (const [dtype, relaxed] of VARIANTS) {
  const round = dtype === "float32" ? Math.fround : (x: number) => x, where = `${dtype}${relaxed ? ", relaxed" : ""}`;
  const compute = (pairs: readonly (readonly [number, number])[]): readonly number[] =>
    inLanes(
      dtype,
      relaxed,
      (math, x, y) => [remainder(math, x!, y!)],
      pairs.map(([x]) => x),
      pairs.map(([, y]) => y),
    )[0]!;

  Deno.test(`remainder() is that of JavaScript with the divisor's sign, to the last bit (${where})`, () => {
    const [least, most] = dtype === "float32" ? [2 ** -100, 2 ** 100] : [2 ** -400, 2 ** 400];
    const size = fc.double({ min: least, max: most, noNaN: true }), sign = fc.constantFrom(1, -1);
    const number = fc.tuple(fc.oneof(size, fc.integer({ min: 1, max: 1000 }).map((n) => n / 8)), sign)
      .map(([x, s]) => round(x * s));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 }), (pairs) => {
        assertEquals(compute(pairs), pairs.map(([x, y]) => round(BINARY_FUNCTIONS.remainder(x, y))));
      }),
      { numRuns: 40 },
    );
  });

  Deno.test(`remainder() of and by zeros, infinities and NaN is as defined (${where})`, () => {
    const pairs = SPECIAL.flatMap((x) => SPECIAL.map((y) => [x, y] as const));
    assertEquals(compute(pairs), pairs.map(([x, y]) => BINARY_FUNCTIONS.remainder(x, y)));
  });

  Deno.test(`remainder() of the largest numbers and by the largest and smallest is exact (${where})`, () => {
    const sizes = dtype === "float32"
      ? [2 ** -149, 3e-40, 1e-30, 1, 1.5, 1e30, 3.4e38].map(round)
      : [1e-270, 1.7e-260, 1e-200, 1e-100, 0.1, 1, 1.5, 3e100, 1e200, 1e271, 1e300, 1.7e308];
    const pairs = sizes.flatMap((x) => sizes.flatMap((y) => [[x, y], [-x, y], [x, -y]] as const));
    assertEquals(compute(pairs), pairs.map(([x, y]) => round(BINARY_FUNCTIONS.remainder(x, y))));
    if (dtype === "float32") return;
    const small = [5e-324, 1e-310, 2.5e-310, 1e-200, 1, 2 ** 650].flatMap((x) => [[x, 1e-310], [x, -3e-320]] as const);
    assertEquals(compute(small), small.map(([x, y]) => BINARY_FUNCTIONS.remainder(x, y)));
  });

  if (dtype === "float32") continue;
  Deno.test(`remainder() of numbers of any sizes is exact, for quotients up to 2^2098 (${where})`, () => {
    const exponent = fc.integer({ min: -1074, max: 1023 }), fraction = fc.double({ min: 1, max: 1.99, noNaN: true });
    const number = fc.tuple(fraction, exponent, fc.constantFrom(1, -1)).map(([x, e, sign]) => sign * x * 2 ** e);
    const check = (pairs: readonly (readonly [number, number])[]) =>
      assertEquals(compute(pairs), pairs.map(([x, y]) => BINARY_FUNCTIONS.remainder(x, y)));
    check([[1e300, 0.5], [1.7e308, 5e-324], [1.7e308, 3e-310], [4.2451815546708136e307, -3.370710164125337e-257]]);
    fc.assert(fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 50 }), check), { numRuns: 40 });
    // Quotients times divisors that could be rounded to infinity.
    const large = fc.double({ min: 2 ** 1022, max: Number.MAX_VALUE, noNaN: true });
    check([[Number.MAX_VALUE, 1.5], [-Number.MAX_VALUE, 3], [Number.MAX_VALUE, 5e-324], [Number.MAX_VALUE, 1e290]]);
    fc.assert(fc.property(fc.array(fc.tuple(large, number), { minLength: 1, maxLength: 50 }), check), { numRuns: 40 });
  });
}
