import { assertEquals } from "@std/assert";
import { epilogueInput, plainOperand } from "../../../../blas/program/operand.ts";
import { valueTypes } from "../../../../blas/program/operands.ts";
import type { Program } from "../../../../blas/program/program.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { sizeOf } from "../../../../blas/shape.ts";
import { assertListing } from "../listings.ts";
import { difference } from "../random_programs.ts";
import { type Traced, tracer } from "../tracing.ts";
import { foldViews } from "./on_programs.ts";

Deno.test("foldViews() lets products read transposed matrices, and loops reshaped and broadcast ones", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), w = t.parameter("float32", [4, 3]), bias = t.parameter("float32", [2, 2]);
    const product = t.gemm(x, t.transpose(w)), column = t.broadcast(t.reshape(bias, [4]), [2, 4]);
    return t.program(t.map(s.add, product, column));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[4, 3]  48 B  parameter
      %2  float32[2, 2]  16 B  parameter
      %3  float32[3, 4]  48 B  transpose %1 by 1, 0
      %4  float32[2, 4]  32 B  gemm %0 %3
      %5  float32[4]     16 B  reshape %2
      %6  float32[2, 4]  32 B  broadcast %5
      %7  float32[2, 4]  32 B  map %4 + %6
      results %7
  `,
  );
  assertListing(
    foldViews(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[4, 3]  48 B  parameter
      %2  float32[2, 2]  16 B  parameter
      %3  float32[3, 4]  48 B  map %1<1 3>
      %4  float32[2, 4]  32 B  gemm %0 %1[3, 4]<1 3>
      %5  float32[4]     16 B  map %2
      %6  float32[2, 4]  32 B  map %2<0 1>
      %7  float32[2, 4]  32 B  map %4 + %2<0 1>
      results %7
  `,
  );
});

Deno.test("foldViews() undoes a transposition of a transposition, and a reshaping of a reshaping", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3, 4]), there = t.transpose(t.transpose(x, [2, 0, 1]), [1, 2, 0]);
    return t.program(t.map(s.neg, there), t.reshape(t.reshape(x, [6, 4]), [2, 3, 4]));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3, 4]  96 B  parameter
      %1  float32[4, 2, 3]  96 B  transpose %0 by 2, 0, 1
      %2  float32[2, 3, 4]  96 B  transpose %1 by 1, 2, 0
      %3  float32[2, 3, 4]  96 B  map -%2
      %4  float32[6, 4]     96 B  reshape %0
      %5  float32[2, 3, 4]  96 B  reshape %4
      results %3 %5
  `,
  );
  assertListing(
    foldViews(before),
    `
      %0  float32[2, 3, 4]  96 B  parameter
      %1  float32[4, 2, 3]  96 B  map %0<1 12 4>
      %2  float32[2, 3, 4]  96 B  map %0
      %3  float32[2, 3, 4]  96 B  map -%0
      %4  float32[6, 4]     96 B  map %0
      %5  float32[2, 3, 4]  96 B  map %0
      results %3 %0
  `,
  );
});

Deno.test("foldViews() copies if strides cannot express a view, and if a view is a result", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), flat = t.reshape(t.transpose(x), [6]);
    return t.program(t.map(s.neg, flat), t.transpose(x));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3, 2]  24 B  transpose %0 by 1, 0
      %2  float32[6]     24 B  reshape %1
      %3  float32[6]     24 B  map -%2
      %4  float32[3, 2]  24 B  transpose %0 by 1, 0
      results %3 %4
  `,
  );
  assertListing(
    foldViews(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3, 2]  24 B  map %0<1 3>
      %2  float32[6]     24 B  map [3, 2] %0<1 3>
      %3  float32[6]     24 B  map -%2
      %4  float32[3, 2]  24 B  map %0<1 3>
      results %3 %4
  `,
  );
});

Deno.test("foldViews() gives the result of a reduction the reshaped shape", () => {
  const t = tracer();
  const build = () => {
    return t.program(t.reduce("sum", t.parameter("float32", [2, 3]), [0, 1]));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[1, 1]   4 B  sum over axes 0, 1 of [2, 3]: %0
      %2  float32[]       4 B  reshape %1
      results %2
  `,
  );
  assertListing(
    foldViews(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[]       4 B  sum over axes 0, 1 of [2, 3]: %0
      %2  float32[]       4 B  map %1
      results %1
  `,
  );
});

Deno.test("foldViews() reads slices, including reversed ones, in place", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [4, 6]), part = t.slice(x, [[1, 2, 2], [5, -1, 6]]);
    return t.program(t.map(s.neg, t.slice(part, [[1, 1, 1], [0, 3, 2]])));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[4, 6]  96 B  parameter
      %1  float32[2, 6]  48 B  slice %0 [1:5:2, 5:-1:-1]
      %2  float32[1, 2]   8 B  slice %1 [1:2:1, 0:6:3]
      %3  float32[1, 2]   8 B  map -%2
      results %3
  `,
  );
  assertListing(
    foldViews(before),
    `
      %0  float32[4, 6]  96 B  parameter
      %1  float32[2, 6]  48 B  map %0<12 -1 +11>
      %2  float32[1, 2]   8 B  map %0<0 -3 +23>
      %3  float32[1, 2]   8 B  map -%0<0 -3 +23>
      results %3
  `,
  );
});

Deno.test("foldViews() gives a result another shape only if nothing else needs its own, and it is all of the value", () => {
  const t = tracer(), x = t.parameter("float32", [2, 3]);
  const [a, b, c, d] = [2, 3, 4, 5].map((k) => t.map((x) => s.mul(x, k), x)) as [Traced, Traced, Traced, Traced];
  const program = t.program(
    ...[t.reshape(a, [6]), t.reshape(a, [3, 2])],
    ...[b, t.reshape(b, [6])],
    t.slice(c, [[0, 1, 1], [0, 1, 3]]),
    t.reshape(t.gemm(d, t.transpose(d)), [4]),
  );
  const folded = foldViews(program);
  assertEquals(difference(program, folded), undefined);
  const shapes = (one: Program) => one.results.map((value) => valueTypes(one)[value]!.shape);
  assertEquals(shapes(folded), shapes(program));
  for (const { results: [type], operation } of folded.instructions) {
    if (operation.kind === "map") assertEquals(sizeOf(operation.loop.shape), sizeOf(type!.shape));
  }
});

Deno.test("foldViews() reads what a product computes, where its epilogue copies that, from the product", () => {
  const shape = [2, 2], x = plainOperand(0, shape), type = { dtype: "float32", shape } as const;
  const epilogue = { shape, operands: [epilogueInput(shape)], expressions: [s.argument(0), s.neg(s.argument(0))] };
  const loop = { shape, operands: [plainOperand(1, shape), plainOperand(2, shape)] };
  const program: Program = {
    parameters: [type],
    constants: [],
    instructions: [
      { results: [type, type], operation: { kind: "gemm", a: x, b: x, epilogue } },
      {
        results: [type],
        operation: { kind: "map", loop: { ...loop, expressions: [s.div(s.argument(0), s.argument(1))] } },
      },
    ],
    results: [3],
  };
  assertEquals(foldViews(program), program);
});
