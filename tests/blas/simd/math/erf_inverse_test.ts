import { ARITHMETIC } from "../../../../blas/simd/math/arithmetic.ts";
import { assertEquals } from "@std/assert";
import { erfInverse as scalar64, erfInverse32 as scalar32 } from "../../../../blas/scalar/erf_inverse.ts";
import { erfInverse32, erfInverse64 } from "../../../../blas/simd/math/erf_inverse.ts";
import { constantsOf, vectorMathOf } from "../../../../blas/simd/math/vector_math.ts";
import { i32, ModuleBuilder, v128 } from "../../../../blas/wasm/mod.ts";

/** Returns an array in WebAssembly memory, and a function that replaces its elements by their inverse error function. */
function vectorized(dtype: "float32" | "float64", relaxed: boolean, count: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(count / 8192) + 1 }), m = new ModuleBuilder();
  m.importMemory({ module: "test", name: "memory" }, { minimum: 1 });
  m.function({ name: "run", parameters: { end: "i32" } }, (f, { end }) => {
    const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths: {}, functions: ARITHMETIC }),
      at = f.local("i32");
    f.while(i32.lt_s(at, end), () => {
      const xs = [f.let(v128.load(at)), f.let(v128.load(at, 16))];
      const ys = dtype === "float32" ? erfInverse32(math, xs) : erfInverse64(math, xs);
      f.do(v128.store(at, ys[0]!), v128.store(at, ys[1]!, 16));
      f.increment(at, 32);
    });
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()), { test: { memory } });
  const bytes = memory.buffer,
    data = dtype === "float32" ? new Float32Array(bytes, 0, count) : new Float64Array(bytes, 0, count);
  return { data, run: () => (exports.run as (end: number) => void)(data.byteLength) };
}

for (const relaxed of [true, false]) {
  const name = relaxed ? "with" : "without";

  Deno.test(`erfInverse32() ${name} relaxed SIMD has the scalar function's bits for every number that a normal draw starts from`, () => {
    const { data, run } = vectorized("float32", relaxed, 2 ** 23), start = 2 ** -24 - 1;
    for (let k = 0; k < data.length; k++) data[k] = k * 2 ** -22 + start;
    run();
    let wrong = 0;
    for (let k = 0; k < data.length; k++) if (data[k] !== scalar32(Math.fround(k * 2 ** -22 + start))) wrong++;
    assertEquals(wrong, 0);
  });

  Deno.test(`erfInverse64() ${name} relaxed SIMD has the scalar function's bits`, () => {
    const { data, run } = vectorized("float64", relaxed, 200_000);
    const xs = Float64Array.from(data, (_, k) => {
      const sign = k % 2 === 0 ? 1 : -1, size = ((k * 0.6180339887498949) % 1) || 0.5;
      return sign * (k % 3 === 0 ? size : k % 3 === 1 ? 1 - size * 2 ** -(k % 50) : size * 2 ** -(k % 60));
    }).map((x) => Math.abs(x) < 1 ? x : 1 - 2 ** -53);
    data.set(xs);
    run();
    assertEquals(xs.findIndex((x, k) => !Object.is(data[k], scalar64(x))), -1);
  });
}
