import { assertEquals, assertStrictEquals } from "@std/assert";
import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { foldViews, fuseEpilogue, removeDeadCode, transposeProducts } from "./on_programs.ts";

Deno.test("transposeProducts() computes the gradient of a layer's weight in the weight's order", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [32, 7]), g = t.parameter("float32", [32, 4]), w = t.parameter("float32", [4, 7]);
    const gradient = t.transpose(t.gemm(t.transpose(x), g));
    return t.program(t.map((w, g) => s.sub(w, s.mul(0.1, g)), w, gradient));
  };
  const before = removeDeadCode(foldViews(build()));
  assertListing(
    before,
    `
      %0  float32[32, 7]  896 B  parameter
      %1  float32[32, 4]  512 B  parameter
      %2  float32[4, 7]   112 B  parameter
      %3  float32[7, 4]   112 B  gemm %0[7, 32]<1 7> %1
      %4  float32[4, 7]   112 B  map %2 - 0.1 * %3<1 4>
      results %4
  `,
  );
  assertListing(
    transposeProducts(before),
    `
      %0  float32[32, 7]  896 B  parameter
      %1  float32[32, 4]  512 B  parameter
      %2  float32[4, 7]   112 B  parameter
      %3  float32[4, 7]   112 B  gemm %1[4, 32]<1 4> %0
      %4  float32[4, 7]   112 B  map %2 - 0.1 * %3
      results %4
  `,
  );
});

Deno.test("transposeProducts() does not change products that are read untransposed", () => {
  const t = tracer();
  const build = () => {
    const a = t.parameter("float32", [2, 3]), b = t.parameter("float32", [3, 4]), product = t.gemm(a, b);
    return t.program(t.map(s.neg, product), t.map(s.exp, t.transpose(product)));
  };
  const before = removeDeadCode(foldViews(build()));
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[3, 4]  48 B  parameter
      %2  float32[2, 4]  32 B  gemm %0 %1
      %3  float32[2, 4]  32 B  map -%2
      %4  float32[4, 2]  32 B  map exp(%2<1 4>)
      results %3 %4
  `,
  );
  assertStrictEquals(transposeProducts(before), before);
});

Deno.test("transposeProducts() leaves a single row as it is: it was turned into a column, and back, again and again", () => {
  for (const [m, n] of [[1, 7], [7, 1], [1, 1]] as const) {
    const t = tracer(), a = t.parameter("float32", [m, 3]), b = t.parameter("float32", [3, n]), product = t.gemm(a, b);
    const before = removeDeadCode(foldViews(t.program(t.map(s.neg, product), t.map(s.exp, t.transpose(product)))));
    assertStrictEquals(transposeProducts(before), before);
  }
});

Deno.test("transposeProducts() leaves products with a loop after them, and those that are results", () => {
  const t = tracer(), x = t.parameter("float32", [5, 3]), w = t.parameter("float32", [3, 4]), product = t.gemm(x, w);
  const turned = t.map(s.neg, t.transpose(product)), squashed = t.map(s.tanh, t.gemm(x, w));
  const shown = removeDeadCode(foldViews(t.program(turned, product)));
  assertStrictEquals(transposeProducts(shown), shown);
  const followed = removeDeadCode(foldViews(fuseEpilogue(t.program(t.map(s.neg, t.transpose(squashed))))));
  assertEquals(followed.instructions.map(({ operation }) => operation.kind), ["gemm", "map"]);
  assertStrictEquals(transposeProducts(followed), followed);
});
