/**
 * The memory of programs inside instructions that several threads run. What they compute is tested with the threads.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { plainOperand } from "../../../../../blas/program/operand.ts";
import { lowerBody } from "../../../../../blas/simd/program/bodies/body.ts";
import { bodyForTeam, teamFunction } from "../../../../../blas/simd/program/bodies/team_body.ts";
import { lowerInstruction } from "../../../../../blas/simd/program/compile.ts";
import { ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { type } from "../small_programs.ts";

Deno.test("each thread more needs as much scratch memory as the one before", () => {
  const body = lowerBody(
    {
      parameters: [type([100, 400]), type([400, 100])],
      constants: [],
      instructions: [{
        results: [type([100, 100])],
        operation: { kind: "gemm", a: plainOperand(0, [100, 400]), b: plainOperand(1, [400, 100]) },
      }],
      results: [2],
    },
    lowerInstruction,
    { isOutside: () => false, isSame: () => true },
  )!;
  const [one, two, three] = [1, 2, 3].map((threads) => bodyForTeam(body, threads));
  assertEquals(three!.bytes - two!.bytes, two!.bytes - one!.bytes);
  assertEquals(body.kept.size, 1);
});

Deno.test("the function of a team knows which thread runs it", () => {
  const m = new ModuleBuilder(), seen: (readonly number[])[] = [];
  teamFunction(m, [(_, { thread, threads }) => seen.push([thread.index, threads.index])]);
  assertEquals(seen, [[0, 1]]);
  assert(WebAssembly.validate(m.toBytes()));
});
