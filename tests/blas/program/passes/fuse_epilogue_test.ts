import { assertStrictEquals } from "@std/assert";
import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { foldViews, fuseEpilogue } from "./on_programs.ts";

Deno.test("fuseEpilogue() adds a bias and applies relu in the epilogue of a product", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [32, 7]), w = t.parameter("float32", [7, 4]), b = t.parameter("float32", [4]);
    return t.program(t.map((x, b) => s.max(s.add(x, b), 0), t.gemm(x, w), b));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[32, 7]  896 B  parameter
      %1  float32[7, 4]   112 B  parameter
      %2  float32[4]       16 B  parameter
      %3  float32[32, 4]  512 B  gemm %0 %1
      %4  float32[32, 4]  512 B  map max(%3 + %2<0 1>, 0)
      results %4
  `,
  );
  assertListing(
    fuseEpilogue(before),
    `
      %0  float32[32, 7]  896 B  parameter
      %1  float32[7, 4]   112 B  parameter
      %2  float32[4]       16 B  parameter
      %3  float32[32, 4]  512 B  gemm %0 %1
                                 epilogue
                                   %3 = max(computed + %2<0 1>, 0)
      results %3
  `,
  );
});

Deno.test("fuseEpilogue() also returns the product if it is needed", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3, 7]), w = t.parameter("float32", [7, 4]), product = t.gemm(x, w);
    return t.program(t.map(s.tanh, product), t.gemm(t.parameter("float32", [2, 3]), product));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3, 7]   84 B  parameter
      %1  float32[7, 4]  112 B  parameter
      %2  float32[2, 3]   24 B  parameter
      %3  float32[3, 4]   48 B  gemm %0 %1
      %4  float32[3, 4]   48 B  map tanh(%3)
      %5  float32[2, 4]   32 B  gemm %2 %3
      results %4 %5
  `,
  );
  assertListing(
    fuseEpilogue(before),
    `
      %0  float32[3, 7]   84 B  parameter
      %1  float32[7, 4]  112 B  parameter
      %2  float32[2, 3]   24 B  parameter
      %3  float32[3, 4]   48 B  gemm %0 %1
      %4  float32[3, 4]   48 B
                                epilogue
                                  %3 = computed
                                  %4 = tanh(computed)
      %5  float32[2, 4]   32 B  gemm %2 %3
      results %4 %5
  `,
  );
});

Deno.test("fuseEpilogue() gives reductions to one number an epilogue, and convolutions one of several results", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 1, 5, 5]),
      w = t.parameter("float32", [3, 1, 3, 3]),
      b = t.parameter("float32", [3, 1, 1]);
    const y = t.convolution("conv2d", [x, w], [2, 3, 3, 3]), z = t.map(s.add, y, b);
    return t.program(z, t.map((x) => s.max(x, 0), z), t.map(s.sqrt, t.reduceKept("sum", x, [0, 1, 2, 3])));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 1, 5, 5]  200 B  parameter
      %1  float32[3, 1, 3, 3]  108 B  parameter
      %2  float32[3, 1, 1]      12 B  parameter
      %3  float32[2, 3, 3, 3]  216 B  conv2d %0 %1, stride 1 1, padding 0 0 0 0, dilation 1 1, groups 1
      %4  float32[2, 3, 3, 3]  216 B  map %3 + %2<0 1 0 0>
      %5  float32[2, 3, 3, 3]  216 B  map max(%4, 0)
      %6  float32[1, 1, 1, 1]    4 B  sum over axes 0, 1, 2, 3 of [2, 1, 5, 5]: %0
      %7  float32[1, 1, 1, 1]    4 B  map sqrt(%6)
      results %4 %5 %7
  `,
  );
  assertListing(
    fuseEpilogue(before),
    `
      %0  float32[2, 1, 5, 5]  200 B  parameter
      %1  float32[3, 1, 3, 3]  108 B  parameter
      %2  float32[3, 1, 1]      12 B  parameter
      %3  float32[2, 3, 3, 3]  216 B  conv2d %0 %1, stride 1 1, padding 0 0 0 0, dilation 1 1, groups 1
      %4  float32[2, 3, 3, 3]  216 B
                                      epilogue
                                        %3 = computed + %2<0 1 0 0>
                                        %4 = max(%3, 0)
      %5  float32[1, 1, 1, 1]    4 B  sum over axes 0, 1, 2, 3 of [2, 1, 5, 5]: %0
                                      epilogue
                                        %5 = sqrt(computed)
      results %3 %4 %5
  `,
  );
});

Deno.test("fuseEpilogue() does not fuse a loop that needs another value computed from the product", () => {
  const t = tracer();
  const build = () => {
    const a = t.parameter("float32", [3, 7]), b = t.parameter("float32", [7, 4]), g = t.gemm(a, b);
    const norm = t.reduceKept("sum", g, [0, 1]);
    return t.program(t.map(s.div, g, norm));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3, 7]   84 B  parameter
      %1  float32[7, 4]  112 B  parameter
      %2  float32[3, 4]   48 B  gemm %0 %1
      %3  float32[1, 1]    4 B  sum over axes 0, 1 of [3, 4]: %2
      %4  float32[3, 4]   48 B  map %2 / %3<0 0>
      results %4
  `,
  );
  assertStrictEquals(fuseEpilogue(before), before);
});

Deno.test("fuseEpilogue() leaves loops that read a product transposed, or a part of it", () => {
  const t = tracer(), product = t.gemm(t.parameter("float32", [3, 7]), t.parameter("float32", [7, 3]));
  const program = foldViews(t.program(
    t.map(s.neg, t.transpose(product)),
    t.map(s.neg, t.slice(product, [[0, 1, 2], [0, 1, 3]])),
  ));
  assertStrictEquals(fuseEpilogue(program), program);
});
