import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  compile,
  formatProgram,
  key,
  mean,
  mul,
  randomNormal,
  reshape,
  sum,
  type Tensor,
} from "../../../../autograd/mod.ts";
import { sumOuterProducts } from "../../../../blas/program/passes/mod.ts";
import { argument, mul as times } from "../../../../blas/scalar/scalar.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { plainOperand } from "../../../../blas/program/operand.ts";
import { difference } from "../random_programs.ts";

const sumOf = (count: number, strides: readonly (readonly number[])[], reduction: "sum" | "max" = "sum"): Program => ({
  parameters: strides.map((stride) => ({
    dtype: "float64",
    shape: [stride[0] === 0 ? 1 : count, stride[1] === 0 ? 1 : 12, stride[2] === 0 ? 1 : 50],
  })),
  constants: [],
  instructions: [{
    results: [{ dtype: "float64", shape: [12, 50] }],
    operation: {
      kind: "reduce",
      reduction,
      axes: [0],
      loop: {
        shape: [count, 12, 50],
        operands: strides.map((stride, value) => ({ value, shape: [count, 12, 50], stride, offset: 0 })),
        expressions: [strides.map((_, k) => argument(k)).reduce((a, b) => times(a, b))],
      },
    },
  }],
  results: [strides.length],
});

const ROWS = [12, 1, 0], COLUMNS = [50, 0, 1], WEIGHTS = [1, 0, 0];

Deno.test("sumOuterProducts() computes weighted sums of outer products as products of matrices", () => {
  for (const strides of [[ROWS, COLUMNS], [COLUMNS, ROWS, WEIGHTS], [WEIGHTS, ROWS, ROWS, COLUMNS]]) {
    const program = sumOf(64, strides), found = sumOuterProducts(program);
    assertEquals(found.instructions.at(-1)!.operation.kind, "gemm");
    assertEquals(difference(program, found), undefined);
  }
});

Deno.test("sumOuterProducts() leaves other reductions alone, small ones, and those of numbers that change along both axes", () => {
  const programs = [
    sumOf(64, [ROWS, COLUMNS], "max"),
    sumOf(8, [ROWS, COLUMNS]),
    sumOf(64, [ROWS, WEIGHTS]),
    sumOf(64, [ROWS, plainOperand(0, [64, 12, 50]).stride]),
  ];
  for (const program of programs) assertStrictEquals(sumOuterProducts(program), program);
});

Deno.test("a weighted mean of outer products that is compiled has no loop over all of them", () => {
  const f = compile((a: Tensor, b: Tensor, w: Tensor) =>
    mean(mul(mul(reshape(a, [64, 12, 1]), reshape(b, [64, 1, 50])), reshape(w, [64, 1, 1])), { axes: 0 })
  );
  const given = [[64, 12], [64, 50], [64]].map((shape, k) => randomNormal(key(k), shape)) as [Tensor, Tensor, Tensor];
  const program = formatProgram(f, ...given);
  assertEquals(program.slice(program.indexOf("As it runs:")).includes("of [64, 12, 50]"), false);
  assertEquals(sum(f(...given)).shape, []);
});
