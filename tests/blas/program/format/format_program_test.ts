import { assertEquals } from "@std/assert";
import { formatInstructions, formatProgram } from "../../../../blas/program/format/format_program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import type { Program } from "../../../../blas/program/program.ts";
import { view } from "../../../../blas/view.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { foldViews, removeDeadCode } from "../passes/on_programs.ts";

Deno.test("formatProgram() shows every kind of instruction", () => {
  const t = tracer(), x = t.parameter("float32", [2, 3]), images = t.parameter("float32", [2, 1, 4, 4]);
  const kernels = t.constant(view(new Float32Array(18).map((_, k) => k), [2, 1, 3, 3]));
  const product = t.gemm(t.transpose(x), t.map(s.mul, x, t.constant(view(new Float32Array([1, 2, 4])))));
  const wide = t.cast(t.reduceKept("max", product, [0, 1]), "float64");
  const draw = t.host("draw", undefined, [wide], { dtype: "float64", shape: [2] }, () => view(new Float64Array(2)));
  const seen = t.convolution("conv2d", [images, kernels], [2, 2, 2, 2], { padding: [0, 0, 0, 1], stride: [1, 2] });
  assertListing(
    t.program(
      t.join([2, 4], -1, [t.map(s.neg, x), [0, 1]]),
      draw,
      seen,
      t.slice(x, [[0, 1, 2], [2, -2, 2]]),
      t.broadcast(t.reshape(x, [6]), [5, 6]),
      x,
    ),
    `
    %0   float32[2, 3]         24 B  parameter
    %1   float32[2, 1, 4, 4]  128 B  parameter
    %2   float32[2, 1, 3, 3]   72 B  constant
    %3   float32[3]            12 B  constant 1, 2, 4
    %4   float32[3, 2]         24 B  transpose %0 by 1, 0
    %5   float32[2, 3]         24 B  map %0 * %3<0 1>
    %6   float32[3, 3]         36 B  gemm %4 %5
    %7   float32[1, 1]          4 B  max over axes 0, 1 of [3, 3]: %6
    %8   float64[1, 1]          8 B  cast %7
    %9   float64[2]            16 B  host draw %8
    %10  float32[2, 2, 2, 2]   64 B  conv2d %1 %2, stride 1 2, padding 0 0 0 1, dilation 1 1, groups 1
    %11  float32[2, 3]         24 B  map -%0
    %12  float32[2, 4]         32 B  join [2, 4], elsewhere -1
                                       [0:2, 1:4] = %11
    %13  float32[2, 2]         16 B  slice %0 [0:2:1, 2:-2:-2]
    %14  float32[6]            24 B  reshape %0
    %15  float32[5, 6]        120 B  broadcast %14
    results %12 %9 %10 %13 %15 %0
    `,
  );
});

Deno.test("formatProgram() shows epilogues, and operands that are not whole arrays", () => {
  const parameter = (shape: readonly number[]) => ({ dtype: "float32", shape } as const);
  const operand = (value: number, shape: readonly number[], stride: readonly number[], offset = 0) => ({
    value,
    shape,
    stride,
    offset,
  });
  const program: Program = {
    parameters: [parameter([4, 2]), parameter([2, 3]), parameter([8])],
    constants: [],
    instructions: [{
      results: [parameter([4, 3]), parameter([4, 3])],
      operation: {
        kind: "gemm",
        a: operand(0, [4, 2], [2, 1]),
        b: operand(1, [2, 3], [3, 1]),
        epilogue: {
          shape: [4, 3],
          operands: [operand(-1, [4, 3], [3, 1]), operand(2, [4, 3], [2, 0], 1)],
          expressions: [s.add(s.argument(0), s.argument(1)), s.exp(s.add(s.argument(0), s.argument(1)))],
        },
      },
    }, {
      results: [parameter([2])],
      operation: {
        kind: "reduce",
        reduction: "sum",
        axes: [1],
        loop: {
          shape: [2, 6],
          operands: [operand(4, [2, 6], [6, 1])],
          expressions: [s.mul(s.argument(0), s.argument(0))],
        },
        epilogue: { shape: [2, 1], operands: [operand(-1, [2, 1], [1, 1])], expressions: [s.sqrt(s.argument(0))] },
      },
    }],
    results: [5, 3],
  };
  assertListing(
    program,
    `
    %0  float32[4, 2]  32 B  parameter
    %1  float32[2, 3]  24 B  parameter
    %2  float32[8]     32 B  parameter
    %3  float32[4, 3]  48 B  gemm %0 %1
    %4  float32[4, 3]  48 B
                             epilogue
                               %3 = computed + %2<2 0 +1>
                               %4 = exp(%3)
    %5  float32[2]      8 B  sum over axis 1 of [2, 6]: %4 * %4
                             epilogue [2, 1]
                               %5 = sqrt(computed)
    results %5 %3
    `,
  );
});

Deno.test("formatProgram() marks the instructions that run outside of compiled code", () => {
  const t = tracer(), x = t.parameter("float32", [2]);
  const draw = t.host("draw", undefined, [x], { dtype: "float32", shape: [2] }, () => view(new Float32Array(2)));
  const program = t.program(t.map(s.exp, draw));
  assertEquals(formatProgram(program, [true, false]).split("\n"), [
    "%0  float32[2]  8 B  parameter",
    "%1  float32[2]  8 B  host draw %0  (outside WebAssembly)",
    "%2  float32[2]  8 B  map exp(%1)",
    "results %2",
  ]);
});

Deno.test("formatInstructions() writes shapes with every operand, and a type once for several results", () => {
  const t = tracer(), a = t.parameter("float32", [2, 3]), b = t.parameter("float32", [3, 4]);
  const program = foldViews(t.program(t.gemm(a, b), t.gemm(t.transpose(b), t.transpose(a))));
  assertEquals(formatInstructions(removeDeadCode(program)), [
    "%2 float32[2, 4] = gemm %0[2, 3] %1[3, 4]",
    "%3 float32[4, 2] = gemm %1[4, 3]<1 4> %0[3, 2]<1 3>",
  ]);
  const results = [{ dtype: "float32", shape: [2] }, { dtype: "float32", shape: [2] }, {
    dtype: "float64",
    shape: [2],
  }];
  const operation = { kind: "host", name: "three", key: undefined, operands: [], run: () => [] } as const;
  const several = { parameters: [], constants: [], instructions: [{ results, operation }], results: [0] } as Program;
  assertEquals(formatInstructions(several), ["%0 %1 float32[2], %2 float64[2] = host three"]);
});
