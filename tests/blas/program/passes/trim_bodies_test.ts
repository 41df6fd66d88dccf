import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Operation, Program } from "../../../../blas/program/program.ts";
import { trimBodies } from "../../../../blas/program/passes/trim_bodies.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { halfAndOne } from "../exchanges.ts";
import { tracer } from "../tracing.ts";

/** A body of three carries, two slices and two further parameters, of which some do nothing for what it yields. */
function body(): Program {
  const t = tracer(), [a, b, c, x, , w] = Array.from({ length: 7 }, () => t.parameter("float32", [2]));
  const next = t.map(s.add, t.map(s.mul, a!, w!), x!), turned = t.map(s.neg, b!), counted = t.map(s.add, c!, 1);
  return t.program(next, turned, counted, next);
}

const operands = Array.from({ length: 7 }, (_, k) => plainOperand(k + 10, [2]));
const scan = { kind: "scan", carries: 3, sequences: 2, length: 4, reverse: false, operands } as const;

Deno.test("trimBodies() leaves out parts of a carry, sequences and operands that nothing depends on", () => {
  const trimmed = trimBodies({ ...scan, body: body(), finals: [1] });
  if (trimmed.kind !== "scan") throw new Error(trimmed.kind);
  // The counter, the second slice and the first of the further parameters are gone; b is a result.
  assertEquals([trimmed.carries, trimmed.sequences, trimmed.finals], [2, 1, [1]]);
  assertEquals(trimmed.operands.map(({ value }) => value), [10, 11, 13, 15]);
  assertEquals([trimmed.body.parameters.length, trimmed.body.results.length], [4, 3]);
});

Deno.test("trimBodies() leaves what needs all of its operands as it is", () => {
  const t = tracer(), [a, b] = [t.parameter("float32", [2]), t.parameter("float32", [2])];
  const program = t.program(t.map(s.add, a, b));
  const whole = { kind: "branch", branches: [program], operands: operands.slice(0, 2) } as const;
  assertEquals(trimBodies(whole) === whole, true);
});

Deno.test("trimBodies() keeps the operands that one of two branches reads", () => {
  const branch = (k: number) => {
    const t = tracer(), given = [0, 1, 2].map(() => t.parameter("float32", [2]));
    return t.program(t.map(s.neg, given[k]!));
  };
  const trimmed = trimBodies({ kind: "branch", branches: [branch(0), branch(2)], operands: operands.slice(0, 4) });
  if (trimmed.kind !== "branch") throw new Error(trimmed.kind);
  assertEquals(trimmed.operands.map(({ value }) => value), [10, 11, 13]);
  assertEquals(trimmed.branches.map(({ parameters }) => parameters.length), [2, 2]);
});

Deno.test("trimBodies() keeps the carry of a loop of unknown length whole, and exchanges that no result needs", () => {
  const t = tracer(), h = t.parameter("float32", [2]), w = t.parameter("float32", [2]);
  const step = t.program(t.map(s.neg, w)), test = t.program(h); // the step does not read what it replaces
  const loop = { kind: "while", carries: 1, maxSteps: 3, operands: operands.slice(0, 3) } as const;
  const unused = (program: Program): Program => ({
    ...program,
    parameters: [...program.parameters, program.parameters[0]!],
  });
  const trimmed = trimBodies({ ...loop, condition: unused(counting()), body: unused(step) });
  if (trimmed.kind !== "while") throw new Error(trimmed.kind);
  assertEquals([trimmed.operands.length, trimmed.body.parameters.length], [2, 2]);
  const exchange: Operation = { kind: "exchange", name: "halve", operands: [plainOperand(1, [2])], run: halfAndOne };
  const exchanging: Program = { ...test, instructions: [{ results: [test.parameters[1]!], operation: exchange }] };
  const branch: Operation = { kind: "branch", branches: [unused(exchanging)], operands: operands.slice(0, 3) };
  const left = trimBodies(branch);
  if (left.kind !== "branch") throw new Error(left.kind);
  assertEquals(left.branches[0]!.instructions.length, 1);
});

/** A condition that asks neither of its two parameters. */
function counting(): Program {
  const t = tracer();
  t.parameter("float32", [2]);
  t.parameter("float32", [2]);
  return t.program(t.number(1));
}
