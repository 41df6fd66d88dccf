import { assertEquals, assertLess, assertStrictEquals } from "@std/assert";
import { interpret } from "../../../../blas/program/interpret.ts";
import { optimize } from "../../../../blas/program/passes/mod.ts";
import { reference } from "../../../../blas/reference/mod.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { type View, view } from "../../../../blas/view.ts";
import { assertListing } from "../listings.ts";
import { elementsOf } from "../random_programs.ts";
import { tracer } from "../tracing.ts";
import { foldViews, fuseMaps, removeDeadCode } from "./on_programs.ts";

Deno.test("fuseMaps() joins a chain into one loop", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), b = t.parameter("float32", [3]);
    return t.program(t.map((x) => s.max(x, 0), t.map(s.add, t.map(s.mul, x, x), b)));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3]     12 B  parameter
      %2  float32[2, 3]  24 B  map %0 * %0
      %3  float32[2, 3]  24 B  map %2 + %1<0 1>
      %4  float32[2, 3]  24 B  map max(%3, 0)
      results %4
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3]     12 B  parameter
      %2  float32[2, 3]  24 B  map max(%0 * %0 + %1<0 1>, 0)
      results %2
  `,
  );
});

Deno.test("fuseMaps() computes nothing anew that is compared for equality: rounded otherwise, nothing would be the largest", () => {
  const t = tracer(), scaled = t.map(s.mul, t.parameter("float32", [4]), 0.1);
  const largest = t.reduceKept("max", scaled, [0]);
  const program = t.program(t.map(s.equal, scaled, largest)), numbers = view(Float32Array.of(1, 3, 7, 2), [4]);
  // The reference engine rounds to float32 only what is stored.
  for (const run of [program, fuseMaps(program), optimize(program)]) {
    assertEquals(elementsOf(interpret(run, [numbers as View], reference)[0]!), [0, 0, 1, 0]);
  }
});

Deno.test("fuseMaps() computes in the loop of a reduction what is reduced", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), y = t.parameter("float32", [2, 3]);
    return t.program(t.reduceKept("sum", t.map(s.mul, t.map(s.sub, x, y), t.map(s.sub, x, y)), [1]));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[2, 3]  24 B  map %0 - %1
      %3  float32[2, 3]  24 B  map %0 - %1
      %4  float32[2, 3]  24 B  map %2 * %3
      %5  float32[2, 1]   8 B  sum over axis 1 of [2, 3]: %4
      results %5
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[2, 1]   8 B  sum over axis 1 of [2, 3]: t0 * t0 where t0 = %0 - %1
      results %2
  `,
  );
});

Deno.test("fuseMaps() returns values that others need as additional results of the loop", () => {
  const t = tracer();
  const build = () => {
    const p = t.parameter("float32", [4]),
      m = t.parameter("float32", [4]),
      v = t.parameter("float32", [4]),
      g = t.parameter("float32", [4]);
    const mean = t.map((m, g) => s.add(s.mul(0.9, m), s.mul(0.1, g)), m, g);
    const square = t.map((v, g) => s.add(s.mul(0.99, v), s.mul(0.01, s.mul(g, g))), v, g);
    return t.program(t.map((p, m, v) => s.sub(p, s.div(m, s.sqrt(v))), p, mean, square), mean, square);
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[4]  16 B  parameter
      %1  float32[4]  16 B  parameter
      %2  float32[4]  16 B  parameter
      %3  float32[4]  16 B  parameter
      %4  float32[4]  16 B  map 0.9 * %1 + 0.1 * %3
      %5  float32[4]  16 B  map 0.99 * %2 + 0.01 * (%3 * %3)
      %6  float32[4]  16 B  map %0 - %4 / sqrt(%5)
      results %6 %4 %5
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float32[4]  16 B  parameter
      %1  float32[4]  16 B  parameter
      %2  float32[4]  16 B  parameter
      %3  float32[4]  16 B  parameter
      %4  float32[4]  16 B  map
      %5  float32[4]  16 B
      %6  float32[4]  16 B
                              %4 = 0.99 * %2 + 0.01 * (%3 * %3)
                              %5 = 0.9 * %1 + 0.1 * %3
                              %6 = %0 - %5 / sqrt(%4)
      results %6 %5 %4
  `,
  );
});

Deno.test("fuseMaps() joins loops that read the same array, unless something comes between", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), e = t.map(s.exp, x), total = t.reduceKept("sum", e, [0, 1]);
    return t.program(e, t.map(s.tanh, x), t.map(s.sub, x, total));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  map exp(%0)
      %2  float32[1, 1]   4 B  sum over axes 0, 1 of [2, 3]: %1
      %3  float32[2, 3]  24 B  map tanh(%0)
      %4  float32[2, 3]  24 B  map %0 - %2<0 0>
      results %1 %3 %4
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  map
      %2  float32[2, 3]  24 B
                                 %1 = exp(%0)
                                 %2 = tanh(%0)
      %3  float32[1, 1]   4 B  sum over axes 0, 1 of [2, 3]: %1
      %4  float32[2, 3]  24 B  map %0 - %3<0 0>
      results %1 %2 %4
  `,
  );
});

Deno.test("fuseMaps() computes cheap values twice, and costly ones once", () => {
  const t = tracer();
  const build = () => {
    const double = t.map(s.mul, t.parameter("float32", [2, 3]), 2),
      power = t.map(s.exp, t.parameter("float32", [2, 3]));
    const sums = [double, power].flatMap((v) => [t.reduceKept("sum", v, [0]), t.reduceKept("max", v, [1])]);
    return t.program(...sums);
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[]       4 B  constant 2
      %3  float32[2, 3]  24 B  map %0 * %2<0 0>
      %4  float32[2, 3]  24 B  map exp(%1)
      %5  float32[1, 3]  12 B  sum over axis 0 of [2, 3]: %3
      %6  float32[2, 1]   8 B  max over axis 1 of [2, 3]: %3
      %7  float32[1, 3]  12 B  sum over axis 0 of [2, 3]: %4
      %8  float32[2, 1]   8 B  max over axis 1 of [2, 3]: %4
      results %5 %6 %7 %8
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[]       4 B  constant 2
      %3  float32[2, 3]  24 B  map exp(%1)
      %4  float32[1, 3]  12 B  sum over axis 0 of [2, 3]: %0 * %2<0 0>
      %5  float32[2, 1]   8 B  max over axis 1 of [2, 3]: %0 * %2<0 0>
      %6  float32[1, 3]  12 B  sum over axis 0 of [2, 3]: %3
      %7  float32[2, 1]   8 B  max over axis 1 of [2, 3]: %3
      results %4 %5 %6 %7
  `,
  );
});

Deno.test("fuseMaps() does not repeat in a larger loop what a smaller one computes once", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [100, 1]), y = t.parameter("float32", [100, 100]);
    return t.program(t.map(s.add, y, t.map(s.sqrt, x)));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[100, 1]       400 B  parameter
      %1  float32[100, 100]  40,000 B  parameter
      %2  float32[100, 1]       400 B  map sqrt(%0)
      %3  float32[100, 100]  40,000 B  map %1 + %2<1 0>
      results %3
  `,
  );
  assertStrictEquals(fuseMaps(before), before);
});

Deno.test("fuseMaps() compares with stored values, not with recomputed ones", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3]), third = t.map(s.mul, x, x), highest = t.reduceKept("max", third, [1]);
    return t.program(t.map(s.equal, third, highest));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  map %0 * %0
      %2  float32[2, 1]   8 B  max over axis 1 of [2, 3]: %1
      %3  float32[2, 3]  24 B  map %1 == %2<1 0>
      results %3
  `,
  );
  assertStrictEquals(fuseMaps(before), before);
});

Deno.test("fuseMaps() joins loops over single numbers, whatever they read", () => {
  const t = tracer();
  const build = () => {
    const a = t.parameter("float64", []), b = t.parameter("float64", [1]);
    return t.program(t.map(s.exp, a), t.map(s.neg, b));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float64[]   8 B  parameter
      %1  float64[1]  8 B  parameter
      %2  float64[]   8 B  map exp(%0)
      %3  float64[1]  8 B  map -%1
      results %2 %3
  `,
  );
  assertListing(
    fuseMaps(before),
    `
      %0  float64[]   8 B  parameter
      %1  float64[1]  8 B  parameter
      %2  float64[]   8 B  map []
      %3  float64[1]  8 B
                             %2 = exp(%0)
                             %3 = -%1
      results %2 %3
  `,
  );
});

Deno.test("fuseMaps() takes time in proportion to the parts of a join: 6,000 took ten minutes when each looked at all", () => {
  const t = tracer(), x = t.parameter("float32", [12_000]), count = 6000;
  const pieces = Array.from({ length: count }, (_, k) => t.map(s.exp, t.slice(x, [[2 * k, 1, 2]])));
  const before = foldViews(t.program(t.join([12_000], 0, ...pieces.map((piece, k) => [piece, [2 * k]] as const))));
  const began = performance.now(), after = fuseMaps(removeDeadCode(before)), [join] = after.instructions;
  assertEquals([after.instructions.length, join!.operation.kind], [1, "join"]);
  assertLess(performance.now() - began, 20_000); // 0.2 s on an idle machine
});

Deno.test("fuseMaps() computes cheap values in all parts of a join that read them", () => {
  const t = tracer(), x = t.parameter("float32", [4]), twice = t.map(s.neg, x);
  const before = t.program(
    t.join([10], 1, [twice, [0]], [twice, [4]], [t.map(s.mul, t.slice(twice, [[0, 1, 2]]), t.slice(x, [[2, 1, 2]])), [
      8,
    ]]),
  );
  const after = fuseMaps(fuseMaps(removeDeadCode(foldViews(before)))); // the product first
  assertEquals(after.instructions.length, 1);
  const given = [view(Float32Array.of(1, 2, 3, 4), [4])];
  const [expected, result] = [before, after].map((program) => elementsOf(interpret(program, given, reference)[0]!));
  assertEquals(result, expected);
});
