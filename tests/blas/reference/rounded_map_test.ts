/**
 * Element-wise maps of programs on the reference engine (blas/reference/rounded_map.ts): what one expression computes is what
 * several plain calls compute.
 *
 * @module
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { reference } from "../../../blas/reference/mod.ts";
import { roundedMap, roundingEngine } from "../../../blas/reference/rounded_map.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "../../../blas/scalar/functions.ts";
import { argument, constantScalar, div, mul, type Scalar, subexpressions } from "../../../blas/scalar/scalar.ts";
import { allocate, broadcastView, type View, view } from "../../../blas/view.ts";
import { ARITY, built, writtenArbitrary } from "../expressions.ts";
import { elementsOf } from "../layouts.ts";

/** Functions that return one of their operands, or a number that float32 has. Constants keep the digits that they have. */
const EXACT = ["neg", "abs", "max", "min"];

/** Computes an expression by evaluating each of its parts once, rounded to float32. */
function stepwise(expression: Scalar, given: readonly number[]): number {
  const values = new Map<Scalar, number>();
  for (const part of subexpressions(expression)) {
    const inputs = "inputs" in part ? part.inputs.map((x) => values.get(x)!) : [];
    const isExact = !("inputs" in part) || part.kind === "select" || EXACT.includes(part.name);
    const value = valueOf(part, inputs, given);
    values.set(part, isExact ? value : Math.fround(value));
  }
  return Math.fround(values.get(expression)!);
}

function valueOf(part: Scalar, [x, y, z]: readonly number[], given: readonly number[]): number {
  switch (part.kind) {
    case "argument":
      return given[part.index]!;
    case "constant":
      return part.value;
    case "unary":
      return UNARY_FUNCTIONS[part.name](x!);
    case "binary":
      return BINARY_FUNCTIONS[part.name](x!, y!);
    default:
      return x !== 0 ? y! : z!;
  }
}

Deno.test("each function of an expression is rounded to float32, as one call after another rounds it", () => {
  const unary = Object.keys(UNARY_FUNCTIONS) as (keyof typeof UNARY_FUNCTIONS)[];
  const binary = Object.keys(BINARY_FUNCTIONS) as (keyof typeof BINARY_FUNCTIONS)[];
  const numbers = fc.array(fc.float({ noNaN: false }), { minLength: ARITY, maxLength: ARITY });
  fc.assert(
    fc.property(writtenArbitrary({ unary, binary, select: true }), numbers, (written, given) => {
      const expression = built(written), output = allocate("float32", [3]);
      const inputs = given.map((x) => broadcastView(view(Float32Array.of(x)), [3]));
      roundedMap(expression, inputs, output);
      const wanted = stepwise(expression, given);
      assertEquals(elementsOf(output), [wanted, wanted, wanted]);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a float32 product beyond its range is infinite for what follows in a program, and a float64 one is not", () => {
  const expression = div(mul(argument(0), constantScalar(100)), constantScalar(1000));
  const computed = (x: View) => {
    const output = allocate(x.dtype, [2]);
    roundingEngine(reference).map(expression, [x], output);
    return elementsOf(output);
  };
  assertEquals(computed(view(Float32Array.of(1e37, -1e38))), [Infinity, -Infinity]);
  assertEquals(computed(view(Float64Array.of(1e37, -1e38))), [1e37, -1e38].map((x) => x * 100 / 1000));
});

Deno.test("an engine that is the reference engine but for its maps keeps these in programs", () => {
  let calls = 0;
  const own: typeof reference = {
    ...reference,
    map: (...given) => {
      calls++;
      reference.map(...given);
    },
  };
  const operand = { value: 0, shape: [2], stride: [1], offset: 0 }, type = { dtype: "float32", shape: [2] } as const;
  const loop = { shape: [2], operands: [operand], expressions: [mul(argument(0), argument(0))] };
  const executable = own.compile({
    parameters: [type],
    constants: [],
    instructions: [{ results: [type], operation: { kind: "map", loop } }],
    results: [1],
  });
  executable.write(0, view(Float32Array.of(2, 3)));
  executable.run();
  assertEquals(elementsOf(executable.read(0)), [4, 9]);
  assertStrictEquals(calls, 1);
});
