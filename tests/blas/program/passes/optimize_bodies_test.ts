import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { allLoops, bodiesOf, withBodies } from "../../../../blas/program/bodies.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { view } from "../../../../blas/view.ts";
import { elementsOf } from "../random_programs.ts";
import { tracer } from "../tracing.ts";
import { optimizeBodies } from "./on_programs.ts";

/** A program whose only instruction is a branch over another one, which has a constant and two maps. */
function nested(): Program {
  const t = tracer(), x = t.parameter("float32", [3]);
  const body = t.program(t.map(s.exp, t.map(s.mul, x, t.constant(view(new Float32Array([1, 2, 3]))))));
  return {
    parameters: [{ dtype: "float32", shape: [3] }],
    constants: [],
    instructions: [{
      results: [{ dtype: "float32", shape: [3] }],
      operation: { kind: "branch", branches: [body], operands: [plainOperand(0, [3])] },
    }],
    results: [1],
  };
}

Deno.test("optimizeBodies() optimizes each program inside by itself, and moves its constants out", () => {
  const { constants, instructions, results } = optimizeBodies(nested(), optimize), { operation } = instructions[0]!;
  const [body] = bodiesOf(operation);
  assertEquals([constants.length, body!.constants.length, body!.instructions.length], [1, 0, 1]);
  assertEquals([body!.parameters.length, operation.kind === "branch" && operation.operands.map(({ value }) => value)], [
    2,
    [0, 1],
  ]);
  assertEquals(results, [2]);
});

Deno.test("optimizeBodies() leaves what it has optimized as it is", () => {
  const once = optimize(nested());
  assertEquals(optimizeBodies(once, optimize) === once, true);
});

Deno.test("programs inside are listed and replaced, with their loops", () => {
  const program = nested(), { operation } = program.instructions[0]!, [body] = bodiesOf(operation);
  assertEquals([allLoops(program).length, allLoops(body!).length], [2, 2]);
  const replaced = withBodies(operation, [optimize(body!)], [plainOperand(0, [3])]);
  assertEquals([bodiesOf(replaced)[0]!.instructions.length, replaced.kind === "branch" && replaced.operands.length], [
    1,
    2,
  ]);
});

Deno.test("each of two branches keeps its own constants when they move out", () => {
  const branch = (...numbers: number[]): Program => {
    const t = tracer(), x = t.parameter("float64", [2]);
    return t.program(t.map(s.mul, x, t.constant(view(new Float64Array(numbers)))));
  };
  const type = { dtype: "float64", shape: [2] } as const, predicate = { dtype: "float64", shape: [] } as const;
  const program: Program = {
    parameters: [predicate, type],
    constants: [],
    instructions: [{
      results: [type],
      operation: {
        kind: "branch",
        branches: [branch(2, 3), branch(5, 7)],
        operands: [plainOperand(0, []), plainOperand(1, [2])],
      },
    }],
    results: [2],
  };
  for (const chosen of [0, 1]) {
    const given = [view(new Float64Array([chosen]), []), view(new Float64Array([1, 1]))];
    const [found, wanted] = [optimizeBodies(program, optimize), program].map((one) =>
      elementsOf(interpret(one, given, reference)[0]!)
    );
    assertEquals(found, wanted);
  }
});
