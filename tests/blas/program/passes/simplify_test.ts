import * as s from "../../../../blas/scalar/scalar.ts";
import { assertListing } from "../listings.ts";
import { tracer } from "../tracing.ts";
import { foldViews, removeDeadCode, simplify } from "./on_programs.ts";

Deno.test("simplify() turns an outer product into a loop, whose sums of one term begin with 0", () => {
  const t = tracer();
  const build = () => {
    const column = t.parameter("float32", [4, 1]), row = t.parameter("float32", [1, 5]);
    return t.program(t.gemm(column, row));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[4, 1]  16 B  parameter
      %1  float32[1, 5]  20 B  parameter
      %2  float32[4, 5]  80 B  gemm %0 %1
      results %2
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[4, 1]  16 B  parameter
      %1  float32[1, 5]  20 B  parameter
      %2  float32[4, 5]  80 B  map %0<1 0> * %1<0 1> + 0
      results %2
  `,
  );
});

Deno.test("simplify() reduces no axes of length 1", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [1, 3, 1]);
    return t.program(t.reduceKept("sum", x, [0, 1]), t.reduceKept("max", x, [0, 2]));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[1, 3, 1]  12 B  parameter
      %1  float32[1, 1, 1]   4 B  sum over axes 0, 1 of [1, 3, 1]: %0
      %2  float32[1, 3, 1]  12 B  max over axes 0, 2 of [1, 3, 1]: %0
      results %1 %2
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[1, 3, 1]  12 B  parameter
      %1  float32[1, 1, 1]   4 B  sum over axis 1 of [1, 3, 1]: %0
      %2  float32[1, 3, 1]  12 B  map %0
      results %1 %2
  `,
  );
});

Deno.test("simplify() multiplies instead of adding the same number repeatedly", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [3, 1]), wide = t.broadcast(x, [3, 8]);
    return t.program(t.reduceKept("sum", wide, [1]), t.reduceKept("max", wide, [1]), t.reduceKept("sum", wide, [0, 1]));
  };
  const before = foldViews(build());
  assertListing(
    before,
    `
      %0  float32[3, 1]  12 B  parameter
      %1  float32[3, 8]  96 B  map %0<1 0>
      %2  float32[3, 1]  12 B  sum over axis 1 of [3, 8]: %0<1 0>
      %3  float32[3, 1]  12 B  max over axis 1 of [3, 8]: %0<1 0>
      %4  float32[1, 1]   4 B  sum over axes 0, 1 of [3, 8]: %0<1 0>
      results %2 %3 %4
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[3, 1]  12 B  parameter
      %1  float32[3, 8]  96 B  map %0<1 0>
      %2  float32[3, 1]  12 B  map %0 * 8 + 0
      %3  float32[3, 1]  12 B  map %0
      %4  float32[1, 1]   4 B  sum over axis 0 of [3, 1]: %0
                               epilogue
                                 %4 = computed * 8 + 0
      results %2 %3 %4
  `,
  );
});

Deno.test("simplify() leaves the product of the same number again and again to the reduction", () => {
  const t = tracer(), wide = t.broadcast(t.parameter("float32", [3, 1]), [3, 8]);
  assertListing(
    simplify(removeDeadCode(foldViews(t.program(t.reduceKept("product", wide, [1]))))),
    `
      %0  float32[3, 1]  12 B  parameter
      %1  float32[3, 1]  12 B  product over axis 1 of [3, 8]: %0<1 0>
      results %1
  `,
  );
});

Deno.test("simplify() lets relu's result answer whether something is above 0, and no other question", () => {
  const t = tracer(), x = t.parameter("float32", [2, 3]), g = t.parameter("float32", [2, 3]);
  const above = (limit: number) => t.map((x, g) => s.select(s.greater(x, limit), g, 0), x, g);
  assertListing(
    simplify(
      t.program(t.map((x) => s.max(x, 0), x), above(0), above(-1), t.map((x, g) => s.select(s.less(x, 0), g, 0), x, g)),
    ),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[2, 3]  24 B  map max(%0, 0)
      %3  float32[2, 3]  24 B  map %2 > 0 ? %1 : 0
      %4  float32[2, 3]  24 B  map %0 > -1 ? %1 : 0
      %5  float32[2, 3]  24 B  map %0 < 0 ? %1 : 0
      results %2 %3 %4 %5
  `,
  );
});

Deno.test("simplify() sums once what would be summed in two goes", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2, 3, 4]);
    return t.program(t.reduce("sum", t.reduce("sum", x, [1]), [0, 1]), t.reduce("max", t.reduce("sum", x, [2]), [0]));
  };
  const before = removeDeadCode(foldViews(build()));
  assertListing(
    before,
    `
      %0  float32[2, 3, 4]  96 B  parameter
      %1  float32[2, 1, 4]  32 B  sum over axis 1 of [2, 3, 4]: %0
      %2  float32[]          4 B  sum over axes 0, 1 of [2, 4]: %1
      %3  float32[2, 3, 1]  24 B  sum over axis 2 of [2, 3, 4]: %0
      %4  float32[3]        12 B  max over axis 0 of [2, 3]: %3
      results %2 %4
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[2, 3, 4]  96 B  parameter
      %1  float32[2, 1, 4]  32 B  sum over axis 1 of [2, 3, 4]: %0
      %2  float32[]          4 B  sum over axes 0, 1, 2 of [2, 3, 4]: %0
      %3  float32[2, 3, 1]  24 B  sum over axis 2 of [2, 3, 4]: %0
      %4  float32[3]        12 B  max over axis 0 of [2, 3]: %3
      results %2 %4
  `,
  );
});

Deno.test("simplify() computes relu's derivative from relu's result", () => {
  const t = tracer();
  const build = () => {
    const x = t.map(s.tanh, t.parameter("float32", [2, 3])), g = t.parameter("float32", [2, 3]);
    const y = t.map((x) => s.max(x, 0), x);
    return t.program(y, t.map((x, g) => s.select(s.greater(x, 0), g, 0), x, g));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[2, 3]  24 B  map tanh(%0)
      %3  float32[2, 3]  24 B  map max(%2, 0)
      %4  float32[2, 3]  24 B  map %2 > 0 ? %1 : 0
      results %3 %4
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[2, 3]  24 B  parameter
      %1  float32[2, 3]  24 B  parameter
      %2  float32[2, 3]  24 B  map tanh(%0)
      %3  float32[2, 3]  24 B  map max(%2, 0)
      %4  float32[2, 3]  24 B  map %3 > 0 ? %1 : 0
      results %3 %4
  `,
  );
});

Deno.test("simplify() removes a cast there and back if it loses nothing", () => {
  const t = tracer();
  const build = () => {
    const x = t.parameter("float32", [2]), y = t.parameter("float64", [2]);
    return t.program(t.cast(t.cast(x, "float64"), "float32"), t.cast(t.cast(y, "float32"), "float64"));
  };
  const before = build();
  assertListing(
    before,
    `
      %0  float32[2]   8 B  parameter
      %1  float64[2]  16 B  parameter
      %2  float64[2]  16 B  cast %0
      %3  float32[2]   8 B  cast %2
      %4  float32[2]   8 B  cast %1
      %5  float64[2]  16 B  cast %4
      results %3 %5
  `,
  );
  assertListing(
    simplify(before),
    `
      %0  float32[2]   8 B  parameter
      %1  float64[2]  16 B  parameter
      %2  float64[2]  16 B  cast %0
      %3  float32[2]   8 B  map %0
      %4  float32[2]   8 B  cast %1
      %5  float64[2]  16 B  cast %4
      results %3 %5
  `,
  );
});
