import { assert, assertAlmostEquals, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import {
  abs,
  add,
  argument,
  atan,
  ceil,
  constantScalar,
  cos,
  div,
  equal,
  erf,
  exp,
  exp2,
  expm1,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  max,
  min,
  mul,
  neg,
  pow,
  remainder,
  round,
  type Scalar,
  select,
  sigmoid,
  sign,
  sin,
  sqrt,
  sub,
  subexpressions,
  substitute,
  tanh,
  trunc,
} from "../../../blas/scalar/scalar.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "../../../blas/scalar/functions.ts";
import { argumentsArbitrary, ARITY, built, valueOf, writtenArbitrary } from "../expressions.ts";

const x = argument(0), y = argument(1);

Deno.test("simplification keeps the value of every expression: signs of zeros, infinities and NaN too", () => {
  const numbers = fc.oneof(
    fc.constantFrom(0, -0, 1, -1, 2, Infinity, -Infinity, NaN, 5e-324, -5e-324),
    fc.double({ min: -2, max: 2, noNaN: true }),
  );
  fc.assert(
    fc.property(writtenArbitrary(), fc.array(numbers, { minLength: ARITY, maxLength: ARITY }), (written, args) => {
      const expected = valueOf(written, args), value = evaluateScalar(built(written), args);
      assert(Object.is(value, expected), `${JSON.stringify(written)} at ${args} is ${value}, not ${expected}`);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("equal expressions are one object, different ones are not", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => assertStrictEquals(built(written), built(written))));
  assertStrictEquals(add(x, mul(y, 3)), add(argument(0), mul(argument(1), constantScalar(3))));
  assertStrictEquals(constantScalar(NaN), constantScalar(NaN));
  assertNotStrictEquals(add(x, y), add(y, x));
  assertNotStrictEquals(constantScalar(0), constantScalar(-0));
  assertNotStrictEquals(sub(x, y), add(x, y));
  assertNotStrictEquals<Scalar>(argument(1), constantScalar(1));
  assert(Object.isFrozen(add(x, y)));
});

Deno.test("operations without effect are dropped", () => {
  for (const same of [add(x, -0), add(-0, x), sub(x, 0), mul(x, 1), mul(1, x), div(x, 1), pow(x, 1), neg(neg(x))]) {
    assertStrictEquals(same, x);
  }
  for (const minus of [sub(-0, x), mul(-1, x), mul(x, -1)]) assertStrictEquals(minus, neg(x));
  for (const never of [exp(x), add(x, 3), max(x, 0), mul(x, x), greater(x, y)]) {
    assertStrictEquals(add(never, 0), never);
    assertStrictEquals(add(0, never), never);
  }
  assertStrictEquals(pow(x, 0), constantScalar(1));
  assertStrictEquals(pow(x, 2), mul(x, x));
  assertStrictEquals(select(1, x, y), x);
  assertStrictEquals(select(0, x, y), y);
  assertStrictEquals(select(x, y, y), y);
  assertStrictEquals(add(mul(2, 3), 1), constantScalar(7));
  assertStrictEquals(exp(0), constantScalar(1));
});

Deno.test("each builder computes the function of its name", () => {
  const unary = {
    neg,
    abs,
    sign,
    sqrt,
    floor,
    ceil,
    round,
    trunc,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    sin,
    cos,
    atan,
    tanh,
    sigmoid,
    erf,
  };
  const binary = { add, sub, mul, div, pow, remainder, max, min, greater, greaterEqual, less, lessEqual, equal };
  assertEquals(Object.keys(unary).sort(), Object.keys(UNARY_FUNCTIONS).sort());
  assertEquals(Object.keys(binary).sort(), Object.keys(BINARY_FUNCTIONS).sort());
  for (const name of Object.keys(unary) as (keyof typeof unary)[]) {
    assertEquals(evaluateScalar(unary[name](x), [0.7]), UNARY_FUNCTIONS[name](0.7));
  }
  for (const name of Object.keys(binary) as (keyof typeof binary)[]) {
    for (const [a, b] of [[0.7, 1.3], [1.3, 0.7], [0.7, 0.7]] as const) {
      assertEquals(evaluateScalar(binary[name](x, y), [a, b]), BINARY_FUNCTIONS[name](a, b));
    }
  }
});

Deno.test("select() ignores the branch not taken", () => {
  const guarded = select(greater(x, 0), log(x), 0);
  assertEquals(evaluateScalar(guarded, [-1]), 0);
  assertEquals(evaluateScalar(guarded, [1]), 0);
  assertAlmostEquals(evaluateScalar(guarded, [Math.E]), 1);
  assertEquals(evaluateScalar(select(x, 1, 2), [NaN]), 1, "NaN is not 0");
});

Deno.test("subexpressions() lists each part once, after its inputs", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => {
    const root = built(written), parts = subexpressions(root), place = new Map(parts.map((part, k) => [part, k]));
    assertEquals(place.size, parts.length);
    assertStrictEquals(parts.at(-1), root);
    for (const part of parts) {
      if ("inputs" in part) { for (const input of part.inputs) assert(place.get(input)! < place.get(part)!); }
    }
  }));
});

Deno.test("substitute() replaces parts by expressions", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => {
    const root = built(written);
    assertStrictEquals(substitute(root, () => undefined), root);
    assertStrictEquals(substitute(root, (part) => part === root ? x : undefined), x);
  }));
  const doubled = substitute(mul(add(x, y), sin(x)), (part) => part === x ? mul(2, y) : undefined);
  assertStrictEquals(doubled, mul(add(mul(2, y), y), sin(mul(2, y))));
  assertStrictEquals(substitute(mul(x, y), (part) => part === y ? constantScalar(1) : undefined), x);
});

Deno.test("evaluateScalar() of a composition is the composition of the values", () => {
  const smooth = writtenArbitrary({ unary: ["sin", "cos", "tanh"], binary: ["add", "sub", "mul"], select: false });
  fc.assert(fc.property(smooth, smooth, argumentsArbitrary, (outer, inner, args) => {
    const composed = substitute(built(outer), (part) => part === x ? built(inner) : undefined);
    const value = evaluateScalar(built(outer), [evaluateScalar(built(inner), args), ...args.slice(1)]);
    assertAlmostEquals(evaluateScalar(composed, args), value, 1e-12 * Math.max(1, Math.abs(value)));
  }));
});

Deno.test("expressions that are no longer used are collected, and equal ones made later are one object", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const settle = async () => {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      collect();
    }
    return Deno.memoryUsage().heapUsed;
  };
  const make = (from: number, to: number) => {
    for (let i = from; i < to; i++) tanh(add(mul(x, i + 0.5), i + 0.25));
  };
  make(0, 1000);
  const kept = add(mul(x, 0.123), 0.456), before = await settle();
  make(1000, 41_000);
  const after = await settle();
  assertStrictEquals(add(mul(x, 0.123), 0.456), kept);
  // Were they kept, 40,000 of them would take some 30 MB.
  assert(after - before < 4e6, `40,000 expressions left ${after - before} bytes`);
  assertStrictEquals(mul(x, 1000.5), mul(x, 1000.5));
});
