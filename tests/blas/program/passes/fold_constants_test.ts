import { assertEquals } from "@std/assert";
import type { Reduction } from "../../../../blas/engine.ts";
import { interpret } from "../../../../blas/program/interpret.ts";
import { epilogueInput } from "../../../../blas/program/operand.ts";
import type { Loop, Program } from "../../../../blas/program/program.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { unsafeView, type View, view } from "../../../../blas/view.ts";
import { elementsOf } from "../../layouts.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { foldConstants } from "./on_programs.ts";

Deno.test("foldConstants() replaces constants whose elements are equal by a number", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), halves = t.constant(view(new Float32Array([0.5, 0.5, 0.5])));
    return t.program(t.map(s.add, t.map(s.mul, x, halves), 2));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3]     12 B  constant 0.5, 0.5, 0.5
      %2  float32[]       4 B  constant 2
      %3  float32[2, 3]  24 B  map %0 * %1<0 1>
      %4  float32[2, 3]  24 B  map %3 + %2<0 0>
      results %4
  `,
  );
  assertListing(
    foldConstants(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3]     12 B  constant 0.5, 0.5, 0.5
      %2  float32[]       4 B  constant 2
      %3  float32[2, 3]  24 B  map %0 * 0.5
      %4  float32[2, 3]  24 B  map %3 + 2
      results %4
  `,
  );
});

Deno.test("foldConstants() computes exactly the values that depend only on constants", () => {
  const t = tracer();
  const build = () => {
    const row = t.constant(view(new Float64Array([1, 2, 3]))), column = t.reshape(row, [3, 1]);
    const grid = t.map(s.mul, column, row), total = t.cast(t.reduce("sum", grid, [0, 1]), "float32");
    return t.program(t.map(s.add, t.parameter("float32", []), total));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[]       4 B  parameter
      %1  float64[3]     24 B  constant 1, 2, 3
      %2  float64[3, 1]  24 B  reshape %1
      %3  float64[3, 3]  72 B  map %2<1 0> * %1<0 1>
      %4  float64[1, 1]   8 B  sum over axes 0, 1 of [3, 3]: %3
      %5  float64[]       8 B  reshape %4
      %6  float32[]       4 B  cast %5
      %7  float32[]       4 B  map %0 + %6
      results %7
  `,
  );
  assertListing(
    foldConstants(before),
    `
      %0  float32[]       4 B  parameter
      %1  float64[3]     24 B  constant 1, 2, 3
      %2  float64[3, 1]  24 B  constant
      %3  float64[3, 3]  72 B  constant
      %4  float64[1, 1]   8 B  constant 36
      %5  float64[]       8 B  constant 36
      %6  float32[]       4 B  constant 36
      %7  float32[]       4 B  map %0 + 36
      results %7
  `,
  );
});

Deno.test("foldConstants() multiplies by a constant 0: the other factor may turn out to be infinite", () => {
  const t = tracer();
  const build = () => {
    const zeros = t.constant(view(new Float32Array(6), [2, 3]));
    return t.program(t.map(s.mul, t.parameter("float32", [2, 3]), zeros));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  constant
      %2  float32[2, 3]  24 B  map %0 * %1
      results %2
  `,
  );
  assertListing(
    foldConstants(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  constant
      %2  float32[2, 3]  24 B  map %0 * 0
      results %2
  `,
  );
});

Deno.test("foldConstants() runs host functions with a key, but not those without, and keeps those that throw", () => {
  const t = tracer();
  const build = () => {
    const seed = t.number(7, "float64"), type = { dtype: "float64", shape: [] } as const;
    const twice = t.host(
      "twice",
      "twice",
      [seed],
      type,
      ([v]) => view(new Float64Array([2 * v!.data[v!.offset]!]), []),
    );
    const thrown = t.host("throws", "throws", [seed], type, () => {
      throw new Error("at run time");
    });
    return t.program(twice, t.host("twice", undefined, [seed], type, ([v]) => v!), thrown);
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float64[]  8 B  constant 7
      %1  float64[]  8 B  host twice %0
      %2  float64[]  8 B  host throws %0
      %3  float64[]  8 B  host twice %0
      results %1 %3 %2
  `,
  );
  assertListing(
    foldConstants(before),
    `
      %0  float64[]  8 B  constant 7
      %1  float64[]  8 B  constant 14
      %2  float64[]  8 B  host throws %0
      %3  float64[]  8 B  host twice %0
      results %1 %3 %2
  `,
  );
});

Deno.test("foldConstants() computes reductions of one repeated number", () => {
  const t = tracer();
  const build = () => {
    const ones = t.broadcast(t.number(1), [400, 500]);
    return t.program(
      t.reduce("sum", ones, [0]),
      t.reduce("product", ones, [0, 1]),
      t.reduce("max", t.broadcast(t.number(3), [0, 2]), [0]),
    );
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[]                4 B  constant 1
      %1  float32[]                4 B  constant 3
      %2  float32[400, 500]  800,000 B  broadcast %0
      %3  float32[1, 500]      2,000 B  sum over axis 0 of [400, 500]: %2
      %4  float32[500]         2,000 B  reshape %3
      %5  float32[1, 1]            4 B  product over axes 0, 1 of [400, 500]: %2
      %6  float32[]                4 B  reshape %5
      %7  float32[0, 2]            0 B  broadcast %1
      %8  float32[1, 2]            8 B  max over axis 0 of [0, 2]: %7
      %9  float32[2]               8 B  reshape %8
      results %4 %6 %9
  `,
  );
  assertListing(
    foldConstants(before),
    `
      %0  float32[]                4 B  constant 1
      %1  float32[]                4 B  constant 3
      %2  float32[400, 500]  800,000 B  constant 1
      %3  float32[1, 500]      2,000 B  constant 400
      %4  float32[500]         2,000 B  constant 400
      %5  float32[1, 1]            4 B  constant 1
      %6  float32[]                4 B  constant 1
      %7  float32[0, 2]            0 B  constant
      %8  float32[1, 2]            8 B  constant
      %9  float32[2]               8 B  constant -Infinity
      results %4 %6 %9
  `,
  );
});

Deno.test("foldConstants() takes an array for one number only if all its elements are that number", () => {
  const numbers = new Float64Array([1, 1, 5, 1]);
  const different: readonly View[] = [
    view(new Float64Array([1, 2])),
    view(new Float64Array([0, -0])),
    view(new Float64Array([-0, 0])),
    unsafeView(numbers, [2], [2], 0),
    unsafeView(numbers, [2, 2], [0, 2], 0),
  ];
  for (const constant of different) {
    const t = tracer(), x = t.parameter("float64", [2, 2]), program = t.program(t.map(s.div, x, t.constant(constant)));
    const given = [view(new Float64Array([1, 1, 1, 1]), [2, 2])];
    assertEquals(
      elementsOf(interpret(foldConstants(program), given, reference)[0]!),
      elementsOf(interpret(program, given, reference)[0]!),
    );
  }
});

Deno.test("foldConstants() reduces a number as often as it is there, also never, and keeps the loop that comes after", () => {
  const reduced = (reduction: Reduction, number: number, count: number, epilogue?: Loop): Program => ({
    parameters: [],
    constants: [],
    instructions: [{
      results: [{ dtype: "float64", shape: [1] }],
      operation: {
        kind: "reduce",
        reduction,
        axes: [0],
        loop: { shape: [count], operands: [], expressions: [s.constantScalar(number)] },
        ...epilogue && { epilogue },
      },
    }],
    results: [0],
  });
  const after = { shape: [1], operands: [epilogueInput([1])], expressions: [s.exp(s.argument(0))] };
  for (const reduction of ["sum", "product", "max", "min"] as const) {
    for (const number of [3, -0, Infinity, NaN]) {
      for (const count of [0, 1, 4]) {
        for (const epilogue of [undefined, after]) {
          const program = reduced(reduction, number, count, epilogue), folded = foldConstants(program);
          assertEquals(
            elementsOf(interpret(folded, [], reference)[0]!),
            elementsOf(interpret(program, [], reference)[0]!),
            `${reduction} of ${count} times ${number}`,
          );
        }
      }
    }
  }
});
