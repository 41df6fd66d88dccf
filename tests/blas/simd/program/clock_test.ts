import { assertEquals } from "@std/assert";
import type { Program } from "../../../../blas/program/program.ts";
import { clockOf, idleClock } from "../../../../blas/simd/program/clock.ts";
import { call, ModuleBuilder } from "../../../../blas/wasm/mod.ts";

const program = (name: string): Program => ({
  parameters: [],
  constants: [],
  instructions: [],
  results: [name.length], // so that two of them differ
});

Deno.test("a clock counts the runs of instructions, and of those inside them", () => {
  const m = new ModuleBuilder(), clock = clockOf(m), outer = clock.program(program("outer"));
  const nothing = m.function({ parameters: {} }, () => {});
  const body = outer(({ start, stop }) => {
    const inner = clock.program(program("in"));
    const code = [0, 1].map(() => inner((watch) => [...watch.start, call(nothing), ...watch.stop]));
    return [...start, ...code[0]!, ...code[0]!, ...code[1]!, ...stop];
  });
  const last = outer(({ start, stop, stopwatch }) => {
    assertEquals(stopwatch?.timing.calls, 0);
    return [...start, ...stop];
  });
  m.function({ name: "run", parameters: {} }, (f) => f.do(...body, ...last));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { engine: clock.imports });
  const run = exports.run as () => void;
  run();
  run();
  const timing = clock.timing()!;
  assertEquals([timing.program, timing.instructions.map(({ calls }) => calls)], [program("outer"), [2, 2]]);
  const [{ bodies }] = timing.instructions as [typeof timing.instructions[number]];
  assertEquals(bodies.map(({ program }) => program), [program("in")]);
  assertEquals(bodies[0]!.instructions.map(({ calls }) => calls), [4, 2]);
});

Deno.test("the idle clock adds nothing to the code", () => {
  const measure = idleClock.program(program("any"));
  assertEquals(measure(({ start, stop, stopwatch }) => [...start, ...stop, stopwatch]), [undefined]);
  assertEquals(idleClock.timing(), undefined);
});
