/**
 * Loops that occur several times share one function, and compute what they compute by themselves.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { compileProgram } from "../../../../blas/simd/program/compile.ts";
import { buildLoop, buildWholeLoop, type LoopSpec } from "../../../../blas/simd/program/loop_function.ts";
import { flatLoop, repeatedLoops } from "../../../../blas/simd/program/shared_loop.ts";
import { engines } from "../../../../blas/engines.ts";
import { ALL_FUNCTIONS } from "../../../../blas/simd/math/mod.ts";
import { EPILOGUE_INPUT, type Loop } from "../../../../blas/program/program.ts";
import { add, argument, div, mul } from "../../../../blas/scalar/scalar.ts";
import { view } from "../../../../blas/view.ts";
import { call, ModuleBuilder } from "../../../../blas/wasm/mod.ts";
import { instantiate } from "../../wasm/modules.ts";
import { map, type, whole } from "./small_programs.ts";

const [x, y, z] = [argument(0), argument(1), argument(2)] as const;

/** A loop over a contiguous operand, one number, and what was computed before. */
const loopOf = (shape: readonly number[], value: number): Loop => ({
  shape,
  operands: [whole(value, shape), { value: 9, shape, stride: shape.map(() => 0), offset: 1 }, {
    ...whole(EPILOGUE_INPUT, shape),
    offset: 4,
  }],
  expressions: [add(mul(x, y), z), div(z, y)],
});

Deno.test("loops that share a function compute what they do alone, whole and in parts, with quotients or not", () => {
  for (const divides of [false, true]) {
    const outputs = [false, true].map((shares) => {
      const m = new ModuleBuilder();
      m.memory({ minimum: 1, name: "memory" });
      const spec = (shape: readonly number[], value: number): LoopSpec => ({
        loop: loopOf(shape, value),
        dtype: "float32",
        divides,
        relaxed: false,
        functions: ALL_FUNCTIONS,
        address: (value) => 4000 * value,
        results: [20_000 + 4000 * value, 22_000 + 4000 * value],
        repeats: () => shares,
      });
      const all = buildWholeLoop(m, spec([100], 0), 48_000), part = buildLoop(m, spec([5, 4, 8], 1));
      const other = buildWholeLoop(m, spec([100], 2), 48_000), odd = buildWholeLoop(m, spec([7], 3), 48_000);
      m.function({ name: "run", parameters: {} }, (f) => {
        f.do(call(all), call(part, 48_000, 0, 2), call(part, 48_000, 2, 5), call(other), call(odd));
      });
      const exports = instantiate(m), data = new Float32Array((exports.memory as WebAssembly.Memory).buffer);
      for (let i = 0; i < data.length; i++) data[i] = Math.sin(i);
      (exports.run as () => void)();
      return { data: [...data], bytes: m.toBytes().length };
    });
    assertEquals(outputs[1]!.data, outputs[0]!.data);
    assertEquals(outputs[1]!.bytes < outputs[0]!.bytes, true, "three loops share a function");
  }
});

Deno.test("loops that walk through their arrays in another way, or once, have functions of their own", () => {
  const shape = [8, 4], loop = loopOf(shape, 0), turned = { ...whole(0, shape), stride: [1, 8] };
  const code = { relaxed: false, functions: ALL_FUNCTIONS, address: () => 0 };
  const spec = { ...code, dtype: "float32", results: [0, 0] } as const;
  const flat = (loop: Loop, more: Pick<LoopSpec, "repeats" | "shifts" | "shiftOf" | "resultStride"> = {}) =>
    flatLoop({ ...spec, repeats: () => true, loop, ...more }, false)?.vectors;
  assertEquals(flat(loop), 8);
  assertEquals(flat({ ...loop, operands: [turned, ...loop.operands.slice(1)] }), undefined);
  assertEquals(flat(loopOf([3], 0)), undefined);
  assertEquals(flat(loopOf([0], 0)), undefined);
  assertEquals(flat(loop, { repeats: () => false }), undefined);
  assertEquals(flat(loop, { shifts: [16, undefined] }), undefined);
  assertEquals(flat(loop, { shiftOf: () => 16 }), undefined);
  assertEquals(flat(loop, { resultStride: [1, 8] }), undefined);
  const repeats = repeatedLoops([loop, loopOf([9], 1), { ...loop, expressions: [x] }]);
  assertEquals([repeats(loop), repeats({ ...loop, expressions: [x] })], [true, false]);
});

Deno.test("a program runs equal loops on its own values", () => {
  const shapes = [[64], [96], [128]], expression = add(mul(x, x), 1);
  const program = {
    parameters: shapes.map((shape) => type(shape)),
    constants: [],
    instructions: shapes.map((shape, k) => map(shape, expression, k)),
    results: [3, 4, 5],
  };
  const executable = compileProgram(program, engines.simd);
  shapes.forEach(([length], k) =>
    executable.write(k, view(Float32Array.from({ length: length! }, (_, i) => i + 1000 * k)))
  );
  executable.run();
  shapes.forEach(([length], k) => {
    const found = executable.read(k);
    assertEquals([found.get(0), found.get(length! - 1)], [1e6 * k * k + 1, (length! - 1 + 1000 * k) ** 2 + 1]);
  });
});
