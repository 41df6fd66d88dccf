import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import {
  abs,
  argument,
  binary,
  div,
  equal,
  greater,
  log,
  max,
  min,
  mul,
  pow,
  type Scalar,
  select,
  sign,
  subexpressions,
  unary,
} from "../../../blas/scalar/scalar.ts";
import { derivative } from "../../../blas/scalar/derivative.ts";
import {
  BINARY_FUNCTIONS,
  type BinaryFunction,
  UNARY_FUNCTIONS,
  type UnaryFunction,
} from "../../../blas/scalar/functions.ts";
import { argumentsArbitrary, ARITY, built, writtenArbitrary } from "../expressions.ts";

const x = argument(0), y = argument(1), STEP = 1e-6;

function assertSlope(expression: Scalar, index: number, args: readonly number[]): void {
  const at = (h: number): number => evaluateScalar(expression, args.map((a, k) => k === index ? a + h : a));
  const numeric = (at(STEP) - at(-STEP)) / (2 * STEP), scale = Math.max(1, Math.abs(numeric), Math.abs(at(0)));
  assertAlmostEquals(evaluateScalar(derivative(expression, index), args), numeric, 1e-5 * scale);
}

Deno.test("derivative() of every function agrees with central differences", () => {
  for (const name of Object.keys(UNARY_FUNCTIONS) as UnaryFunction[]) {
    for (const at of [0.3, 1.7, ...["sqrt", "log", "log1p"].includes(name) ? [] : [-0.4, -2.2]]) {
      assertSlope(unary(name, x), 0, [at]);
    }
  }
  for (const name of Object.keys(BINARY_FUNCTIONS) as BinaryFunction[]) {
    for (const args of [[0.3, 1.7], [1.7, 0.3], [1.3, -0.6]]) {
      assertSlope(binary(name, x, y), 0, args);
      assertSlope(binary(name, x, y), 1, args);
      assertSlope(binary(name, x, x), 0, args);
    }
  }
});

Deno.test("derivative() of random smooth expressions agrees with central differences, and so does the second", () => {
  const smooth = writtenArbitrary({
    unary: ["sin", "cos", "tanh", "sigmoid", "erf", "neg"],
    binary: ["add", "sub", "mul"],
    select: false,
  });
  fc.assert(fc.property(smooth, argumentsArbitrary, fc.nat(ARITY - 1), (written, args, index) => {
    const expression = built(written);
    fc.pre(Math.abs(evaluateScalar(expression, args)) < 100);
    for (const other of [0, 1, 2]) {
      assertSlope(expression, other, args);
      assertSlope(derivative(expression, index), other, args);
    }
  }));
});

Deno.test("derivative() with respect to an argument that does not occur is the constant 0", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => {
    const slope = derivative(built(written), ARITY);
    assert(slope.kind === "constant" && slope.value === 0);
  }));
});

Deno.test("derivative() has the slopes it promises at kinks", () => {
  const slope = (expression: Scalar, index: number, ...args: number[]) =>
    evaluateScalar(derivative(expression, index), args);
  assertEquals([slope(abs(x), 0, 0), slope(abs(x), 0, -2), slope(abs(x), 0, 3)], [0, -1, 1]);
  for (const f of [max, min]) assertEquals([slope(f(x, y), 0, 1, 1), slope(f(x, y), 1, 1, 1)], [0.5, 0.5]);
  assertEquals([slope(max(x, y), 0, 2, 1), slope(max(x, y), 1, 2, 1)], [1, 0]);
  assertEquals([slope(min(x, y), 0, 2, 1), slope(min(x, y), 1, 2, 1)], [0, 1]);
  assertEquals([slope(sign(x), 0, 0), slope(equal(x, y), 0, 1, 1), slope(greater(x, y), 1, 1, 1)], [0, 0, 0]);
});

Deno.test("derivative() of a choice is that of the branch taken, even if the other branch is NaN", () => {
  const guarded = derivative(select(greater(x, 0), log(x), mul(3, x)), 0);
  assertEquals([evaluateScalar(guarded, [-1]), evaluateScalar(guarded, [0]), evaluateScalar(guarded, [2])], [
    3,
    3,
    0.5,
  ]);
});

Deno.test("derivative() of a power is finite where the power is smooth", () => {
  const slope = (index: number, ...args: number[]) => evaluateScalar(derivative(pow(x, y), index), args);
  assertEquals(slope(0, 0, 0), 0, "x^0 is 1 everywhere");
  assertEquals(slope(0, 0, 1), 1);
  assertEquals(slope(0, 0, 2), 0);
  assertEquals(slope(0, -3, 2), -6);
  assertEquals(slope(1, 0, 2), 0, "0^y is 0 for all y above 0");
  assertAlmostEquals(slope(1, 2, 3), 8 * Math.log(2), 1e-15);
});

Deno.test("derivative() stays small: shared parts are differentiated once", () => {
  // x -> (((x^2)^2)^2)…: 2^40 leaves if written out.
  let power: Scalar = x;
  for (let i = 0; i < 40; i++) power = mul(power, power);
  assert(subexpressions(derivative(power, 0)).length < 200);
  assertEquals(evaluateScalar(derivative(power, 0), [1]), 2 ** 40);
});

Deno.test("derivative() reuses the value of a function if its slope contains it", () => {
  const root = div(1, unary("exp", x));
  assert(subexpressions(derivative(root, 0)).includes(unary("exp", x)));
  assertEquals(
    subexpressions(derivative(root, 0)).filter((part) => part.kind === "unary" && part.name === "exp").length,
    1,
  );
});

Deno.test("derivative() of a remainder is 1 by the divisor where that is infinite and of another sign: it is their sum", () => {
  const slope = derivative(binary("remainder", x, y), 1);
  for (const [a, b, wanted] of [[-1, Infinity, 1], [1, -Infinity, 1], [1, Infinity, 0], [7, 2, -3]] as const) {
    assertEquals(evaluateScalar(slope, [a, b]) + 0, wanted);
  }
});
