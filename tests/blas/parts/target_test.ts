import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { compile, square, tensor64 } from "../../../autograd/mod.ts";
import { chosenEngine, standardFunction } from "../../../blas/engine_in_use.ts";
import { currentEngine, engines, setEngine } from "../../../blas/engines.ts";
import { targetInUse } from "../../../blas/parts/target.ts";

Deno.test("programs see one default engine, whatever the way back to it", () => {
  assertEquals(targetInUse().name, "simd");
  const target = targetInUse(), f = compile(square, { warn: false });
  f(tensor64([1]));
  const previous = setEngine(engines.reference);
  assertStrictEquals(targetInUse(), engines.reference);
  assertNotStrictEquals(target, engines.reference);
  setEngine(previous);
  assertStrictEquals(targetInUse(), target);
  assertStrictEquals(currentEngine(), engines.simd);
  setEngine(engines.simd);
  assertStrictEquals(targetInUse(), target);
  assertEquals(chosenEngine(), undefined);
  assert(engines.simd.map === standardFunction("map"));
});
