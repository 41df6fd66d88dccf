import { assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  compile,
  formatProgram,
  gradient,
  key,
  matmul,
  mean,
  mul,
  randomNormal,
  reshape,
  square,
  sum,
  type Tensor,
  toList,
  vmap,
} from "../../../../autograd/mod.ts";
import { argument, exp, mul as times } from "../../../../blas/scalar/scalar.ts";
import type { ReduceOperation } from "../../../../blas/program/operations/reduce.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { epilogueInput, plainOperand } from "../../../../blas/program/operand.ts";
import { difference } from "../random_programs.ts";
import { productArbitrary, programOfProduct } from "./random_products.ts";
import { sumOuterProducts } from "./on_programs.ts";

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

Deno.test("sumOuterProducts() leaves sums with a loop after them", () => {
  const program = sumOf(64, [ROWS, COLUMNS]), [reduce] = program.instructions, shape = [1, 12, 50];
  const epilogue = { shape, operands: [epilogueInput(shape)], expressions: [exp(argument(0))] };
  const followed: Program = {
    ...program,
    instructions: [{ ...reduce!, operation: { ...reduce!.operation, epilogue } as ReduceOperation }], // it is one
  };
  assertStrictEquals(sumOuterProducts(followed), followed);
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

Deno.test("sumOuterProducts() keeps the results of random sums of products", () => {
  let changed = 0;
  fc.assert(
    fc.property(productArbitrary, (product) => {
      const program = programOfProduct(product, "sum", (x) => x), found = sumOuterProducts(program);
      if (found === program) return;
      changed++;
      assertEquals(difference(program, found), undefined);
    }),
    { numRuns: 300 },
  );
  assertEquals(changed > 0, true);
});

const runningOf = (program: string): string => program.split("As it runs:")[1]!;

Deno.test("products of matrices that are written as sums of products are that, in stacks too, with their derivatives", () => {
  const f = (a: Tensor<"float64">, b: Tensor<"float64">) =>
    sum(mul(reshape(a, [3, 20, 30, 1]), reshape(b, [3, 1, 30, 25])), { axes: 2 });
  const [a, b] = [[3, 20, 30], [3, 30, 25]].map((shape, k) => randomNormal(key(k), shape, { dtype: "float64" })) as [
    Tensor<"float64">,
    Tensor<"float64">,
  ];
  const compiled = compile(f);
  assertEquals(runningOf(formatProgram(compiled, a, b)).includes("gemm"), true);
  const near = (got: Tensor<"float64">, want: Tensor<"float64">) =>
    toList(got).forEach((x, k) => assertAlmostEquals(x, toList(want)[k]!, 1e-10));
  near(reshape(compiled(a, b), [-1]), reshape(matmul(a, b), [-1]));
  const slope = gradient((a: Tensor<"float64">) => sum(square(f(a, b)))),
    second = gradient((a: Tensor<"float64">) => sum(mul(slope(a), a)));
  near(reshape(compile(slope)(a), [-1]), reshape(slope(a), [-1]));
  near(reshape(compile(second)(a), [-1]), reshape(second(a), [-1]));
});

Deno.test("the products of each example's gradient with a direction have no loop over all of them", () => {
  const of = (w: Tensor<"float64">, x: Tensor<"float64">, y: Tensor<"float64">) =>
    sum(mul(w, mul(reshape(x, [-1, 1]), reshape(y, [1, -1]))));
  const each = vmap(of, { in: [null, 0, 0] }), compiled = compile(each);
  const given = [[30, 20], [40, 30], [40, 20]].map((shape, k) => randomNormal(key(k), shape, { dtype: "float64" })) as [
    Tensor<"float64">,
    Tensor<"float64">,
    Tensor<"float64">,
  ];
  assertEquals(runningOf(formatProgram(compiled, ...given)).includes("[40, 30, 20]"), false);
  const want = toList(each(...given));
  toList(compiled(...given)).forEach((got, k) => assertAlmostEquals(got, want[k]!, 1e-10));
});
