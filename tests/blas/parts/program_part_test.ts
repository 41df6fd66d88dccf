import { assertEquals, assertStrictEquals } from "@std/assert";
import { broughtLowerings } from "../../../blas/parts/brought.ts";
import { broughtKinds } from "../../../blas/program/operations/brought.ts";
import { toolsInUse } from "../../../blas/parts/program_part.ts";
import { cumsumPrograms } from "../../../blas/parts/programs.ts";
import { CUMSUM_LOWERINGS } from "../../../blas/simd/program/lowerings.ts";
import { pow } from "../../../blas/simd/math/power.ts";

// This process has applied no operation before: tests of other files run in others.
Deno.test("a compiler has few tools, and gets those that an operation brings", () => {
  const { lowerings, functions, team, generator } = toolsInUse();
  assertEquals([lowerings.cumsum, team, generator, functions.unary.cos], [undefined, undefined, undefined, undefined]);
  assertStrictEquals(functions.binary.pow, pow);
  assertEquals(Object.keys(broughtKinds), []);
  cumsumPrograms();
  assertEquals(Object.keys(broughtKinds), ["cumsum"]);
  assertStrictEquals(broughtLowerings.current.cumsum, CUMSUM_LOWERINGS.cumsum);
  assertStrictEquals(toolsInUse().lowerings.cumsum, CUMSUM_LOWERINGS.cumsum);
});
