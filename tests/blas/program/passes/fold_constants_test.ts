import * as s from "../../../../blas/scalar/scalar.ts";
import { view } from "../../../../blas/view.ts";
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
