import { assertEquals } from "@std/assert";
import { costsOf } from "../../../blas/program/cost.ts";
import type { ConvolutionForm } from "../../../blas/program/operations/convolution.ts";
import { flopsOfLoop } from "../../../blas/program/operations/flops.ts";
import type { Program } from "../../../blas/program/program.ts";
import * as s from "../../../blas/scalar/scalar.ts";
import { view } from "../../../blas/view.ts";
import { tracer } from "./tracing.ts";

const flopsOf = (program: Program): readonly (number | undefined)[] => costsOf(program).map(({ flops }) => flops);
const bytesOf = (program: Program): readonly (number | undefined)[] => costsOf(program).map(({ bytes }) => bytes);

Deno.test("a product of matrices takes 2 m n k, for each matrix of a batch", () => {
  const t = tracer(), a = t.parameter("float32", [3, 4, 5]), b = t.parameter("float32", [3, 5, 6]);
  const program = t.program(t.gemm(a, b));
  assertEquals(flopsOf(program), [3 * 2 * 4 * 5 * 6]);
  assertEquals(bytesOf(program), [4 * 3 * (4 * 5 + 5 * 6 + 4 * 6)]);
});

Deno.test("the three forms of a convolution take the same: two for each element of a kernel in each window", () => {
  const x = [2, 3, 8, 8],
    w = [5, 3, 3, 3],
    y = [2, 5, 6, 6],
    forms = ["conv2d", "conv2dInput", "conv2dWeight"] as const;
  const operands: { readonly [F in ConvolutionForm]: readonly (readonly number[])[] } = {
    conv2d: [x, w, y],
    conv2dInput: [y, w, x],
    conv2dWeight: [x, y, w],
  };
  for (const form of forms) {
    const t = tracer(), [p, q, result] = operands[form] as [number[], number[], number[]];
    const pair = [t.parameter("float64", p), t.parameter("float64", q)] as const;
    assertEquals(flopsOf(t.program(t.convolution(form, pair, result))), [2 * (2 * 5 * 6 * 6) * (3 * 3 * 3)], form);
  }
});

Deno.test("loops take one for each function and element, and what expressions share once", () => {
  const t = tracer(), x = t.parameter("float64", [10]), row = t.parameter("float64", [4, 1]);
  const program = t.program(
    t.map((x) => s.add(s.exp(x), s.mul(s.exp(x), 3)), x),
    t.map(s.mul, x, row),
    t.reduceKept("sum", x, [0]),
    t.cast(x, "float32"),
    t.host("anything", undefined, [x], { dtype: "float64", shape: [10] }, () => view(new Float64Array(10))),
  );
  assertEquals(flopsOf(program), [30, 40, 10, 0, undefined]);
  assertEquals(bytesOf(program), [160, 8 * (10 + 4 + 40), 88, 120, 160], "what repeats is read once");
  const loop = { shape: [3, 3], operands: [], expressions: [s.exp(s.argument(0)), s.exp(s.argument(0))] };
  assertEquals(flopsOfLoop(loop), 9);
});
