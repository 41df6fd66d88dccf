import { assertEquals } from "@std/assert";
import { add, argument, mul } from "../../../../blas/scalar/scalar.ts";
import { instructionContexts } from "../../../../blas/simd/program/instruction_context.ts";
import { call, ModuleBuilder } from "../../../../blas/wasm/mod.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";
import { instantiate, type Run } from "../../wasm/modules.ts";
import { map, type, whole } from "./small_programs.ts";

const x = argument(0), y = argument(1), SHAPE = [5];

Deno.test("each instruction has its own results and workspace, and dtypes and addresses of all values", () => {
  const program = {
    parameters: [type(SHAPE), type(SHAPE, "float64")],
    constants: [],
    instructions: [
      { ...map(SHAPE, x, 0), results: [type(SHAPE), type(SHAPE)] },
      { ...map(SHAPE, x, 1), results: [type(SHAPE, "float64")] },
    ],
    results: [4],
  };
  const m = new ModuleBuilder(),
    code = { relaxed: false, functions: ALL_FUNCTIONS, address: (value: number) => 1000 * value };
  const [first, second] = instructionContexts(m, program, code, [64, 128]);
  assertEquals([first!.results, second!.results], [[2000, 3000], [4000]]);
  assertEquals([first!.workspace, second!.workspace, first!.module === m], [64, 128, true]);
  assertEquals([0, 1, 2, 3, 4].map(second!.dtypeOf), ["float32", "float64", "float32", "float32", "float64"]);
});

Deno.test("the loops of a context read values at their addresses, whole and in shares", () => {
  const program = {
    parameters: [type(SHAPE), type(SHAPE)],
    constants: [],
    instructions: [map(SHAPE, x, 0)],
    results: [2],
  };
  const m = new ModuleBuilder();
  m.memory({ minimum: 1, name: "memory" });
  const [context] = instructionContexts(m, program, {
    relaxed: false,
    functions: ALL_FUNCTIONS,
    address: (value) => 256 * (value + 1),
  }, [0]);
  const loop = { shape: SHAPE, operands: [whole(0, SHAPE), whole(1, SHAPE)], expressions: [add(mul(x, 10), y)] };
  const all = context!.wholeLoop({ loop, dtype: "float32", results: [1024] });
  const share = context!.loopShare({ loop, dtype: "float32", results: [2048] });
  m.function({ name: "run", parameters: {} }, (f) => f.do(call(all), call(share, 0, 1, 4096)));
  const exports = instantiate(m), data = new Float32Array((exports.memory as WebAssembly.Memory).buffer);
  data.set([1, 2, 3, 4, 5], 64), data.set([5, 6, 7, 8, 9], 128);
  (exports.run as Run)();
  assertEquals([...data.subarray(256, 262)], [15, 26, 37, 48, 59, 0]);
  assertEquals([...data.subarray(512, 513)], [15]);
});
