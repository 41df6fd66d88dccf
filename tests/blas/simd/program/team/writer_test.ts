/**
 * The functions that threads run.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { planMemory } from "../../../../../blas/program/memory/memory_plan.ts";
import { teamWriter } from "../../../../../blas/simd/program/team/writer.ts";
import { ModuleBuilder } from "../../../../../blas/wasm/mod.ts";

Deno.test("nothing added makes no function", () => {
  const program = { parameters: [], constants: [], instructions: [], results: [] }, m = new ModuleBuilder();
  m.importMemory({ module: "engine", name: "memory" }, { minimum: 1, maximum: 1, shared: true });
  const team = { size: 2, least: 0, prepare: () => () => {}, isReady: () => true, crowded: () => {}, settle: () => {} };
  const writer = teamWriter(m, program, { lowered: [], plan: planMemory(program, []), team, control: 64 });
  assertEquals([writer.close("segment0"), WebAssembly.validate(m.toBytes())], [false, true]);
});
