import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { BINARY_FUNCTIONS, FUNCTION_COSTS, UNARY_FUNCTIONS } from "../../../blas/scalar/functions.ts";

Deno.test("sigmoid neither overflows nor loses digits at either end", () => {
  const { sigmoid } = UNARY_FUNCTIONS;
  // python3 -c "from mpmath import *; mp.dps = 30; print(1/(1+exp(30)), 1/(1+exp(-1)), 1/(1+exp(700)))"
  assertAlmostEquals(sigmoid(-30) / 9.357622968839299e-14, 1, 1e-14);
  assertAlmostEquals(sigmoid(1), 0.7310585786300049, 1e-16);
  assertAlmostEquals(sigmoid(-700) / 9.859676543759770e-305, 1, 1e-13);
  assertEquals([sigmoid(0), sigmoid(Infinity), sigmoid(-Infinity), sigmoid(1000), sigmoid(NaN)], [0.5, 1, 0, 1, NaN]);
});

Deno.test("sign keeps 0 and NaN", () => {
  assertEquals([-3, 0, 0.1, NaN].map(UNARY_FUNCTIONS.sign), [-1, 0, 1, NaN]);
});

Deno.test("comparisons give 1 or 0, and 0 if an argument is NaN", () => {
  const { greater, greaterEqual, less, lessEqual, equal } = BINARY_FUNCTIONS;
  const pairs = [[1, 2], [2, 1], [2, 2], [NaN, 1], [1, NaN], [NaN, NaN]] as const;
  assertEquals(pairs.map(([a, b]) => greater(a, b)), [0, 1, 0, 0, 0, 0]);
  assertEquals(pairs.map(([a, b]) => greaterEqual(a, b)), [0, 1, 1, 0, 0, 0]);
  assertEquals(pairs.map(([a, b]) => less(a, b)), [1, 0, 0, 0, 0, 0]);
  assertEquals(pairs.map(([a, b]) => lessEqual(a, b)), [1, 0, 1, 0, 0, 0]);
  assertEquals(pairs.map(([a, b]) => equal(a, b)), [0, 0, 1, 0, 0, 0]);
});

Deno.test("max and min give NaN if either argument is NaN", () => {
  const { max, min } = BINARY_FUNCTIONS;
  assertEquals([max(1, 2), min(1, 2), max(NaN, 2), max(2, NaN), min(NaN, 2), min(2, NaN)], [2, 1, NaN, NaN, NaN, NaN]);
});

Deno.test("pow() of anything to the 0, of 1 to anything and of -1 to an infinite power is 1, as in C", () => {
  const { pow } = BINARY_FUNCTIONS;
  assertEquals([pow(NaN, 0), pow(1, NaN), pow(0, 0), pow(1, Infinity), pow(-1, -Infinity), pow(-2, 3), pow(-2, 0.5)], [
    1,
    1,
    1,
    1,
    1,
    -8,
    NaN,
  ]);
});

Deno.test("round() rounds halfway cases to even numbers, and keeps the sign of zero", () => {
  const { round } = UNARY_FUNCTIONS;
  const at = [-2.5, -1.5, -0.5, -0.2, -0, 0.2, 0.5, 1.5, 2.5, 0.49999999999999994, 2 ** 52 + 1, -Infinity, NaN];
  assertEquals(at.map(round), [-2, -2, -0, -0, -0, 0, 0, 2, 2, 0, 2 ** 52 + 1, -Infinity, NaN]);
});

// python3 -c "import numpy as np; print(np.remainder([7, -7, 7, -7, 1, 3, -3], [3, 3, -3, -3, .1, np.inf, np.inf]))"
//   ->  [1. 2. -2. -1. 0.1 3. inf]; the fifth is 0.09999999999999995
Deno.test("remainder() has the sign of the divisor, as NumPy's", () => {
  const { remainder } = BINARY_FUNCTIONS;
  const pairs = [[7, 3], [-7, 3], [7, -3], [-7, -3], [1, 0.1], [3, Infinity], [-3, Infinity], [6, -3], [3, 0]] as const;
  const wanted = [1, 2, -2, -1, 0.09999999999999995, 3, Infinity, -0, NaN];
  assertEquals(pairs.map(([a, b]) => remainder(a, b)), wanted);
});

Deno.test("every function has its cost beside its value", () => {
  const names = [...Object.keys(UNARY_FUNCTIONS), ...Object.keys(BINARY_FUNCTIONS)];
  assertEquals(Object.keys(FUNCTION_COSTS), names);
  for (const { time, instructions } of Object.values(FUNCTION_COSTS)) assert(time >= 1 && instructions >= 1);
});
