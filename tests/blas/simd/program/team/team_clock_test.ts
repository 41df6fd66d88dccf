/**
 * The times that threads add up in memory.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import * as scalar from "../../../../../blas/scalar/scalar.ts";
import { importEngineMemory } from "../../../../../blas/simd/engine_memory.ts";
import { clockBytes, teamClock } from "../../../../../blas/simd/program/team/team_clock.ts";
import { call, type FunctionBuilder, ModuleBuilder } from "../../../../../blas/wasm/mod.ts";
import { map, SHAPE, type } from "../small_programs.ts";

Deno.test("each thread adds up what it computes and what it waits, and the first one counts the runs", () => {
  const program = {
    parameters: [type(SHAPE)],
    constants: [],
    instructions: [map(SHAPE, scalar.argument(0), 0), map(SHAPE, scalar.argument(0), 0)],
    results: [1],
  };
  const threads = 2, memory = new WebAssembly.Memory({ initial: 1, maximum: 1 }), m = new ModuleBuilder();
  importEngineMemory(m, 1, 1, false);
  assertEquals(clockBytes(program, threads), 128);
  const clock = teamClock(m, program, { memory, address: 64, threads });
  const spend = [3, 5].map((index) =>
    m.importFunction({ module: "engine", name: `spend${index}` }, { parameters: {} })
  );
  const measure = clock.program(program);
  measure(() => {});
  measure(() => {});
  const [waits, computes] = [true, false].map((waits) => ({
    waits,
    code: (f: FunctionBuilder) => f.do(call(spend[waits ? 0 : 1]!)),
  }));
  const codes = clock.measured([waits!, computes!], 1);
  m.function({ name: "run", parameters: { thread: "i32", threads: "i32" } }, (f, member) => {
    for (const code of codes) code(f, member);
  });
  let time = 0;
  const engine = { memory, now: () => time, spend3: () => time += 3, spend5: () => time += 5 };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { engine });
  const run = exports.run as (thread: number, threads: number) => void; // as declared above
  for (const thread of [0, 1, 0]) run(thread, threads);
  const [first, second] = clock.timing()!.instructions;
  assertEquals([first!.calls, first!.milliseconds], [0, 0]);
  assertEquals([second!.calls, second!.milliseconds], [2, 16]);
  assertEquals(second!.threads, [{ computing: 10, waiting: 6 }, { computing: 5, waiting: 3 }]);
});
