/**
 * Indices that are checked by the gather that reads them.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { engines } from "../../../../blas/engines.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import type { Operand, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import type { View } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { filled } from "../random_programs.ts";
import { assertListing } from "../listings.ts";
import { foldConstants, fuseChecks } from "./on_programs.ts";

type Options = {
  readonly shape?: readonly number[];
  readonly count?: number;
  readonly from?: "float32" | "float64";
  readonly results?: readonly number[];
  readonly exception?: number;
  readonly indices?: Operand;
};

const SHAPE = [30, 13];

/** Picks elements of rows by indices that are checked, from -9 to 8. */
function picking(
  { shape = [30, 9], count = 9, from = "float32", results = [3], exception, indices = plainOperand(2, SHAPE) }:
    Options = {},
): Program {
  const range = { op: "takeAlong", count, negative: true, ...exception !== undefined && { exception } };
  return {
    parameters: [{ dtype: "float32", shape }, { dtype: from, shape: SHAPE }],
    constants: [],
    instructions: [
      {
        results: [{ dtype: "float32", shape: SHAPE }],
        operation: { kind: "checkIndices", operand: plainOperand(1, SHAPE), range },
      },
      {
        results: [{ dtype: "float32", shape: indices.shape }],
        operation: {
          kind: "gather",
          axis: 1,
          operand: plainOperand(0, shape),
          indices,
          checked: true,
        },
      },
    ],
    results,
  };
}

Deno.test("fuseChecks() lets a gather check the indices that it alone reads", () => {
  assertListing(
    fuseChecks(picking()),
    `
      %0  float32[30, 9]   1,080 B  parameter
      %1  float32[30, 13]  1,560 B  parameter
      %2  float32[30, 13]  1,560 B  check indices %1 of takeAlong, -9 to 8
      %3  float32[30, 13]  1,560 B  gather %0 at %1 along axis 1, checked: -9 to 8
      results %3
  `,
  );
});

Deno.test("fuseChecks() leaves checks whose result is read elsewhere, converted, or not an index of the axis", () => {
  for (
    const program of [
      picking({ results: [2, 3] }),
      picking({ from: "float64" }),
      picking({ exception: -100 }),
      picking({ shape: [30, 8] }),
      picking({ count: 0 }),
    ]
  ) assertEquals(fuseChecks(program), program);
});

Deno.test("fuseChecks() leaves checks of which a gather reads a part, or the indices in another order", () => {
  const part = plainOperand(2, [10, 13]), transposed = { value: 2, shape: [13, 30], stride: [1, 13], offset: 0 };
  for (const [indices, rows] of [[part, 10], [transposed, 13]] as const) {
    const program = picking({ indices, shape: [rows, 9] });
    assertEquals(fuseChecks(program), program);
  }
});

Deno.test("a gather that checks its indices throws the error of the check, whole and in shares", () => {
  const program = picking(), fused = fuseChecks(program);
  const x = filled("float32", [30, 9], (k) => k), good = filled("float32", SHAPE, (k) => k * 5 % 18 - 9);
  const [wanted] = interpret(program, [x, good], reference);
  assertEquals(elementsOf(interpret(fused, [x, good], reference)[0]!), elementsOf(wanted!));
  for (const relaxed of [false, true]) {
    for (const shares of [undefined, 1, 3]) {
      const executable = compileProgram(fused, engines.simd, { relaxed, ...shares !== undefined && { shares } });
      const run = (indices: View) => {
        [x, indices].forEach((given, k) => executable.write(k, given));
        executable.run();
        return elementsOf(executable.read(0));
      };
      assertEquals(run(good), elementsOf(wanted!));
      for (const bad of [9, -10, 0.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 2 ** 99]) {
        const wrong = filled("float32", SHAPE, (k) => k === 100 || k === 389 ? bad : good.data[k]!);
        const { message } = assertThrows(() => run(wrong), RangeError);
        assertEquals(message, assertThrows(() => interpret(program, [x, wrong], reference), RangeError).message);
        assertEquals(message, assertThrows(() => interpret(fused, [x, wrong], reference), RangeError).message);
        assertEquals(message.includes(`takeAlong to index ${bad} at position 100:`), true, message);
      }
    }
  }
});

Deno.test("a gather of constants whose index is wrong throws when it runs, not when it is compiled", () => {
  const { instructions, results } = fuseChecks(picking());
  const program: Program = {
    parameters: [],
    constants: [filled("float32", [30, 9], () => 1), filled("float32", SHAPE, () => 9)],
    instructions: instructions.slice(1),
    results: results.map(() => 2),
  };
  const folded = foldConstants(program);
  assertThrows(() => interpret(folded, [], reference), RangeError, "takeAlong");
});
