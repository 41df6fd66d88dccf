/**
 * Derivatives up to the third where squares overflow, at kinks of the expressions that compute smooth functions, and next to 0.
 *
 * Covers autograd/ops/trigonometric.ts, autograd/ops/hypot.ts, autograd/ops/power.ts and autograd/ops/hyperbolic.ts.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as ng from "../../../autograd/mod.ts";
import type { DType, Tensor } from "../../../autograd/mod.ts";

type Unary = <D extends DType>(x: Tensor<D>) => Tensor<D>;
type Binary = <D extends DType>(a: Tensor<D>, b: Tensor<D>) => Tensor<D>;

const LARGEST = { float64: Number.MAX_VALUE, float32: 3.4028234663852886e38 } as const;
const DTYPES = ["float64", "float32"] as const;

/** The derivative of a function, at each of some numbers. */
const slopeOf = (f: Unary): Unary => <D extends DType>(x: Tensor<D>) =>
  ng.gradient((x: Tensor<D>) => ng.sum(f(x)))(x) as Tensor<D>;

/** Its numbers from plain and from compiled calls. */
function numbers(f: Unary, at: readonly number[], dtype: DType = "float64"): readonly number[][] {
  const x = ng.constant(at, { dtype });
  return [ng.toList(f(x)), ng.toList(ng.compile((x: Tensor) => f(x))(x))];
}

/** A partial derivative of a function of two numbers: "ab" is that in the first one, and of that the one in the second. */
function partial(f: Binary, path: string, a: number, b: number, dtype: DType = "float64"): readonly number[] {
  const along = (f: Binary, name: string): Binary => <D extends DType>(a: Tensor<D>, b: Tensor<D>) =>
    ng.gradient((x: Tensor<D>) => ng.sum(name === "a" ? f(x, b) : f(a, x)))(name === "a" ? a : b) as Tensor<D>;
  const found = [...path].reduce(along, f), [x, y] = [a, b].map((at) => ng.constant([at], { dtype }));
  return [found(x!, y!), ng.compile((x: Tensor, y: Tensor) => found(x, y))(x!, y!)].flatMap(ng.toList);
}

function assertNear(found: number, wanted: number, tolerance: number, what: string): void {
  const isNear = found === wanted || Math.abs(found - wanted) <= tolerance * Math.abs(wanted);
  assert(isNear, `${what}: ${found}, not ${wanted}`);
}

for (const dtype of DTYPES) {
  const largest = LARGEST[dtype], far = [largest, 0.75 * largest, -largest];

  Deno.test(`second and third derivatives that vanish far from 0 are 0 at the largest numbers of ${dtype}, never NaN`, () => {
    const gelu: Unary = (x) => ng.gelu(x, { approximate: "none" });
    for (const f of [ng.atan, ng.softsign, ng.erf, ng.erfc, ng.mish, gelu] as readonly Unary[]) {
      const second = slopeOf(slopeOf(f)), at = f === gelu ? far : [...far, Infinity, -Infinity];
      for (const found of [...numbers(second, at, dtype), ...numbers(slopeOf(second), at, dtype)]) {
        assert(found.every((x) => x === 0), `${found}`);
      }
    }
  });

  Deno.test(`slopes of mish, gelu and acosh have their limits at the infinities of ${dtype}`, () => {
    const gelu: Unary = (x) => ng.gelu(x, { approximate: "none" });
    for (const f of [ng.mish, gelu] as readonly Unary[]) {
      for (const [right, left] of numbers(slopeOf(f), [Infinity, -Infinity], dtype)) {
        assertEquals([right, left! + 0], [1, 0]);
      }
    }
    for (const [second] of numbers(slopeOf(slopeOf(ng.acosh)), [Infinity], dtype)) assertEquals(second! + 0, 0);
  });

  Deno.test(`the slope of a square is 0 where its cotangent is, up to the largest numbers of ${dtype}`, () => {
    const flat: Unary = (x) => ng.mul(ng.square(x), ng.less(x, -Infinity));
    for (const found of numbers(slopeOf(flat), far, dtype)) assert(found.every((x) => x === 0), `${found}`);
  });

  Deno.test(`slopes of hypot() are right where the length overflows, vanishes or is infinite in ${dtype}`, () => {
    const tiny = dtype === "float64" ? 5e-324 : 1.401298464324817e-45;
    for (const size of [tiny, largest, 1]) {
      for (const found of partial(ng.hypot, "a", size, -size, dtype)) {
        assertNear(found, Math.SQRT1_2, 1e-7, `at ${size}`);
      }
    }
    assertEquals(partial(ng.hypot, "a", -Infinity, 3, dtype), [-1, -1]);
    assertEquals(partial(ng.hypot, "b", -Infinity, 3, dtype), [0, 0]);
    for (const path of ["a", "b", "aa", "ab"]) {
      assertEquals(partial(ng.hypot, path, 0, 0, dtype).map((x) => x + 0), [0, 0]);
    }
  });

  Deno.test(`the third derivative of a power is infinite where it is beyond ${dtype}, never NaN`, () => {
    const third = slopeOf(slopeOf(slopeOf((x) => ng.pow(x, 0.5))));
    for (
      const found of numbers(
        third,
        [1e-300, 1e-200, 1e-30].filter((x) => x > 1e-35 || dtype === "float64"),
        dtype,
      )
    ) {
      const isFinite = dtype === "float64" ? [false, false, true] : [false];
      found.forEach((x, k) => isFinite[k] ? assertNear(x, 0.375e75, 1e-12, "1e-30") : assertEquals(x, Infinity));
    }
    for (const [x] of numbers(third, [4], dtype)) assertEquals(x, 0.375 / 32);
  });
}

Deno.test("derivatives of atan() and softsign() keep their digits where the square of the operand overflows", () => {
  for (const f of [ng.atan, ng.softsign] as readonly Unary[]) {
    for (const [x] of numbers(slopeOf(f), [1e155])) assertNear(x!, 1e-310, 1e-10, "first");
    for (const [x] of numbers(slopeOf(slopeOf(f)), [-1e100])) assertNear(x!, 2e-300, 1e-12, "second");
  }
});

Deno.test("second derivatives of asin(), acos() and atanh() keep their digits next to 0", () => {
  for (const x of [1e-20, -1e-9, 0.25]) {
    const cases: readonly [Unary, number][] = [
      [ng.asin, x * (1 - x * x) ** -1.5],
      [ng.acos, -x * (1 - x * x) ** -1.5],
      [ng.atanh, 2 * x * (1 - x * x) ** -2],
    ];
    for (const [f, wanted] of cases) {
      for (const [found] of numbers(slopeOf(slopeOf(f)), [x])) assertNear(found!, wanted, 1e-14, `at ${x}`);
    }
  }
});

// python3 -c "from mpmath import *; f = lambda x: x*tanh(log(1+exp(x))); print([diff(f, 0, n) for n in (1, 2, 3)])"
Deno.test("mish() has all derivatives at 0, where it is smooth", () => {
  let f: Unary = ng.mish;
  for (const wanted of [0.6, 0.64, -0.096]) {
    f = slopeOf(f);
    for (const [found] of numbers(f, [0])) assertAlmostEquals(found!, wanted, 1e-14);
  }
});

Deno.test("huberLoss() and smoothL1Loss() have the curvature of their parabolas also where both numbers are equal", () => {
  const losses: readonly [Binary, number][] = [
    [(a, b) => ng.huberLoss(a, b, { reduction: "sum" }), 1],
    [(a, b) => ng.smoothL1Loss(a, b, { reduction: "sum", beta: 0.5 }), 2],
  ];
  for (const [loss, curvature] of losses) {
    for (const b of [1, 1.25]) {
      assertEquals(partial(loss, "aa", 1, b), [curvature, curvature]);
      assertEquals(partial(loss, "ab", 1, b), [-curvature, -curvature]);
    }
  }
});

/** On the axes and the diagonals, next to them, and elsewhere. */
const POINTS = [[0, 0.5], [-0.5, 0], [1, 1], [1, -1], [1e-9, 0.5], [1e-30, -2], [3, 1e-20], [1e4, 0.5], [
  -3,
  4,
]] as const;

Deno.test("second and third derivatives of hypot() are those of the length, which has no kink but at the origin", () => {
  for (const [a, b] of POINTS) {
    const h = Math.hypot(a, b);
    const wanted = {
      aa: b * b / h ** 3,
      ab: -a * b / h ** 3,
      ba: -a * b / h ** 3,
      aaa: -3 * a * b * b / h ** 5,
      abb: a * (2 * b * b - a * a) / h ** 5,
      bba: a * (2 * b * b - a * a) / h ** 5,
    };
    for (const [path, value] of Object.entries(wanted)) {
      for (const found of partial(ng.hypot, path, a, b)) assertNear(found, value, 1e-13, `${path} at ${a}, ${b}`);
    }
  }
});

Deno.test("second and third derivatives of atan2() are those of the angle, which has no kink but at the origin", () => {
  for (const [y, x] of POINTS) {
    const square = x * x + y * y;
    const wanted = {
      aa: -2 * x * y / square ** 2,
      ab: (y * y - x * x) / square ** 2,
      ba: (y * y - x * x) / square ** 2,
      bb: 2 * x * y / square ** 2,
      aaa: 2 * x * (3 * y * y - x * x) / square ** 3,
      bba: 2 * x * (x * x - 3 * y * y) / square ** 3,
    };
    for (const [path, value] of Object.entries(wanted)) {
      for (const found of partial(ng.atan2, path, y, x)) assertNear(found, value, 1e-12, `${path} at ${y}, ${x}`);
    }
  }
});

Deno.test("derivatives of atan2() keep their digits where squares would overflow or vanish", () => {
  for (const size of [1e-150, 1e150]) {
    for (const found of partial(ng.atan2, "ab", 3 * size, 4 * size)) {
      assertNear(found * size * size, -0.0112, 1e-13, "ab");
    }
  }
  for (const found of partial(ng.atan2, "aa", 0, 1e-155)) assertEquals(found + 0, 0);
});

Deno.test("the mixed derivative of pow() at exponent 0 is 1 / x, in either order", () => {
  for (const x of [0.5, 3, 1e-300]) {
    for (const path of ["ab", "ba"]) {
      for (const found of partial(ng.pow, path, x, 0)) assertNear(found, 1 / x, 1e-13, `${path} at ${x}`);
    }
  }
  assertEquals(partial(ng.pow, "ab", 0, 0), [0, 0]);
});

Deno.test("remainder() has its slope in the divisor where dividend and remainder lie too far apart to be subtracted", () => {
  const { float64: far } = LARGEST;
  assertEquals(partial(ng.remainder, "b", far, -0.75 * far), [2, 2]);
  assertEquals(partial(ng.remainder, "b", 1e308, 0.75e308), [-1, -1]);
});
