import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { evaluateScalar } from "../../../blas/scalar/evaluate.ts";
import { add, argument, exp, mul, type Scalar, subexpressions } from "../../../blas/scalar/scalar.ts";
import { BINARY_FUNCTIONS, UNARY_FUNCTIONS } from "../../../blas/scalar/functions.ts";
import { type ScalarProgram, scalarProgram } from "../../../blas/scalar/scalar_program.ts";
import { argumentsArbitrary, built, writtenArbitrary } from "../expressions.ts";

const x = argument(0), y = argument(1);

/** Runs a program over registers of one number. */
function execute(program: ScalarProgram, args: readonly number[]): number {
  const registers = new Array<number>(program.registerCount).fill(NaN);
  for (const { register, value } of program.constants) registers[register] = value;
  for (const { register, index } of program.arguments) registers[register] = args[index]!;
  for (const { expression, inputs, target } of program.instructions) {
    const [a, b, c] = inputs.map((register) => registers[register]!);
    registers[target] = expression.kind === "unary"
      ? UNARY_FUNCTIONS[expression.name](a!)
      : expression.kind === "binary"
      ? BINARY_FUNCTIONS[expression.name](a!, b!)
      : a !== 0
      ? b!
      : c!;
  }
  return registers[program.result]!;
}

Deno.test("scalarProgram() computes what the expression says", () => {
  fc.assert(
    fc.property(writtenArbitrary(), argumentsArbitrary, (written, args) => {
      const root = built(written);
      assert(Object.is(execute(scalarProgram(root), args), evaluateScalar(root, args)));
    }),
    { numRuns: 500 },
  );
});

Deno.test("scalarProgram() never overwrites the registers of constants and arguments", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => {
    const { constants, arguments: args, instructions, registerCount } = scalarProgram(built(written));
    const fixed = [...constants, ...args].map(({ register }) => register);
    assertEquals(new Set(fixed).size, fixed.length);
    for (const { target } of instructions) assert(!fixed.includes(target) && target < registerCount);
  }));
});

Deno.test("scalarProgram() lists the arguments that occur, and computes each part once", () => {
  fc.assert(fc.property(writtenArbitrary(), (written) => {
    const root = built(written), parts = subexpressions(root), program = scalarProgram(root);
    const indices = parts.flatMap((part) => part.kind === "argument" ? [part.index] : []);
    assertEquals(program.arguments.map(({ index }) => index).sort(), indices.sort());
    assertEquals(program.instructions.length, parts.filter((part) => "inputs" in part).length);
  }));
});

Deno.test("scalarProgram() of a long chain needs two registers", () => {
  let chain: Scalar = x;
  for (let i = 0; i < 50; i++) chain = exp(chain);
  assertEquals(scalarProgram(chain).registerCount, 2);
  assertEquals(scalarProgram(mul(exp(x), add(x, y))).registerCount, 4);
});

Deno.test("scalarProgram() of one expression is made once", () => {
  assertStrictEquals(scalarProgram(mul(x, exp(y))), scalarProgram(mul(x, exp(y))));
});
