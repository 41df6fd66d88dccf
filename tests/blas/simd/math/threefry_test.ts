import { assertEquals } from "@std/assert";
import { keySchedule, threefry } from "../../../../blas/simd/math/threefry.ts";
import { threefry2x32 } from "../../../../blas/threefry.ts";
import { i32x4, ModuleBuilder, v128 } from "../../../../blas/wasm/mod.ts";

Deno.test("threefry() hashes the counters of several vectors as the scalar function hashes each", () => {
  const memory = new WebAssembly.Memory({ initial: 1 }), m = new ModuleBuilder();
  m.importMemory({ module: "test", name: "memory" }, { minimum: 1 });
  const counters = [[0, 1, 2, 3], [7, 2 ** 31, 2 ** 32 - 1, 1000]] as const;
  m.function({ name: "run", parameters: { high: "i32", low: "i32" } }, (f, { high, low }) => {
    const schedule = keySchedule(f, [high, low]);
    const hashes = threefry(f, counters.map((own) => ({ schedule, counters: f.let(i32x4.const(...own)) })));
    hashes.flat().forEach((words, k) => f.do(v128.store(16 * k, words)));
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { test: { memory } });
  for (const key of [[0, 0], [0x13198a2e, 0x03707344], [2 ** 32 - 1, 2 ** 32 - 1]] as const) {
    (exports.run as (...key: readonly number[]) => void)(...key);
    const words = new Uint32Array(memory.buffer);
    counters.flat().forEach((counter, k) => {
      const at = 8 * Math.floor(k / 4) + k % 4;
      assertEquals([words[at], words[at + 4]], [...threefry2x32(key, [0, counter])]);
    });
  }
});
