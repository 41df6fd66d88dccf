import { orderUpdates } from "../../../../blas/program/passes/order_updates.ts";
import * as s from "../../../../blas/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";

Deno.test("orderUpdates() computes a new weight when all others have read the old one", () => {
  const t = tracer();
  const build = () => {
    const w = t.parameter("float32", [3, 3]), x = t.parameter("float32", [3, 3]);
    const next = t.map(s.sub, w, x), product = t.gemm(w, x);
    return t.program(next, product, t.map(s.neg, product));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3, 3]  36 B  parameter
      %1  float32[3, 3]  36 B  parameter
      %2  float32[3, 3]  36 B  map %0 - %1
      %3  float32[3, 3]  36 B  gemm %0 %1
      %4  float32[3, 3]  36 B  map -%3
      results %2 %3 %4
  `,
  );
  assertListing(
    orderUpdates(before),
    `
      %0  float32[3, 3]  36 B  parameter
      %1  float32[3, 3]  36 B  parameter
      %2  float32[3, 3]  36 B  gemm %0 %1
      %3  float32[3, 3]  36 B  map %0 - %1
      %4  float32[3, 3]  36 B  map -%2
      results %3 %2 %4
  `,
  );
});
