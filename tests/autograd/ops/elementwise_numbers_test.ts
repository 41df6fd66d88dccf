/**
 * Element-wise operations against PyTorch's and mpmath's numbers; `tests/fixtures/make_elementwise.py` wrote them.
 *
 * Covers autograd/ops/rounding.ts, autograd/ops/remainder.ts, autograd/ops/trigonometric.ts, autograd/ops/hyperbolic.ts,
 * autograd/ops/logarithms.ts, autograd/ops/hypot.ts, autograd/ops/finite.ts, autograd/ops/logic.ts,
 * autograd/ops/error_functions.ts and autograd/ops/gamma_functions.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { Tensor } from "../../../autograd/mod.ts";
import cases from "../../fixtures/elementwise.json" with { type: "json" };

type Recorded = {
  readonly inputs: readonly (readonly (number | string)[])[];
  readonly output: readonly (number | string)[];
  readonly slopes: readonly (readonly (number | string)[])[];
};

/** Where the slope is another one than PyTorch's, and why. */
const OWN_SLOPES: Readonly<Record<string, (...x: readonly number[]) => boolean>> = {
  // 0 where the number was replaced; PyTorch's is 0 there too, but for infinities in some versions.
  nanToNum: (x) => !Number.isFinite(x),
  // PyTorch's inverse is off there in the fifth digit: erf(5.68612844) is 1 - 2^-50, and erf(5.68644284) is not.
  erfInv: (x) => Math.abs(x) > 0.99999,
  // PyTorch computes sqrt(x^2 - 1) and sqrt(x^2 + 1), which are infinite.
  acosh: (x) => x > 1e154,
  asinh: (x) => Math.abs(x) > 1e154,
  // PyTorch squares both numbers.
  atan2: (y, x) => Math.max(Math.abs(y), Math.abs(x)) > 1e154,
  // PyTorch divides an infinity by an infinity.
  hypot: (a, b) => Math.max(Math.abs(a), Math.abs(b)) === Infinity,
};

/** Functions with zeros at numbers that float64 does not have: next to them, errors are absolute. */
const ABSOLUTE: Readonly<Record<string, number>> = { logGamma: 4e-15, digamma: 4e-15 };

const numbers = (column: readonly (number | string)[]): number[] => column.map(Number);
const functions = ng as unknown as Readonly<Record<string, (...args: readonly Tensor[]) => Tensor>>;

function assertNear(found: readonly number[], wanted: readonly number[], tolerance: number, name: string, what = "") {
  wanted.forEach((value, k) => {
    const own = found[k]!, error = Math.abs(own - value), bound = tolerance * Math.abs(value) + (ABSOLUTE[name] ?? 0);
    assert(own === value || Object.is(own, value) || error <= bound, `${what} ${name} at ${k}: ${own}, not ${value}`);
  });
}

for (const [name, recorded] of Object.entries(cases) as [string, Recorded][]) {
  const columns = recorded.inputs.map(numbers), values = numbers(recorded.output), f = functions[name]!;

  Deno.test(`${name}() has the values and derivatives that PyTorch has, plain and compiled`, () => {
    const inputs = columns.map((column) => ng.tensor64(column)), output = f(...inputs);
    assertNear(ng.toList(output), values, 1e-12, name);
    const compiled = ng.compile((...xs: readonly Tensor[]) => f(...xs));
    assertNear(ng.toList(compiled(...inputs)), ng.toList(output), 1e-14, name, "compiled");
    const gradients = ng.backward(output);
    inputs.forEach((input, k) => {
      const found = gradients.has(input) ? ng.toList(gradients.get(input)!) : columns[k]!.map(() => 0);
      const slopes = numbers(recorded.slopes[k]!);
      const same = values.map((value, i) => {
        const own = Number.isNaN(value) || OWN_SLOPES[name]?.(...columns.map((column) => column[i]!));
        return own ? found[i]! : slopes[i]!;
      });
      assertNear(found, same, 1e-9, name, "the slope of");
    });
  });

  Deno.test(`${name}() has the values in float32 that it has in float64`, () => {
    const isOrdinary = (x: number) => x === 0 || !Number.isFinite(x) || (Math.abs(x) < 1e10 && Math.abs(x) > 1e-10);
    const kept = [...values.keys()].filter((k) => [...columns, values].every((column) => isOrdinary(column[k]!)));
    const rounded = columns.map((column) => kept.map((k) => Math.fround(column[k]!)));
    const found = f(...rounded.map((column) => ng.tensor32(column)));
    const wanted = ng.toList(f(...rounded.map((column) => ng.tensor64(column)))).map(Math.fround);
    if (name === "nanToNum") return; // its numbers are those of the dtype
    assertEquals(found.dtype, "float32");
    // Where logGamma and digamma are next to 0, errors are absolute.
    wanted.forEach((value, k) => {
      const own = ng.toList(found)[k]!, bound = 2e-6 * Math.max(Math.abs(value), name in ABSOLUTE ? 1 : 0);
      assert(
        Object.is(own, value) || own === value || Math.abs(own - value) <= bound,
        `${name} at ${k}: ${own}, not ${value}`,
      );
    });
  });
}

Deno.test("the slopes of atan2() have all digits where squares would overflow or vanish", () => {
  for (const size of [1e-300, 1e-160, 1e-3, 1e160, 1e300]) {
    const slopes = ng.gradient((p: { y: Tensor; x: Tensor }) => ng.atan2(p.y, p.x))({
      y: ng.tensor64(3 * size),
      x: ng.tensor64(4 * size),
    });
    assertAlmostEquals(ng.toNumber(slopes.y) * size, 0.16, 1e-14);
    assertAlmostEquals(ng.toNumber(slopes.x) * size, -0.12, 1e-14);
  }
});

Deno.test("signs of zeros are kept: rounding, remainders and atan2()", () => {
  const zeros = ng.tensor64([-0, 0, -0.3, 0.3]);
  assertEquals(ng.toList(ng.round(zeros)), [-0, 0, -0, 0]);
  assertEquals(ng.toList(ng.ceil(zeros)), [-0, 0, -0, 1]);
  assertEquals(ng.toList(ng.trunc(zeros)), [-0, 0, -0, 0]);
  // NumPy: the zero has the sign of the divisor.
  assertEquals(ng.toList(ng.remainder(ng.tensor64([-6, 6, -6]), ng.tensor64([3, -3, -3]))), [0, -0, -0]);
  assertEquals(ng.toList(ng.atan2(ng.tensor64([-0, 0, -0, 0]), ng.tensor64([-1, -0, 0, 1]))), [
    -Math.PI,
    Math.PI,
    -0,
    0,
  ]);
});

Deno.test("comparisons, logic and tests of numbers are not tracked", () => {
  const x = ng.tensor64([1, 2]);
  for (const f of [ng.lessEqual, ng.greaterEqual, ng.notEqual, ng.logicalAnd, ng.logicalOr, ng.logicalXor]) {
    assertEquals(f(x, x).requiresGrad, false);
  }
  for (const f of [ng.logicalNot, ng.isNaN, ng.isFinite]) assertEquals(f(x).requiresGrad, false);
});

Deno.test("a number may stand for either operand", () => {
  const x = ng.tensor64([1, 2]);
  assertEquals(ng.toList(ng.remainder(5, x)), [0, 1]);
  assertEquals(ng.toList(ng.lessEqual(1, x)), [1, 1]);
  assertEquals(ng.toList(ng.atan2(0, x)), [0, 0]);
  assertEquals(ng.toList(ng.hypot(0, x)), [1, 2]);
  assertEquals(ng.toList(ng.logAddExp(-Infinity, x)), [1, 2]);
});

Deno.test("nanToNum() replaces by the dtype's largest numbers, and refuses what is not a number", () => {
  const largest = Math.fround(3.4028234663852886e38), x = ng.tensor32([NaN, Infinity, -Infinity, 3]);
  assertEquals(ng.toList(ng.nanToNum(x)), [0, largest, -largest, 3]);
  assertEquals(ng.toList(ng.backward(ng.nanToNum(x)).get(x)!), [0, 0, 0, 1]);
  assertThrows(
    () => ng.nanToNum(x, { nan: "0" as unknown as number }),
    TypeError,
    'Cannot apply nanToNum with nan "0": it must be a number; pass one, or leave it out',
  );
});

// python3 -c "import torch; print(torch.lgamma(torch.tensor([-1e-310, -3], dtype=torch.float64)).tolist())"
Deno.test("logGamma() does not overflow next to 0 from below, and is infinite at all negative whole numbers", () => {
  for (const f of [ng.logGamma<"float64">, ng.compile((x: Tensor<"float64">) => ng.logGamma(x))]) {
    const [near, ...poles] = ng.toList(f(ng.tensor64([-1e-310, -1e308, -3])));
    assertAlmostEquals(near!, 713.8013788281542, 1e-10);
    assertEquals(poles, [Infinity, Infinity]);
  }
});

// python3 -c "import numpy as np; print(np.power([-1., -1, 1], [np.inf, -np.inf, np.nan]), np.remainder([1e308, 1e308, 1], [1, 1.5, 1e-310]))"
Deno.test("pow() of -1 to an infinite power is 1, and remainder() of the largest numbers is exact", () => {
  type Binary = (x: Tensor<"float64">, y: Tensor<"float64">) => Tensor<"float64">;
  for (const wrap of [(f: Binary) => f, (f: Binary): Binary => ng.compile(f)]) {
    const pow = wrap((x, y) => ng.pow(x, y)), remainder = wrap((x, y) => ng.remainder(x, y));
    assertEquals(ng.toList(pow(ng.tensor64([-1, -1, 1]), ng.tensor64([Infinity, -Infinity, NaN]))), [1, 1, 1]);
    const rests = [0, 0.5, 3.5074317610433e-311];
    assertEquals(ng.toList(remainder(ng.tensor64([1e308, 1e308, 1]), ng.tensor64([1, 1.5, 1e-310]))), rests);
  }
});

Deno.test("logGamma() has all digits at subnormal numbers below 0", () => {
  // log(|gamma(x)|) is -log(|x|) there, up to a relative error of 1e-308.
  const x = [-5e-324, -1.5e-323, -1e-310];
  assertNear(ng.toList(ng.logGamma(ng.tensor64(x))), x.map((x) => -Math.log(-x)), 1e-15, "logGamma");
  const small = ng.tensor32([-1e-45, -1e-40]), wanted = ng.toList(small).map((x) => -Math.log(-x));
  assertNear(ng.toList(ng.logGamma(small)), wanted, 1e-6, "logGamma");
});

Deno.test("digamma() has no slope at its poles, where it has no value", () => {
  const slope = ng.gradient((x: Tensor<"float64">) => ng.sum(ng.digamma(x)));
  assertEquals(ng.toList(slope(ng.tensor64([-1, -2, -1e16]))), [NaN, NaN, NaN]);
});

Deno.test("remainder() has no slope in its divisor where it has no value", () => {
  const slope = ng.gradient((b: Tensor<"float64">) => ng.sum(ng.remainder(ng.tensor64([1, NaN, Infinity, 1]), b)));
  assertEquals(ng.toList(slope(ng.tensor64([0, 2, 2, -Infinity]))), [NaN, NaN, NaN, 1]);
});

Deno.test("asinh() and acosh() have a slope where the square of the operand is infinite", () => {
  for (const f of [ng.asinh<"float64">, ng.acosh<"float64">]) {
    const slope = ng.gradient((x: Tensor<"float64">) => ng.sum(f(x)));
    assertEquals(ng.toList(slope(ng.tensor64([1e200, 1e300]))), [1e-200, 1e-300]);
  }
  const slope = ng.gradient((x: Tensor<"float32">) => ng.sum(ng.asinh(x)));
  assertEquals(ng.toList(slope(ng.tensor32([-(2 ** 100)]))), [2 ** -100]);
});

Deno.test("logGamma() of float32 loses no digits between 2.5 and 8, where logarithms of larger numbers would cancel", () => {
  const x = ng.linspace(2.5, 8, 551), wanted = ng.toList(ng.logGamma(ng.cast(x, "float64")));
  assertNear(ng.toList(ng.logGamma(x)), wanted, 1.5e-7, "digits of float32"); // 1e-5 from Stirling's series of x + 6
});

Deno.test("cosh() and sinh() of float32 are within a rounding and a half where no power overflows", () => {
  const x = ng.linspace(-80, 80, 2001);
  for (const [name, f] of [["cosh", ng.cosh], ["sinh", ng.sinh]] as const) {
    assertNear(ng.toList(f(x)), ng.toList(f(ng.cast(x, "float64"))), 1.8e-7, name);
  }
});

// python3 -c "from mpmath import *; [print(nstr(loggamma(mpf(float(x))).real, 17)) for x in __import__('numpy').float32([-2.45702, -2.74758, -3.14348, -4.039262, -5.008118])]"
Deno.test("logGamma() of float32 is within 2e-7 next to its zeros below 0, as all that cancels there is under one logarithm", () => {
  const x = ng.tensor32([-2.45702, -2.74758, -3.14348, -4.039262, -5.008118]),
    wanted = [
      7.114189000717553e-6,
      -0.00019630257692767987,
      0.0007848779666224572,
      0.002682881793746373,
      0.012412833019527921,
    ];
  for (const f of [ng.logGamma<"float32">, ng.compile((x: Tensor<"float32">) => ng.logGamma(x))]) {
    ng.toList(f(x)).forEach((value, k) => assertAlmostEquals(value, wanted[k]!, 2e-7));
  }
});
