import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import "../../program/all_kinds.ts";
import { engines } from "../../../../blas/engines.ts";
import { cumsumOf } from "../../../../blas/program/operations/cumsum.ts";
import * as s from "../../../../blas/scalar/scalar.ts";
import { ARITHMETIC } from "../../../../blas/simd/math/arithmetic.ts";
import { TEAM_BODY_CODE } from "../../../../blas/simd/program/bodies/team_body_code.ts";
import { ALL_TOOLS } from "../../../../blas/simd/program/all_tools.ts";
import type { Inside } from "../../../../blas/simd/program/bodies/body.ts";
import { compileWith } from "../../../../blas/simd/program/compile.ts";
import { GENERATOR_TOOLS } from "../../../../blas/simd/program/generator_tools.ts";
import type { Tools } from "../../../../blas/simd/program/lowering.ts";
import { loweringWith } from "../../../../blas/simd/program/lowering.ts";
import { BASE_LOWERINGS } from "../../../../blas/simd/program/lowerings.ts";
import { TEAM_TOOLS } from "../../../../blas/simd/program/team/team_tools.ts";
import { view } from "../../../../blas/view.ts";
import { tracer } from "../../program/tracing.ts";

const FEW: Tools = { lowerings: BASE_LOWERINGS, functions: ARITHMETIC };

Deno.test("compileWith() leaves to the engine what has no lowering among its tools", () => {
  const type = { dtype: "float64", shape: [3] } as const;
  const operation = cumsumOf(0, false).place([{ ...type, value: 0 }], type);
  const program = { parameters: [type], constants: [], instructions: [{ operation, results: [type] }], results: [1] };
  for (const tools of [FEW, ALL_TOOLS]) {
    const executable = compileWith(tools, program, engines.reference);
    executable.write(0, view(Float64Array.of(1, 2, 3)));
    executable.run();
    assertEquals([0, 1, 2].map((k) => executable.read(0).get(k)), [1, 3, 6]);
    assertEquals(executable.outside, [tools === FEW]);
  }
});

Deno.test("compileWith() names a function whose vector code is not among its tools", () => {
  const t = tracer(), program = t.program(t.map((x) => s.unary("cos", x), t.parameter("float64", [3])));
  assertThrows(() => compileWith(FEW, program, engines.reference), TypeError, "Cannot compute cos");
});

Deno.test("loweringWith() lowers the instructions inside like those around them", () => {
  const one = { operation: { kind: "scan" }, results: [] } as unknown as Parameters<ReturnType<typeof loweringWith>>[0];
  let inner: unknown;
  const scan = (_operation: unknown, _result: unknown, { lower }: Inside) => void (inner = lower) as undefined;
  const lower = loweringWith({ lowerings: { scan } });
  assertEquals(lower(one), undefined);
  assertStrictEquals(inner, lower);
});

Deno.test("all tools are there for teams and other code generators", () => {
  assertEquals([ALL_TOOLS.team, ALL_TOOLS.generator], [TEAM_TOOLS, GENERATOR_TOOLS]);
  assertStrictEquals(TEAM_TOOLS.bodies, TEAM_BODY_CODE);
});
