import { assertEquals, assertNotEquals } from "@std/assert";
import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { type Traced, tracer } from "../tracing.ts";
import { commonSubexpressions, fuseEpilogue } from "./on_programs.ts";

Deno.test("commonSubexpressions() computes equal things once", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3]), one = () => t.map(s.add, x, 1);
    return t.program(t.map(s.mul, one(), one()), one());
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3]  12 B  parameter
      %1  float32[]    4 B  constant 1
      %2  float32[]    4 B  constant 1
      %3  float32[]    4 B  constant 1
      %4  float32[3]  12 B  map %0 + %1<0>
      %5  float32[3]  12 B  map %0 + %2<0>
      %6  float32[3]  12 B  map %4 * %5
      %7  float32[3]  12 B  map %0 + %3<0>
      results %6 %7
  `,
  );
  assertListing(
    commonSubexpressions(before),
    `
      %0  float32[3]  12 B  parameter
      %1  float32[]    4 B  constant 1
      %2  float32[3]  12 B  map %0 + %1<0>
      %3  float32[3]  12 B  map %2 * %2
      results %3 %2
  `,
  );
});

Deno.test("commonSubexpressions() tells apart what comes after the same product, convolution or reduction", () => {
  const t = tracer(), x = t.parameter("float32", [3, 3]), image = t.parameter("float32", [1, 1, 3, 3]);
  const each = (build: () => Traced) => [s.neg, s.neg, s.exp, s.exp].map((after) => t.map(after, build()));
  const fused = fuseEpilogue(t.program(
    ...each(() => t.gemm(x, x)),
    ...each(() => t.reduceKept("sum", x, [0])),
    ...each(() => t.convolution("conv2d", [image, image], [1, 1, 1, 1])),
  ));
  assertEquals(fused.instructions.length, 12);
  const { instructions, results } = commonSubexpressions(fused);
  assertEquals(
    instructions.map(({ operation }) => operation.kind).sort().join(" "),
    "convolution convolution gemm gemm reduce reduce",
  );
  for (const first of [0, 4, 8]) {
    assertEquals([results[first + 1], results[first + 3]], [results[first], results[first + 2]]);
    assertNotEquals(results[first], results[first + 2]);
  }
});

Deno.test("commonSubexpressions() runs functions of one key once, and others as often as they are there", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3]);
    const run = (key: string | undefined) => t.host("draw", key, [x], x, ([v]) => v!);
    return t.program(run("a"), run("a"), run("b"), run(undefined), run(undefined));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3]  12 B  parameter
      %1  float32[3]  12 B  host draw %0
      %2  float32[3]  12 B  host draw %0
      %3  float32[3]  12 B  host draw %0
      %4  float32[3]  12 B  host draw %0
      %5  float32[3]  12 B  host draw %0
      results %1 %2 %3 %4 %5
  `,
  );
  assertListing(
    commonSubexpressions(before),
    `
      %0  float32[3]  12 B  parameter
      %1  float32[3]  12 B  host draw %0
      %2  float32[3]  12 B  host draw %0
      %3  float32[3]  12 B  host draw %0
      %4  float32[3]  12 B  host draw %0
      results %1 %1 %2 %3 %4
  `,
  );
});
