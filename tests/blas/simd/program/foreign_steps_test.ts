/**
 * The steps of a program that another code generator computes.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Program } from "../../../../blas/program/program.ts";
import { foreignSteps } from "../../../../blas/simd/program/foreign_steps.ts";
import type { Generated, GeneratorUnit, Place } from "../../../../blas/simd/program/generator.ts";
import { map, type } from "./small_programs.ts";
import { argument } from "../../../../blas/scalar/scalar.ts";

Deno.test("nothing written is no step, and what was written is one, which runs once linked", () => {
  const ran: number[] = [], places: Place[] = [];
  let closed = 0;
  const unit: GeneratorUnit = {
    lower: () => undefined,
    close: () => closed++,
    link: () => ({ functions: [() => ran.push(0) > 0, () => ran.push(1) > 0] }),
  };
  const generated: Generated = {
    workspace: 0,
    inPlace: false,
    write: ({ results }) => places.push(...results),
  };
  const instructions = [map([2], argument(0), 0)];
  const program: Program = { parameters: [type([2])], constants: [], instructions, results: [1] };
  const plan = { addresses: [0, 64], workspaces: [128], workspaceBytes: [0], moves: [], peak: 128, lowerBound: 128 };
  const steps = foreignSteps(program, plan, unit);
  assertEquals(steps.close(), []);
  steps.write(generated, 0);
  const [run] = steps.close();
  assertEquals([places, steps.close()], [[{ address: 64, bytes: 8 }], []]);
  steps.link(new WebAssembly.Memory({ initial: 1 }), {});
  assertEquals([run!(), ran], [true, [0]]);
});
