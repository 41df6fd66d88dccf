/**
 * Values that stay although a loop reads them, and exchanges that stay where they are.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Program } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { halfAndOne } from "../exchanges.ts";
import { difference } from "../random_programs.ts";
import { tracer } from "../tracing.ts";
import { foldViews, fuseEpilogue, fuseMaps, removeDeadCode } from "./on_programs.ts";

Deno.test("fuseMaps() keeps a value that is read in a way that its loop cannot be computed", () => {
  const t = tracer(), x = t.parameter("float64", [4, 6]), y = t.map(s.exp, t.transpose(x));
  const program = removeDeadCode(foldViews(t.program(t.join([30], 0, [t.reshape(y, [24]), [3]]))));
  assertEquals(difference(program, fuseMaps(program)), undefined);
});

Deno.test("fuseMaps() keeps a value that a product reads as a matrix, and its epilogue once more", () => {
  const t = tracer(), y = t.map(s.exp, t.parameter("float64", [3, 3])), weight = t.parameter("float64", [3, 3]);
  const program = t.program(t.map(s.add, t.gemm(y, weight), y)), fused = fuseMaps(fuseEpilogue(program));
  assertEquals(fused.instructions.map(({ operation }) => operation.kind), ["map", "gemm"]);
  assertEquals(difference(program, fused), undefined);
});

Deno.test("fuseMaps() leaves exchanges where they are, behind what came before them", () => {
  const t = tracer(), x = t.parameter("float32", [3]), first = t.map(s.exp, x), between = t.map(s.neg, first);
  const program = t.program(between, t.map(s.add, first, x)), { instructions } = program;
  const exchanged: Program = {
    ...program,
    instructions: instructions.with(1, {
      ...instructions[1]!,
      operation: { kind: "exchange", name: "halve", operands: [plainOperand(1, [3])], run: halfAndOne },
    }),
  };
  assertEquals(fuseMaps(program).instructions.length, 1);
  assertEquals(fuseMaps(exchanged), exchanged);
});
