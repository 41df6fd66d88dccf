import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { removeDeadCode } from "./on_programs.ts";

Deno.test("removeDeadCode() removes what no result needs, including constants and host functions", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3]), unused = t.map(s.exp, t.map(s.mul, x, 3));
    t.host("print", undefined, [unused], unused, ([v]) => v!);
    return t.program(t.map(s.neg, x));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[3]  12 B  parameter
      %1  float32[]    4 B  constant 3
      %2  float32[3]  12 B  map %0 * %1<0>
      %3  float32[3]  12 B  map exp(%2)
      %4  float32[3]  12 B  host print %3
      %5  float32[3]  12 B  map -%0
      results %5
  `,
  );
  assertListing(
    removeDeadCode(before),
    `
      %0  float32[3]  12 B  parameter
      %1  float32[3]  12 B  map -%0
      results %1
  `,
  );
});
